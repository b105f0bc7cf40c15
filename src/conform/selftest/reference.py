"""Runs cases on the reference client and keeps each observation with its verdict."""

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
    """The observation of the reference client in one case, and its verdict."""

    case: Case
    seen: Observation
    verdict: Verdict

    @property
    def passed(self) -> bool:
        """Whether the case passed."""
        return isinstance(self.verdict, Pass)


@contextmanager
def executor_of(target: Target, reference: PreparedTarget) -> Iterator[Executor]:
    """An executor with its own gateway and adapter, which can run beside others.

    Args:
        target: the reference client or a mutant.
        reference: the prepared reference client, for its catalog and documentation.
    """
    with Gateway() as gateway, AdapterSession(target, gateway, Stage()) as session:
        documentation = reference.documentation
        with Executor(target, session, reference.catalog, documentation) as executor:
            yield executor


def record(executor: Executor, cases: Iterable[Case]) -> tuple[Recorded, ...]:
    """Execute and judge cases on the reference client.

    Raises:
        AdapterError: its adapter does not work.
    """
    return tuple(_recorded(executor, case) for case in cases)


def record_beside(reference: PreparedTarget, cases: Iterable[Case]) -> tuple[Recorded, ...]:
    """The same beside other cases, with a gateway and an adapter of its own.

    Raises:
        AdapterError: its adapter does not work.
    """
    with executor_of(reference.target, reference) as executor:
        return record(executor, cases)


def _recorded(executor: Executor, case: Case) -> Recorded:
    seen = executor.execute(case)
    return Recorded(case=case, seen=seen, verdict=judge(case, seen))
