"""Judges every mutation of what the reference client did in a case."""

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
    """One case, judged with one mutated observation."""

    recorded: Recorded
    mutation: Mutation
    mutated: MutatedObservation
    verdict: Verdict
    noticing: int | None
    """The index of the expectation that must notice the mutation; None if none must."""
    words: str | None
    """The words that the verdict must contain; None if the case must pass."""

    @property
    def wrong(self) -> str:
        """The problem of the verdict, as a sentence; empty if there is none."""
        at = f" at {self.mutated.where}" if self.mutated.where else ""
        trial = f"{self.recorded.case.id}, {self.mutation.name}{at}"
        match self.words, self.verdict:
            case None, Pass():
                return ""
            case None, other:
                return f"{trial}: the case must pass, but its verdict is {other}"
            case str(words), other if isinstance(other, self.mutated.verdict):
                if words in _text(other):
                    return ""
                return f"{trial}: the verdict is {other}, which does not contain {words!r}"
            case _, other:
                return f"{trial}: the case must fail, but its verdict is {other}"


def _text(verdict: Verdict) -> str:
    return "\n".join(map(str, astuple(verdict)))


def trials(recorded: Recorded, mutations: Iterable[Mutation] = MUTATIONS) -> Iterator[Trial]:
    """Judge one case once for every mutation of its observation."""
    for mutation in mutations:
        for mutated in mutation.mutate(recorded.case, recorded.seen):
            wanted = enumerate(mutated.wanted(recorded.case))
            index, words = next(((n, each) for n, each in wanted if each), (None, None))
            yield Trial(
                recorded=recorded,
                mutation=mutation,
                mutated=mutated,
                verdict=judge(recorded.case, mutated.seen),
                noticing=index,
                words=words,
            )
