"""``conform selftest``: prove that every case can fail, for the right reason."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from rich.console import Console

    from conform.selftest import Proof

_WIDE: Final = 150
"""The number of columns from which the table describes each mutation."""


@click.command()
@click.option(
    "-k",
    "pattern",
    default="",
    metavar="TEXT",
    help="Only cases and mutants with TEXT in their name.",
)
@click.option("--mutants/--no-mutants", default=True, help="Run the mutants, too.")
def selftest(pattern: str, *, mutants: bool) -> int:
    """Prove that the suite finds defects.

    The reference client does what is documented and must pass every case. Then its observations
    are mutated, one change at a time, and judged: every case that is about the change must fail
    with a reason that names it, and every other case must pass. At the same time, mutants, which
    are broken reference clients, are run on the cases that must notice their defects.
    """
    from rich.console import Console

    from conform.core.errors import ExitCode
    from conform.engine import isolation
    from conform.engine.network import is_isolated
    from conform.selftest import prove

    if not is_isolated() and not isolation.problem():
        # Some cases can be proved only where every contact of the adapter is seen.
        chosen = ["-k", pattern, "--mutants" if mutants else "--no-mutants"]
        isolation.replace_process([sys.executable, "-m", "conform", "selftest", *chosen])
    proof = prove(pattern, with_mutants=mutants)
    out = Console(highlight=False, markup=False)
    _print_mutations(out, proof)
    _print_mutants(out, proof)
    for case in proof.contradicted:
        out.print(f"No client can pass {case}: the page contradicts itself.", soft_wrap=True)
    for problem in proof.problems:
        out.print(f"✗ {problem}", style="red", soft_wrap=True)
    out.print(str(proof), style="bold", soft_wrap=True)
    return ExitCode.CONFORMS if proof.complete else ExitCode.SUITE_FAILED


def _print_mutations(out: Console, proof: Proof) -> None:
    """Print how often the cases of each suite noticed each mutation."""
    from rich import box
    from rich.table import Table

    if not proof.proved:
        return
    suites = sorted({each.recorded.case.suite for each in proof.proved})
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("mutation", no_wrap=True)
    if out.width >= _WIDE:
        table.add_column("what it changes", no_wrap=True)
    for suite in suites:
        # On a narrow terminal, the name of a suite is cut.
        table.add_column(suite if out.width >= _WIDE else suite[:4], justify="right", no_wrap=True)
    table.add_column("passed", justify="right", no_wrap=True)
    table.add_column("wrong", justify="right", no_wrap=True)
    for tally in proof.tallies:
        does = [tally.mutation.does] if out.width >= _WIDE else []
        noticed = (tally.noticed.get(suite, 0) for suite in suites)
        figures = (*noticed, tally.passed, len(tally.wrong))
        table.add_row(tally.mutation.name, *does, *(str(each or "·") for each in figures))
    out.print("How often cases rightly failed for a mutation, by suite, and rightly passed.")
    out.print(table)


def _print_mutants(out: Console, proof: Proof) -> None:
    """Print which mutants were killed, and by how many cases."""
    from rich import box
    from rich.table import Table

    if not proof.results:
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("mutant", no_wrap=True)
    table.add_column("what it does")
    for name in ("fails", "passes", ""):
        table.add_column(name, justify="right", no_wrap=True)
    for result in proof.results:
        figures = (len(result.mutant.fails), len(result.mutant.passes))
        killed = "killed" if result.killed else "NOT KILLED"
        table.add_row(result.mutant.name, result.mutant.does, *map(str, figures), killed)
    out.print("Mutants of the reference client, with the number of cases they must fail and pass.")
    out.print(table)
