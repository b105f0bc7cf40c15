"""``conform selftest``: prove that every case can fail, and for the right reason."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

    from conform.proof.selftest import Report


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
    for problem in proof.problems(report):
        out.print(f"✗ {problem}", style="red", soft_wrap=True)
    out.print(str(report), style="bold", soft_wrap=True)
    return ExitCode.CONFORMS if report.proved else ExitCode.SUITE_FAILED


def _print_deviations(out: Console, report: Report) -> None:
    """The matrix: how often cases of each suite noticed each deviation."""
    from rich import box
    from rich.table import Table

    suites = [suite for suite, _ in groupby(sorted(r.case.suite for r in report.recorded))]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title_justify="left")
    table.add_column("deviation", no_wrap=True)
    table.add_column("what is not as it was", max_width=44)
    for name in (*suites, "no concern", "wrong"):
        table.add_column(name, justify="right", overflow="fold")
    for row in report.rows:
        table.add_row(
            row.deviation.name,
            row.deviation.does,
            *(str(row.noticed.get(suite, "·")) for suite in suites),
            str(row.passed or "·"),
            str(len(row.wrong) or "·"),
        )
    out.print(table)


def _print_siblings(out: Console, report: Report) -> None:
    """Who was caught."""
    from rich import box
    from rich.table import Table

    if not report.held:
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("sibling", no_wrap=True)
    table.add_column("what it does")
    table.add_column("must fail", justify="right")
    table.add_column("must pass", justify="right")
    table.add_column("")
    for held in report.held:
        table.add_row(
            held.sibling.name,
            held.sibling.does,
            str(len(held.sibling.fails)),
            str(len(held.sibling.passes)),
            "caught" if held.caught else "NOT CAUGHT",
        )
    out.print(table)
