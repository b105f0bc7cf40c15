"""The proof as a whole: the control is clean, every case can fail, every sibling is caught."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import chain
import os
from typing import Final

import msgspec
from msgspec import Struct

from conform.cases.model import Case, CaseId, Suite
from conform.cases.plan import cases_of
from conform.errors import UsageError
from conform.proof import samples
from conform.proof.control import CONTROL, Recorded, record
from conform.proof.deviations import Deviation
from conform.proof.matrix import DEVIATIONS, Trial, trials
from conform.proof.siblings import Held, Sibling, hold, siblings
from conform.schemas.catalog import Catalog
from conform.stand import Stand, set_up
from conform.verdicts import Fail

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


class Proved(Struct, frozen=True, kw_only=True):
    """One case, as one page gives reason for it, after every change."""

    recorded: Recorded
    blind: tuple[int, ...]
    """The places of expectations that no deviation made fail."""


class Report(Struct, frozen=True, kw_only=True, dict=True):
    """What the proof came to."""

    proved: tuple[Proved, ...]
    rows: tuple[Row, ...]
    broken: tuple[tuple[Case, str], ...]
    """Broken samples, each with what is wrong with its verdict, or nothing."""
    contradicted: tuple[CaseId, ...]
    """Cases that the control cannot pass, since a page contradicts itself."""
    held: tuple[Held, ...] | None
    """The siblings; nothing where they were left out."""

    @cached_property
    def cases(self) -> Share:
        """Cases that can fail: whatever page they come from, each of their expectations does."""
        names = {each.recorded.case.id for each in self.proved}
        blind = {each.recorded.case.id for each in self.proved if each.blind}
        return Share(len(names - blind), len(names))

    @property
    def changes(self) -> Share:
        """Changes that were judged as they must be."""
        wrong = sum(len(row.wrong) for row in self.rows)
        right = sum(sum(row.noticed.values()) + row.passed for row in self.rows)
        return Share(right, right + wrong)

    @property
    def samples(self) -> Share:
        """Broken samples that were found."""
        return Share(sum(not wrong for _, wrong in self.broken), len(self.broken))

    @property
    def siblings(self) -> Share | None:
        """Siblings that were caught; nothing where none was run."""
        if self.held is None:
            return None
        return Share(sum(each.caught for each in self.held), len(self.held))

    @property
    def is_clean(self) -> bool:
        """Whether the control passed every case."""
        return all(each.recorded.passed for each in self.proved)

    @property
    def complete(self) -> bool:
        """Whether everything is as it must be."""
        shares = (self.cases, self.changes, self.samples, self.siblings or Share(0, 0))
        return self.is_clean and all(each.complete for each in shares)

    @property
    def problems(self) -> Iterator[str]:
        """Everything that is not as it must be, as sentences."""
        for each in self.proved:
            case = each.recorded.case
            if not each.recorded.passed:
                yield f"The control does not pass {case.id}: {each.recorded.verdict}"
                continue
            for place in each.blind:
                kind = type(case.expect[place]).__name__.lower()
                yield f"{case.id}: no deviation makes expectation {place + 1} ({kind}) fail."
        for row in self.rows:
            yield from row.wrong
        yield from (wrong for _, wrong in self.broken if wrong)
        for held in self.held or ():
            yield from (f"{held.sibling.name} is not caught: {each}" for each in held.wrong)

    def __str__(self) -> str:
        """The shares in one line."""
        return ", ".join(
            (
                *([f"siblings {self.siblings} caught"] if self.siblings else []),
                f"cases {self.cases} can fail",
                f"changes {self.changes} judged right",
                f"broken samples {self.samples} found",
                "control clean" if self.is_clean else "control NOT clean",
            )
        )


def run(pattern: str = "", *, with_siblings: bool = True) -> Report:
    """Run the proof.

    Args:
        pattern: only cases whose id holds it, and siblings whose name or a case of theirs does.
        with_siblings: whether the siblings are run as well.

    Raises:
        UsageError: nothing holds the pattern.
        AdapterError: the control's adapter does not work.
        SuiteError: the siblings cannot be listed.
    """
    catalog = Catalog.load()
    workers = (os.cpu_count() or 1) + _WAITING
    with set_up(CONTROL, catalog) as stand, ThreadPoolExecutor(workers) as pool:
        forms = tuple(_forms(stand, catalog))
        cases = {form.id: form for form in reversed(forms)}
        family = _chosen(siblings(), pattern) if with_siblings else ()
        running = [pool.submit(hold, each, stand, catalog, cases) for each in family]
        chosen = [form for form in forms if pattern in form.id]
        # These wait more than they work.
        late = pool.submit(
            record, stand, catalog, [form for form in chosen if form.suite == "faults"]
        )
        prompt = record(stand, catalog, (form for form in chosen if form.suite != "faults"))
        every = (*prompt, *late.result())
        recorded = tuple(each for each in every if not _contradicted(each))
        first = {each.case.id: each for each in reversed(recorded)}
        printed = tuple(samples.printed(first, stand.pages.held, catalog))
        if not (recorded or running):
            raise UsageError(
                f"Nothing holds {pattern!r} in its name.",
                why="It is a part of the id of a case, or of the name of a sibling.",
                fix="conform cases lists the cases; conform selftest the siblings.",
            )
        judged = _Judged((*recorded, *printed))
        broken = samples.broken(stand.pages.held, catalog)
        return Report(
            proved=judged.proved,
            rows=judged.rows,
            broken=tuple((case, wrong) for case, wrong in broken if pattern in case.id),
            contradicted=tuple(each.case.id for each in every if _contradicted(each)),
            held=tuple(each.result() for each in running) if with_siblings else None,
        )


def _forms(stand: Stand, catalog: Catalog) -> Iterator[Case]:
    """Every case as each page gives reason for it; those of the control's own plan come first.

    Pages of different variants may expect different things in a case of the same id.
    """
    known: set[tuple[CaseId, bytes]] = set()
    own = stand.pages.plan(catalog, stand.subject)
    others = (cases_of(page, catalog, ()) for page in stand.pages.held)
    for case in chain(own, *others):
        if isinstance(case, Case):
            form = case.id, msgspec.json.encode((case.steps, case.expect))
            if form not in known:
                known.add(form)
                yield case


def _contradicted(recorded: Recorded) -> bool:
    """Whether a page asks for what it does not allow."""
    match recorded.verdict:
        case Fail(blame="page"):
            return recorded.case.blame == "page"
        case _:
            return False


def _chosen(family: Iterable[Sibling], pattern: str) -> tuple[Sibling, ...]:
    return tuple(
        each
        for each in family
        if pattern in each.name or any(pattern in case for case in each.cases)
    )


class _Judged:
    """Every change of every observation that passed, judged and added up."""

    def __init__(self, recorded: Iterable[Recorded]) -> None:
        self._noticed: dict[str, Counter[Suite]] = {each.name: Counter() for each in DEVIATIONS}
        self._passed: Counter[str] = Counter()
        self._wrong: dict[str, list[str]] = {each.name: [] for each in DEVIATIONS}
        self.proved = tuple(map(self._prove, recorded))

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

    def _prove(self, recorded: Recorded) -> Proved:
        noticing: set[int | None] = set()
        for trial in trials(recorded) if recorded.passed else ():
            noticing.add(self._add(trial))
        places = range(len(recorded.case.expect))
        blind = tuple(place for place in places if place not in noticing)
        return Proved(recorded=recorded, blind=blind)

    def _add(self, trial: Trial) -> int | None:
        """Count a trial; the place of the expectation that noticed it as it must."""
        name = trial.deviation.name
        if trial.wrong:
            self._wrong[name].append(trial.wrong)
            return None
        if trial.noticed is None:
            self._passed[name] += 1
        else:
            self._noticed[name][trial.recorded.case.suite] += 1
        return trial.noticed
