"""The proof as a whole: the control is clean, every case can fail, every sibling is caught."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
import os
from typing import Final

from msgspec import Struct

from conform.cases.model import Case, Suite
from conform.proof.control import CONTROL, Recorded, record
from conform.proof.deviations import Deviation
from conform.proof.matrix import DEVIATIONS, Trial, trials
from conform.proof.siblings import Held, hold, siblings
from conform.schemas.catalog import Catalog
from conform.stand import set_up

_WAITING: Final = 2
"""Siblings at once beyond the number of processors; many of them only wait."""


class Share(Struct, frozen=True):
    """How many of how many."""

    part: int
    whole: int

    @property
    def complete(self) -> bool:
        """Whether it is all of them."""
        return self.part == self.whole

    def __str__(self) -> str:
        return f"{self.part}/{self.whole}"


class Row(Struct, frozen=True, kw_only=True):
    """What came of one deviation."""

    deviation: Deviation
    noticed: dict[Suite, int]
    """By suite, the changes that a case had to notice and did."""
    passed: int
    """The changes that concerned no expectation of their case, which passed."""
    wrong: tuple[str, ...]
    """The rest, as sentences."""


class Report(Struct, frozen=True, kw_only=True, dict=True):
    """What the proof came to."""

    recorded: tuple[Recorded, ...]
    rows: tuple[Row, ...]
    decided: frozenset[tuple[str, int]]
    """Expectations that made their case fail for some deviation, by case and place."""
    held: tuple[Held, ...] | None
    """The siblings; nothing where they were left out."""

    @cached_property
    def unclean(self) -> tuple[Recorded, ...]:
        """What the control did not pass."""
        return tuple(each for each in self.recorded if not each.passed)

    @cached_property
    def blind(self) -> tuple[tuple[Case, int], ...]:
        """Expectations that no deviation makes fail, by case and place."""
        return tuple(
            (each.case, place)
            for each in self.recorded
            for place in range(len(each.case.expect))
            if (each.case.id, place) not in self.decided
        )

    @property
    def cases(self) -> Share:
        """Cases that can fail: each of their expectations does, for some deviation."""
        blind = {case.id for case, _ in self.blind}
        return Share(len(self.recorded) - len(blind), len(self.recorded))

    @property
    def changes(self) -> Share:
        """Changes that were judged as they must be."""
        wrong = sum(len(row.wrong) for row in self.rows)
        right = sum(sum(row.noticed.values()) + row.passed for row in self.rows)
        return Share(right, right + wrong)

    @property
    def siblings(self) -> Share | None:
        """Siblings that were caught; nothing where none was run."""
        if self.held is None:
            return None
        return Share(sum(each.caught for each in self.held), len(self.held))

    @property
    def proved(self) -> bool:
        """Whether everything is as it must be."""
        shares = (self.cases, self.changes, self.siblings or Share(0, 0))
        return bool(self.recorded) and not self.unclean and all(each.complete for each in shares)

    def __str__(self) -> str:
        """The shares in one line."""
        caught = f"siblings {self.siblings} caught, " if self.siblings else ""
        clean = f"control fails {len(self.unclean)}" if self.unclean else "control clean"
        return f"{caught}cases {self.cases} can fail, changes {self.changes} judged right, {clean}"


def run(pattern: str = "", *, with_siblings: bool = True) -> Report:
    """Run the proof.

    Args:
        pattern: only cases whose id holds it, and siblings whose name or a case of theirs does.
        with_siblings: whether the siblings are run as well.

    Raises:
        AdapterError: the control's adapter does not work.
        SuiteError: the siblings cannot be listed.
    """
    catalog = Catalog.load()
    workers = (os.cpu_count() or 1) + _WAITING
    with set_up(CONTROL, catalog) as stand, ThreadPoolExecutor(workers) as pool:
        planned = stand.pages.plan(catalog, stand.subject)
        cases = {each.id: each for each in planned if isinstance(each, Case)}
        family = siblings() if with_siblings else ()
        running = [
            pool.submit(hold, each, stand, catalog, cases)
            for each in family
            if pattern in each.name or any(pattern in case for case in each.cases)
        ]
        chosen = [case for name, case in cases.items() if pattern in name]
        recorded = tuple(record(stand, chosen))
        judged = _Judged(recorded)
        held = tuple(each.result() for each in running)
    return Report(
        recorded=recorded,
        rows=judged.rows,
        decided=frozenset(judged.decided),
        held=held if with_siblings else None,
    )


class _Judged:
    """Every change of every observation that passed, judged and added up."""

    def __init__(self, recorded: tuple[Recorded, ...]) -> None:
        self.decided: set[tuple[str, int]] = set()
        self._noticed: dict[str, Counter[Suite]] = {each.name: Counter() for each in DEVIATIONS}
        self._passed: Counter[str] = Counter()
        self._wrong: dict[str, list[str]] = {each.name: [] for each in DEVIATIONS}
        for each in recorded:
            if each.passed:
                for trial in trials(each):
                    self._add(trial)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The sums, by deviation."""
        return tuple(
            Row(
                deviation=each,
                noticed=dict(self._noticed[each.name]),
                passed=self._passed[each.name],
                wrong=tuple(self._wrong[each.name]),
            )
            for each in DEVIATIONS
        )

    def _add(self, trial: Trial) -> None:
        name, case = trial.deviation.name, trial.recorded.case
        if trial.wrong:
            self._wrong[name].append(trial.wrong)
        elif trial.noticed is None:
            self._passed[name] += 1
        else:
            self._noticed[name][case.suite] += 1
            self.decided.add((case.id, trial.noticed))


def problems(report: Report) -> Iterator[str]:
    """Everything that is not as it must be, as sentences."""
    for each in report.unclean:
        yield f"The control does not pass {each.case.id}: {each.verdict}"
    for row in report.rows:
        yield from row.wrong
    for case, place in report.blind:
        kind = type(case.expect[place]).__name__.lower()
        yield f"{case.id}: no deviation makes expectation {place + 1} ({kind}) fail."
    for held in report.held or ():
        yield from (f"{held.sibling.name} is not caught: {each}" for each in held.wrong)
