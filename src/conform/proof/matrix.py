"""Judges what the control did again, one deviation at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct
from msgspec.structs import astuple

from conform.proof.control import Recorded
from conform.proof.deviations import Change, Deviation
from conform.proof.leaks import LEAKS
from conform.proof.outcomes import OUTCOMES
from conform.proof.parameters import PARAMETERS
from conform.proof.requests import REQUESTS
from conform.proof.traffic import TRAFFIC
from conform.proof.values import ATTRIBUTES
from conform.verdicts import Pass, Verdict, judge

DEVIATIONS: Final[tuple[Deviation, ...]] = (
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
    deviation: Deviation
    change: Change
    verdict: Verdict
    noticed: int | None
    """Which expectation has to notice, by its place; nothing where none has to."""
    says: str | None
    """What the verdict has to hold; nothing where the case has to pass."""

    @property
    def wrong(self) -> str:
        """What is wrong with the verdict, as a sentence; empty where nothing is."""
        at = f" at {self.change.where}" if self.change.where else ""
        what = f"{self.recorded.case.id}, {self.deviation.name}{at}"
        match self.says, self.verdict:
            case None, Pass():
                return ""
            case None, other:
                return f"{what}: it does not concern the case, and yet: {other}"
            case str(says), other if isinstance(other, self.change.comes_to):
                if says in _said(other):
                    return ""
                return f"{what}: the verdict is {other}, and does not name {says!r}"
            case _, other:
                return f"{what}: it should have failed, and came to {other}"


def _said(verdict: Verdict) -> str:
    return "\n".join(map(str, astuple(verdict)))


def trials(recorded: Recorded, deviations: Iterable[Deviation] = DEVIATIONS) -> Iterator[Trial]:
    """Judge one case again for every change that can be made to what was seen."""
    for deviation in deviations:
        for change in deviation.changes(recorded.case, recorded.seen):
            wanted = enumerate(change.wanted(recorded.case))
            place, says = next(((n, each) for n, each in wanted if each), (None, None))
            yield Trial(
                recorded=recorded,
                deviation=deviation,
                change=change,
                verdict=judge(recorded.case, change.seen),
                noticed=place,
                says=says,
            )
