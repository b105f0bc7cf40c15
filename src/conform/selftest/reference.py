"""Runs the reference client once, all of its cases, and keeps what was seen of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from msgspec import Struct

from conform.cases.model import Case, Stage
from conform.core.observations import Observation
from conform.engine.execution import Executor
from conform.engine.gateway import Gateway
from conform.engine.preparation import PreparedTarget
from conform.engine.session import AdapterSession
from conform.targets.resolve import Target
from conform.verdicts import Pass, Verdict, judge

REFERENCE_CLIENT: Final = "http"
"""The name of the reference client among the targets."""


class Recorded(Struct, frozen=True, kw_only=True):
    """What the reference client did in one case, and its verdict."""

    case: Case
    seen: Observation
    verdict: Verdict

    @property
    def passed(self) -> bool:
        """Whether everything expected was seen."""
        return isinstance(self.verdict, Pass)


@contextmanager
def executor_of(target: Target, reference: PreparedTarget) -> Iterator[Executor]:
    """What executes cases beside others: with a gateway and an adapter of its own.

    Args:
        target: the reference client, or a mutant of it.
        reference: the reference client.
    """
    with Gateway() as gateway, AdapterSession(target, gateway, Stage()) as session:
        documentation = reference.documentation
        with Executor(target, session, reference.catalog, documentation) as executor:
            yield executor


def record(reference: PreparedTarget, cases: Iterable[Case]) -> tuple[Recorded, ...]:
    """Execute and judge cases on the reference client.

    Raises:
        AdapterError: its adapter does not work.
    """
    with executor_of(reference.target, reference) as executor:
        return tuple(_recorded(executor, case) for case in cases)


def _recorded(executor: Executor, case: Case) -> Recorded:
    seen = executor.execute(case)
    return Recorded(case=case, seen=seen, verdict=judge(case, seen))
