"""The proof as a whole: the reference client passes, every case can fail, every mutant is killed."""

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

from conform.cases.model import Case
from conform.cases.plan import cases_of
from conform.core.errors import UsageError
from conform.core.identity import CaseId, Suite
from conform.engine.preparation import PreparedTarget, prepare
from conform.schemas.catalog import Catalog
from conform.selftest import samples
from conform.selftest.mutants import Mutant, MutantResult, mutants, run_mutant
from conform.selftest.mutations.mutation import Mutation
from conform.selftest.reference import REFERENCE_CLIENT, Recorded, record
from conform.selftest.trials import MUTATIONS, Trial, trials
from conform.verdicts import Fail

_WAITING: Final = 2
"""Mutants at once beyond the number of processors; many of them only wait."""


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


class MutationTally(Struct, frozen=True, kw_only=True):
    """What came of one mutation."""

    mutation: Mutation
    noticed: dict[Suite, int]
    """By suite, the changes that a case had to notice and did."""
    passed: int
    """The changes that concerned no expectation of their case, which passed."""
    wrong: tuple[str, ...]
    """The rest, as sentences."""


class Proved(Struct, frozen=True, kw_only=True):
    """One case, as one page needs it, after every mutation."""

    recorded: Recorded
    blind: tuple[int, ...]
    """The places of expectations that no mutation made fail."""


class Proof(Struct, frozen=True, kw_only=True, dict=True):
    """What the proof came to."""

    proved: tuple[Proved, ...]
    rows: tuple[MutationTally, ...]
    broken: tuple[tuple[Case, str], ...]
    """Broken samples, each with what is wrong with its verdict, or nothing."""
    contradicted: tuple[CaseId, ...]
    """Cases that the reference client cannot pass, since a page contradicts itself."""
    results: tuple[MutantResult, ...] | None
    """Of the mutants; nothing where they were left out."""

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
    def mutants(self) -> Share | None:
        """Mutants that were killed; nothing where none was run."""
        if self.results is None:
            return None
        return Share(sum(each.killed for each in self.results), len(self.results))

    @property
    def is_clean(self) -> bool:
        """Whether the reference client passed every case."""
        return all(each.recorded.passed for each in self.proved)

    @property
    def complete(self) -> bool:
        """Whether everything is as it must be."""
        shares = (self.cases, self.changes, self.samples, self.mutants or Share(0, 0))
        return self.is_clean and all(each.complete for each in shares)

    @property
    def problems(self) -> Iterator[str]:
        """Everything that is not as it must be, as sentences."""
        for each in self.proved:
            case = each.recorded.case
            if not each.recorded.passed:
                yield f"The reference client does not pass {case.id}: {each.recorded.verdict}"
                continue
            for place in each.blind:
                kind = type(case.expect[place]).__name__.lower()
                yield f"{case.id}: no mutation makes expectation {place + 1} ({kind}) fail."
        for row in self.rows:
            yield from row.wrong
        yield from (wrong for _, wrong in self.broken if wrong)
        for result in self.results or ():
            name = result.mutant.name
            yield from (f"{name} is not killed: {each}" for each in result.wrong)

    def __str__(self) -> str:
        """The shares in one line."""
        return ", ".join(
            (
                *([f"mutants {self.mutants} killed"] if self.mutants else []),
                f"cases {self.cases} can fail",
                f"mutations {self.changes} judged right",
                f"broken samples {self.samples} found",
                "reference client passes" if self.is_clean else "reference client FAILS",
            )
        )


def prove(pattern: str = "", *, with_mutants: bool = True) -> Proof:
    """Run the proof.

    Args:
        pattern: only cases whose id contains it, and mutants whose name or a case of theirs does.
        with_mutants: whether the mutants are run as well.

    Raises:
        UsageError: nothing contains the pattern.
        AdapterError: the adapter of the reference client does not work.
        SuiteError: the mutants cannot be listed.
    """
    catalog = Catalog.load()
    workers = (os.cpu_count() or 1) + _WAITING
    with prepare(REFERENCE_CLIENT, catalog) as reference, ThreadPoolExecutor(workers) as pool:
        pages = reference.documentation.pages
        forms = tuple(_forms(reference))
        cases = {form.id: form for form in reversed(forms)}
        chosen_mutants = _chosen(mutants(), pattern) if with_mutants else ()
        running = [pool.submit(run_mutant, each, reference, cases) for each in chosen_mutants]
        chosen = [form for form in forms if pattern in form.id]
        # These wait more than they work.
        late = pool.submit(record, reference, [form for form in chosen if form.suite == "faults"])
        prompt = record(reference, (form for form in chosen if form.suite != "faults"))
        every = (*prompt, *late.result())
        recorded = tuple(each for each in every if not _contradicted(each))
        first = {each.case.id: each for each in reversed(recorded)}
        printed = tuple(samples.printed(first, pages, catalog))
        if not (recorded or running):
            raise UsageError(
                f"Nothing has {pattern!r} in its name.",
                why="It is a part of the id of a case, or of the name of a mutant.",
                fix="conform cases lists the cases; conform selftest the mutants.",
            )
        judged = _Judged((*recorded, *printed))
        broken = samples.broken(pages, catalog)
        return Proof(
            proved=judged.proved,
            rows=judged.rows,
            broken=tuple((case, wrong) for case, wrong in broken if pattern in case.id),
            contradicted=tuple(each.case.id for each in every if _contradicted(each)),
            results=tuple(each.result() for each in running) if with_mutants else None,
        )


def _forms(reference: PreparedTarget) -> Iterator[Case]:
    """Every case as each page needs it; those of the reference client's own plan come first.

    Pages of different variants may expect different things in a case of the same id.
    """
    known: set[tuple[CaseId, bytes]] = set()
    pages = reference.documentation.pages
    others = (cases_of(page, reference.catalog, ()) for page in pages)
    for case in chain(reference.cases, *others):
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


def _chosen(known: Iterable[Mutant], pattern: str) -> tuple[Mutant, ...]:
    return tuple(
        each
        for each in known
        if pattern in each.name or any(pattern in case for case in each.cases)
    )


class _Judged:
    """Every change of every observation that passed, judged and added up."""

    def __init__(self, recorded: Iterable[Recorded]) -> None:
        self._noticed: dict[str, Counter[Suite]] = {each.name: Counter() for each in MUTATIONS}
        self._passed: Counter[str] = Counter()
        self._wrong: dict[str, list[str]] = {each.name: [] for each in MUTATIONS}
        self.proved = tuple(map(self._prove, recorded))

    @property
    def rows(self) -> tuple[MutationTally, ...]:
        """The sums, by mutation."""
        return tuple(
            MutationTally(
                mutation=each,
                noticed=dict(self._noticed[each.name]),
                passed=self._passed[each.name],
                wrong=tuple(self._wrong[each.name]),
            )
            for each in MUTATIONS
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
        name = trial.mutation.name
        if trial.wrong:
            self._wrong[name].append(trial.wrong)
            return None
        if trial.noticed is None:
            self._passed[name] += 1
        else:
            self._noticed[name][trial.recorded.case.suite] += 1
        return trial.noticed
