"""Runs the control once, all of its cases, and keeps what was seen of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
import re
from typing import Final

from msgspec import Struct

from conform.cases.model import Case, Planned
from conform.cases.plan import plan
from conform.observations import Observation
from conform.schemas.catalog import Catalog
from conform.stand import Stand, set_up
from conform.verdicts import Pass, Verdict, judge

CONTROL: Final = "http"
"""The name of the control among the targets."""


class Recorded(Struct, frozen=True, kw_only=True):
    """What a target did in one case, and what came of it."""

    case: Case
    seen: Observation
    verdict: Verdict

    @property
    def passed(self) -> bool:
        """Whether everything expected was seen."""
        return isinstance(self.verdict, Pass)


def planned(catalog: Catalog, stand: Stand) -> tuple[Planned, ...]:
    """Every case there is, as it stands for the target."""
    return plan(catalog, stand.pages.held, held_to=stand.pages.called, subject=stand.subject)


def applicable(cases: Iterable[Planned], pattern: str = "") -> Iterator[Case]:
    """The cases that apply, those whose id holds the pattern."""
    chosen = re.compile(re.escape(pattern))
    return (each for each in cases if isinstance(each, Case) and chosen.search(each.id))


def record(pattern: str = "") -> Iterator[Recorded]:
    """Execute and judge every applicable case on the control.

    Args:
        pattern: only cases whose id holds it.

    Raises:
        AdapterError: the control's adapter does not work.
    """
    catalog = Catalog.load()
    with set_up(CONTROL, catalog) as stand:
        for case in applicable(planned(catalog, stand), pattern):
            seen = stand.bench.execute(case)
            yield Recorded(case=case, seen=seen, verdict=judge(case, seen))
