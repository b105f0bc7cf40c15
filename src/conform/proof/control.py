"""Runs the control once, all of its cases, and keeps what was seen of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

from conform.cases.model import Case
from conform.observations import Observation
from conform.stand import Stand
from conform.verdicts import Pass, Verdict, judge

CONTROL: Final = "http"
"""The name of the control among the targets."""


class Recorded(Struct, frozen=True, kw_only=True):
    """What the control did in one case, and what came of it."""

    case: Case
    seen: Observation
    verdict: Verdict

    @property
    def passed(self) -> bool:
        """Whether everything expected was seen."""
        return isinstance(self.verdict, Pass)


def record(stand: Stand, cases: Iterable[Case]) -> Iterator[Recorded]:
    """Execute and judge cases.

    Raises:
        AdapterError: the adapter does not work.
    """
    for case in cases:
        seen = stand.bench.execute(case)
        yield Recorded(case=case, seen=seen, verdict=judge(case, seen))
