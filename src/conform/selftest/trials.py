"""Judges again what the reference client did, one mutation at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct
from msgspec.structs import astuple

from conform.selftest.mutations.attributes import ATTRIBUTES
from conform.selftest.mutations.leaks import LEAKS
from conform.selftest.mutations.mutation import MutatedObservation, Mutation
from conform.selftest.mutations.outcomes import OUTCOMES
from conform.selftest.mutations.parameters import PARAMETERS
from conform.selftest.mutations.requests import REQUESTS
from conform.selftest.mutations.traffic import TRAFFIC
from conform.selftest.reference import Recorded
from conform.verdicts import Pass, Verdict, judge

MUTATIONS: Final[tuple[Mutation, ...]] = (
    *REQUESTS,
    *PARAMETERS,
    *TRAFFIC,
    *OUTCOMES,
    *ATTRIBUTES,
    *LEAKS,
)


class Trial(Struct, frozen=True, kw_only=True):
    """One case judged with one change."""

    recorded: Recorded
    mutation: Mutation
    change: MutatedObservation
    verdict: Verdict
    noticed: int | None
    """Which expectation has to notice, by its place; nothing where none has to."""
    says: str | None
    """What the verdict has to hold; nothing where the case has to pass."""

    @property
    def wrong(self) -> str:
        """What is wrong with the verdict, as a sentence; empty where nothing is."""
        at = f" at {self.change.where}" if self.change.where else ""
        what = f"{self.recorded.case.id}, {self.mutation.name}{at}"
        match self.says, self.verdict:
            case None, Pass():
                return ""
            case None, other:
                return f"{what}: the case must pass, and came to {other}"
            case str(says), other if isinstance(other, self.change.comes_to):
                if says in _said(other):
                    return ""
                return f"{what}: the verdict is {other}, and does not name {says!r}"
            case _, other:
                return f"{what}: the case must fail, and came to {other}"


def _said(verdict: Verdict) -> str:
    return "\n".join(map(str, astuple(verdict)))


def trials(recorded: Recorded, mutations: Iterable[Mutation] = MUTATIONS) -> Iterator[Trial]:
    """Judge one case again for every change that can be made to what was seen."""
    for mutation in mutations:
        for change in mutation.changes(recorded.case, recorded.seen):
            wanted = enumerate(change.wanted(recorded.case))
            place, says = next(((n, each) for n, each in wanted if each), (None, None))
            yield Trial(
                recorded=recorded,
                mutation=mutation,
                change=change,
                verdict=judge(recorded.case, change.seen),
                noticed=place,
                says=says,
            )
