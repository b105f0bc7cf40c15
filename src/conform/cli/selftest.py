"""``conform selftest``: prove that every case can fail, and for the right reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from rich.console import Console

    from conform.proof.selftest import Report

_WIDE: Final = 150
"""Columns from which on the matrix says what each deviation does."""


@click.command()
@click.option("-k", "pattern", default="", metavar="TEXT", help="Only what holds it in its name.")
@click.option("--siblings/--no-siblings", default=True, help="Run the broken siblings too.")
def selftest(pattern: str, *, siblings: bool) -> int:
    """Prove that the suite finds what is wrong.

    The control, a client that does what is documented, must pass every case. What was seen of it
    is then changed, one deviation at a time, and judged again: every case that is concerned must
    fail with a reason that names the deviation, every other one must pass. Last, real siblings of
    the control, each broken in one way, are run on the cases that must notice.
    """
    from rich.console import Console

    from conform.errors import ExitCode
    from conform.proof import selftest as proof

    report = proof.run(pattern, with_siblings=siblings)
    out = Console(highlight=False, markup=False)
    _print_deviations(out, report)
    _print_siblings(out, report)
    for case in report.contradicted:
        out.print(f"A page contradicts itself in {case}, which nobody can pass.", soft_wrap=True)
    for problem in report.problems:
        out.print(f"✗ {problem}", style="red", soft_wrap=True)
    out.print(str(report), style="bold", soft_wrap=True)
    return ExitCode.CONFORMS if report.complete else ExitCode.SUITE_FAILED


def _print_deviations(out: Console, report: Report) -> None:
    """The matrix: how often cases of each suite noticed each deviation."""
    from rich import box
    from rich.table import Table

    if not report.proved:
        return
    suites = sorted({each.recorded.case.suite for each in report.proved})
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("deviation", no_wrap=True)
    if out.width >= _WIDE:
        table.add_column("what is not as it was", no_wrap=True)
    for suite in suites:
        # A narrow terminal gets the first letters.
        table.add_column(suite if out.width >= _WIDE else suite[:4], justify="right", no_wrap=True)
    table.add_column("passed", justify="right", no_wrap=True)
    table.add_column("wrong", justify="right", no_wrap=True)
    for row in report.rows:
        does = [row.deviation.does] if out.width >= _WIDE else []
        noticed = (row.noticed.get(suite, 0) for suite in suites)
        figures = (*noticed, row.passed, len(row.wrong))
        table.add_row(row.deviation.name, *does, *(str(each or "·") for each in figures))
    out.print("How often a case noticed what was changed, and passed where it had to.")
    out.print(table)


def _print_siblings(out: Console, report: Report) -> None:
    """Who was caught, by whom."""
    from rich import box
    from rich.table import Table

    if not report.held:
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("sibling", no_wrap=True)
    table.add_column("what it does")
    for name in ("fails", "passes", ""):
        table.add_column(name, justify="right", no_wrap=True)
    for held in report.held:
        figures = (len(held.sibling.fails), len(held.sibling.passes))
        caught = "caught" if held.caught else "NOT CAUGHT"
        table.add_row(held.sibling.name, held.sibling.does, *map(str, figures), caught)
    out.print("Siblings of the control, and the cases that they must fail and must pass.")
    out.print(table)
