"""Makes the proof: the reference client passes, every case can fail, every mutant is killed."""

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
from conform.selftest.idle import IdleTrial, idle_trials
from conform.selftest.mutants import Mutant, MutantResult, mutants, run_mutant
from conform.selftest.mutations.mutation import Mutation
from conform.selftest.reference import REFERENCE_CLIENT, Recorded, record, record_beside
from conform.selftest.trials import MUTATIONS, Trial, trials
from conform.verdicts import Fail

_WAITING: Final = 2
"""Mutants that run at once in addition to one for each processor; most of them only wait."""


class Share(Struct, frozen=True):
    """A number out of a total, such as ``3/4``."""

    part: int
    whole: int

    @property
    def complete(self) -> bool:
        """Whether the number is the total."""
        return self.part == self.whole

    def __str__(self) -> str:
        return f"{self.part}/{self.whole}"


class MutationTally(Struct, frozen=True, kw_only=True):
    """The results of one mutation in all cases."""

    mutation: Mutation
    noticed: dict[Suite, int]
    """The number of times that a case rightly failed, by suite."""
    passed: int
    """The number of times that a case rightly passed."""
    wrong: tuple[str, ...]
    """The wrong verdicts, as sentences."""


class ProvedCase(Struct, frozen=True, kw_only=True):
    """The proof of one case in one form."""

    recorded: Recorded
    blind: tuple[int, ...]
    """The indexes of expectations that no mutation made fail."""


class Proof(Struct, frozen=True, kw_only=True, dict=True):
    """The result of the proof."""

    proved: tuple[ProvedCase, ...]
    tallies: tuple[MutationTally, ...]
    idle: tuple[IdleTrial, ...]
    """Every case with an SDK that does nothing useful."""
    broken: tuple[tuple[Case, str], ...]
    """Broken samples, each with the problem of its verdict, which is empty if there is none."""
    spelled: dict[str, bool]
    """Whether all verdicts about leaks in a spelling are right, by spelling."""
    contradicted: tuple[CaseId, ...]
    """Cases that the reference client cannot pass because their page contradicts itself."""
    results: tuple[MutantResult, ...] | None
    """The results of the mutants; None if they were not run."""

    @cached_property
    def cases(self) -> Share:
        """Cases that can fail: a mutation makes each of their expectations fail, in every form."""
        names = {each.recorded.case.id for each in self.proved}
        blind = {each.recorded.case.id for each in self.proved if each.blind}
        return Share(len(names - blind), len(names))

    @property
    def mutated(self) -> Share:
        """Mutated observations with the right verdict."""
        wrong = sum(len(each.wrong) for each in self.tallies)
        right = sum(sum(each.noticed.values()) + each.passed for each in self.tallies)
        return Share(right, right + wrong)

    @cached_property
    def premises(self) -> Share:
        """Verdicts on an SDK that does nothing useful that are not a pass."""
        return Share(sum(not each.wrong for each in self.idle), len(self.idle))

    @property
    def spellings(self) -> Share:
        """Spellings in which every leaked secret was found."""
        return Share(sum(self.spelled.values()), len(self.spelled))

    @property
    def samples(self) -> Share:
        """Broken samples that were recognised."""
        return Share(sum(not wrong for _, wrong in self.broken), len(self.broken))

    @property
    def mutants(self) -> Share | None:
        """Mutants that were killed; None if they were not run."""
        if self.results is None:
            return None
        return Share(sum(each.killed for each in self.results), len(self.results))

    @property
    def reference_passes(self) -> bool:
        """Whether the reference client passed every case."""
        return all(each.recorded.passed for each in self.proved)

    @property
    def complete(self) -> bool:
        """Whether every share is complete and the reference client passes."""
        shares = (self.cases, self.mutated, self.premises, self.spellings, self.samples)
        mutants = self.mutants or Share(0, 0)
        return self.reference_passes and all(each.complete for each in (*shares, mutants))

    @property
    def problems(self) -> Iterator[str]:
        """Everything that is wrong, as sentences."""
        for each in self.proved:
            case = each.recorded.case
            if not each.recorded.passed:
                yield f"The reference client does not pass {case.id}: {each.recorded.verdict}"
                continue
            for place in each.blind:
                kind = type(case.expect[place]).__name__.lower()
                yield f"{case.id}: no mutation makes expectation {place + 1} ({kind}) fail."
        for tally in self.tallies:
            yield from tally.wrong
        yield from (each.wrong for each in self.idle if each.wrong)
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
                f"mutations {self.mutated} judged right",
                f"empty passes refused {self.premises}",
                f"spellings {self.spellings} found",
                f"broken samples {self.samples} found",
                "reference client passes" if self.reference_passes else "reference client FAILS",
            )
        )


def prove(pattern: str = "", *, with_mutants: bool = True) -> Proof:
    """Run the proof.

    Args:
        pattern: a text; only cases with this text in their id take part, and only mutants with it
            in their name or in the id of one of their cases.
        with_mutants: whether the mutants are run, too.

    Raises:
        UsageError: no case and no mutant contains the pattern.
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
        # The cases of this suite mostly wait, so they run beside all others.
        waiting = [form for form in chosen if form.suite == "faults"]
        slow = pool.submit(record_beside, reference, waiting)
        fast = record(reference.executor, (form for form in chosen if form.suite != "faults"))
        every = (*fast, *slow.result())
        recorded = tuple(each for each in every if not _contradicted(each))
        first = {each.case.id: each for each in reversed(recorded)}
        printed = tuple(samples.printed(first, pages, catalog))
        if not (recorded or running):
            raise UsageError(
                f"No case and no mutant has {pattern!r} in its name.",
                why="It must be a part of the id of a case or of the name of a mutant.",
                fix="`conform cases` lists the cases; `conform selftest` lists the mutants.",
            )
        judged = _Judgement((*recorded, *printed))
        broken = samples.broken(pages, catalog)
        return Proof(
            proved=judged.proved,
            tallies=judged.tallies,
            idle=tuple(idle_trials((*recorded, *printed))),
            spelled=judged.spelled,
            broken=tuple((case, wrong) for case, wrong in broken if pattern in case.id),
            contradicted=tuple(each.case.id for each in every if _contradicted(each)),
            results=tuple(each.result() for each in running) if with_mutants else None,
        )


def _forms(reference: PreparedTarget) -> Iterator[Case]:
    """Every form of every case; the forms in the plan of the reference client come first.

    Pages of different variants may have different expectations in a case of the same id.
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
    """Whether the page of a case requires something that the page itself does not allow."""
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


class _Judgement:
    """Judges every mutation of every case that the reference client passed, and counts verdicts."""

    def __init__(self, recorded: Iterable[Recorded]) -> None:
        self._noticed: dict[str, Counter[Suite]] = {each.name: Counter() for each in MUTATIONS}
        self._passed: Counter[str] = Counter()
        self._wrong: dict[str, list[str]] = {each.name: [] for each in MUTATIONS}
        self.spelled: dict[str, bool] = {}
        """Whether all verdicts about a spelling are right."""
        self.proved = tuple(map(self._prove, recorded))

    @property
    def tallies(self) -> tuple[MutationTally, ...]:
        """The counts, by mutation."""
        return tuple(
            MutationTally(
                mutation=each,
                noticed=dict(self._noticed[each.name]),
                passed=self._passed[each.name],
                wrong=tuple(self._wrong[each.name]),
            )
            for each in MUTATIONS
        )

    def _prove(self, recorded: Recorded) -> ProvedCase:
        noticing: set[int | None] = set()
        for trial in trials(recorded) if recorded.passed else ():
            noticing.add(self._add(trial))
        places = range(len(recorded.case.expect))
        blind = tuple(place for place in places if place not in noticing)
        return ProvedCase(recorded=recorded, blind=blind)

    def _add(self, trial: Trial) -> int | None:
        """Count a trial; give the index of the expectation that rightly noticed it."""
        name = trial.mutation.name
        if spelling := trial.mutated.spelling:
            self.spelled[spelling] = self.spelled.get(spelling, True) and not trial.wrong
        if trial.wrong:
            self._wrong[name].append(trial.wrong)
            return None
        if trial.noticing is None:
            self._passed[name] += 1
        else:
            self._noticed[name][trial.recorded.case.suite] += 1
        return trial.noticing
