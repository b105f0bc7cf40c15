"""``conform adapter check``: check an adapter against the protocol."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def adapter() -> None:
    """Help those who write an adapter."""


@adapter.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--release", help="Run it with this release of its SDK instead of the newest.")
@click.option(
    "--checkout", type=click.Path(path_type=Path), help="Run it with the SDK in this folder."
)
@click.pass_context
def check(ctx: click.Context, path: Path, release: str | None, checkout: Path | None) -> None:
    """Check the adapter in the folder PATH against every rule of the protocol."""
    from conform.core import manifest
    from conform.core.errors import ExitCode, UsageError
    from conform.engine import snippets
    from conform.targets.checker import RuleBroken, RuleKept, RuleNotTried
    from conform.targets.checker import check as results
    from conform.targets.names import Checkout, Newest, Release, SdkName
    from conform.targets.resolve import resolve_with

    if release and checkout:
        raise UsageError(
            "A release and a checkout were named.",
            why="An adapter is checked with one SDK at a time.",
            fix="Leave one of them out.",
        )
    folder = manifest.read(path)
    snippets.check(folder)
    which = Checkout(checkout) if checkout else Release(release) if release else Newest()
    target = resolve_with(folder, SdkName(folder.name, which))
    click.echo(f"{folder.name} with {target.name}")
    broken = 0
    for result in results(target.launch, target.manifest.naming):
        match result:
            case RuleKept(rule):
                click.echo(f"  kept       {rule}")
            case RuleNotTried(rule, reason):
                click.echo(f"  not tried  {rule}: {reason}")
            case RuleBroken(rule, problem):
                broken += 1
                click.echo(f"  broken     {rule}: {problem}")
    click.echo(f"{broken} broken" if broken else "It keeps the protocol.")
    ctx.exit(ExitCode.DOES_NOT_CONFORM if broken else ExitCode.CONFORMS)
