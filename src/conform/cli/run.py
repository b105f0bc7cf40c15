"""``conform run``: check targets against their documentation, and report the results."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import click

from conform.cli import options


@click.command()
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@click.option("--suite", "suites", multiple=True, metavar="NAME", help="Run this suite only.")
@click.option("-k", "expression", default="", metavar="EXPRESSION", help="Run matching cases only.")
@options.report
@click.option(
    "--keep",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Keep every observation in this folder, for `conform judge`.",
)
@options.known
@click.option(
    "--cases-as-of",
    default="",
    metavar="VERSION",
    help="Leave out cases that are newer than this version of the suite.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show all evidence of failed cases.")
@options.strict
@click.option(
    "--allow-unavailable", is_flag=True, help="Unavailable targets do not count for the exit code."
)
@options.exit_zero
def run(  # noqa: PLR0913 - one argument for each option
    targets: tuple[str, ...],
    suites: tuple[str, ...],
    expression: str,
    report: Path | None,
    keep: Path | None,
    known: Path | None,
    cases_as_of: str,
    *,
    verbose: bool,
    strict: bool,
    allow_unavailable: bool,
    exit_zero: bool,
) -> int:
    """Check SDK releases against their documentation.

    A TARGET is python, python==1.0.17, python@path/to/checkout or python:installed, and the same
    for any other SDK; http is the reference client. `conform targets` lists them.
    """
    from rich.console import Console

    from conform.engine import runner
    from conform.reports.conclusion import Conclusion
    from conform.reports.recorder import Recorder
    from conform.reports.terminal import Terminal

    selection = runner.CaseSelection(
        suites=suites, expression=expression, known=known, cases_as_of=cases_as_of
    )
    runner.validate(selection)
    out, progress = Console(highlight=False), Console(stderr=True, highlight=False)
    with ExitStack() as stack:
        recorder = stack.enter_context(Recorder(report, strict=strict)) if report else None
        terminal = stack.enter_context(Terminal(out, progress, strict=strict, verbose=verbose))
        conclusion = Conclusion(
            *([recorder] if recorder else []),
            terminal,
            strict=strict,
            allow_unavailable=allow_unavailable,
            exit_zero=exit_zero,
            report=report / "index.html" if report else None,
        )
        runner.run(targets, selection, [conclusion], keep=keep)
    return conclusion.exit_code
