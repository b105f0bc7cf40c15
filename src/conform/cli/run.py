"""``conform run``: hold targets to their documentation and report."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
import time

import click


@click.command()
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@click.option("--suite", "suites", multiple=True, metavar="NAME", help="Run this suite only.")
@click.option("-k", "expression", default="", metavar="EXPRESSION", help="Run matching cases only.")
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write index.html, results.jsonl, junit.xml and summaries there.",
)
@click.option(
    "--known",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Known failures, which do not count; strict on what no longer fails.",
)
@click.option(
    "--cases-as-of",
    "as_of",
    default="",
    metavar="VERSION",
    help="Leave cases aside that are newer than this version of the suite.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show all that was seen in failing cases.")
@click.option("--strict", is_flag=True, help="Let conventions count for the exit code.")
@click.option("--allow-unavailable", is_flag=True, help="Let a target be unavailable.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 where something does not conform.")
def run(  # noqa: PLR0913 - one argument for each option
    targets: tuple[str, ...],
    suites: tuple[str, ...],
    expression: str,
    report: Path | None,
    known: Path | None,
    as_of: str,
    *,
    verbose: bool,
    strict: bool,
    allow_unavailable: bool,
    exit_zero: bool,
) -> int:
    """Hold SDK releases to their documentation.

    A TARGET is python, python==1.0.17, python@path/to/checkout or python:installed, the same for
    every SDK; http is the control. `conform targets` lists them.
    """
    from rich.console import Console

    from conform import runs
    from conform.errors import ExitCode
    from conform.events import Listener, RunEnded
    from conform.reports.record import Recorder
    from conform.reports.tally import Tally
    from conform.reports.terminal import Terminal

    began = time.monotonic()
    choice = runs.Choice(suites=suites, expression=expression, known=known, as_of=as_of)
    runs.check(choice)
    page = report / "index.html" if report else None
    out, progress = Console(highlight=False), Console(stderr=True, highlight=False)
    tally = Tally()
    with ExitStack() as stack:
        recorder = stack.enter_context(Recorder(report, strict=strict)) if report else None
        terminal = stack.enter_context(
            Terminal(out, progress, report=page, strict=strict, verbose=verbose)
        )
        listeners: list[Listener] = [tally, *([recorder] if recorder else []), terminal]
        runs.run(targets, choice, listeners)
        if recorder:
            recorder.finish()
        code = tally.exit_code(strict=strict, allow_unavailable=allow_unavailable)
        if exit_zero and code is ExitCode.DOES_NOT_CONFORM:
            code = ExitCode.CONFORMS
        terminal.hear(RunEnded(exit_code=code, seconds=time.monotonic() - began))
    return code
