"""Runs the control once, all of its cases, and keeps what was seen of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from msgspec import Struct

from conform.cases.model import Case
from conform.execution import Bench
from conform.observations import Observation
from conform.schemas.catalog import Catalog
from conform.servers import Gateway
from conform.stand import Stand
from conform.targets.resolve import Target
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


@contextmanager
def bench(target: Target, stand: Stand, catalog: Catalog) -> Iterator[Bench]:
    """What cases are executed on, beside those of others: a gateway and an adapter of its own.

    Args:
        target: the control, or what is to be held like it.
        stand: that of the control.
        catalog: where the contracts are.
    """
    with Gateway() as gateway, Bench(target, gateway, catalog) as own:
        own.hold_to(stand.pages.held, spelled_by=None)
        yield own


def record(stand: Stand, catalog: Catalog, cases: Iterable[Case]) -> tuple[Recorded, ...]:
    """Execute and judge cases on the control.

    Raises:
        AdapterError: its adapter does not work.
    """
    with bench(stand.target, stand, catalog) as own:
        return tuple(_recorded(own, case) for case in cases)


def _recorded(own: Bench, case: Case) -> Recorded:
    seen = own.execute(case)
    return Recorded(case=case, seen=seen, verdict=judge(case, seen))
