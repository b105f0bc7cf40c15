"""``conform adapter check``: check an adapter against the protocol."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def adapter() -> None:
    """Develop an adapter."""


@adapter.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--release", help="Use this release of the SDK instead of the newest one.")
@click.option("--checkout", type=click.Path(path_type=Path), help="Use the SDK in this folder.")
@click.pass_context
def check(ctx: click.Context, path: Path, release: str | None, checkout: Path | None) -> None:
    """Check the adapter in the folder PATH against every rule of the protocol."""
    from conform.core import manifest
    from conform.core.errors import ExitCode, UsageError
    from conform.core.text import counted
    from conform.engine import snippets
    from conform.targets.checker import RuleBroken, RuleKept, RuleNotTried
    from conform.targets.checker import check as results
    from conform.targets.names import Checkout, SdkName, parse
    from conform.targets.resolve import resolve_with

    if release and checkout:
        raise UsageError(
            "--release and --checkout cannot be used together.",
            why="An adapter is checked with one SDK at a time.",
            fix="Leave out one of them.",
        )
    folder = manifest.read(path)
    snippets.check(folder)
    name = parse(f"{folder.name}=={release}" if release else folder.name, {folder.name})
    target = resolve_with(folder, SdkName(folder.name, Checkout(checkout)) if checkout else name)
    click.echo(f"{folder.name} with {target.name}")
    broken = 0
    full = target.manifest.constructs_fully
    for result in results(target.launch, target.manifest.naming, full=full):
        match result:
            case RuleKept(rule):
                click.echo(f"  kept       {rule}")
            case RuleNotTried(rule, reason):
                click.echo(f"  not tried  {rule}: {reason}")
            case RuleBroken(rule, problem):
                broken += 1
                click.echo(f"  broken     {rule}: {problem}")
    click.echo(f"{counted(broken, 'rule')} broken." if broken else "It follows the protocol.")
    ctx.exit(ExitCode.DOES_NOT_CONFORM if broken else ExitCode.CONFORMS)
