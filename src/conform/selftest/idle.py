"""Judges every case with an SDK that does nothing useful: it must never pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from conform.cases.model import Case, ConfigureStep
from conform.cases.premises import LogWritten, premises
from conform.core.observations import Observation, PactMismatch, StepOutcome
from conform.core.protocol import Raised, Returned
from conform.core.values import NULL
from conform.selftest.reference import Recorded
from conform.verdicts import Pass, Verdict, judge


class Idleness(Struct, frozen=True):
    """One way to do nothing useful."""

    name: str
    """Unique, such as ``did nothing``."""
    observed: Callable[[Case, Observation], Observation | None]
    """What is observed of it instead of the observation of the reference client; None if it cannot
    be told apart."""


class IdleTrial(Struct, frozen=True, kw_only=True):
    """One case, judged with an SDK that does nothing useful."""

    case: Case
    idleness: Idleness
    verdict: Verdict

    @property
    def wrong(self) -> str:
        """The problem of the verdict, as a sentence; empty if there is none."""
        is_empty = isinstance(self.verdict, Pass)
        return f"{self.case.id} passes although the SDK {self.idleness.name}." if is_empty else ""


def idle_trials(recorded: Iterable[Recorded]) -> Iterator[IdleTrial]:
    """Judge every case that the reference client passed, once for each way to do nothing."""
    for each in recorded:
        for idleness in IDLENESS:
            seen = idleness.observed(each.case, each.seen) if each.passed else None
            if seen is not None:
                verdict = judge(each.case, seen)
                yield IdleTrial(case=each.case, idleness=idleness, verdict=verdict)


def _without_requests(
    outcome: Callable[[Observation], StepOutcome],
) -> Callable[[Case, Observation], Observation]:
    def observed(case: Case, seen: Observation) -> Observation:
        steps = zip(case.steps, seen.steps, strict=True)
        return replace(
            seen,
            steps=tuple(
                was if isinstance(step, ConfigureStep) else outcome(seen) for step, was in steps
            ),
            exchanges=(),
            elsewhere=(),
            pact=(_NO_REQUEST,) if seen.pact is not None else None,
            contacts=None if seen.contacts is None else (),
            output="",
            seconds=0.0,
            twin=observed(case, seen.twin) if seen.twin else None,
        )

    return observed


def _own_error(seen: Observation) -> Raised:
    return Raised(error=next(iter(seen.error_families), "Error"), message="no")


def _raw_error(_: Observation) -> Raised:
    return Raised(error="KeyError", ancestors=("LookupError", "Exception"), message="no")


def _null(_: Observation) -> Returned:
    return Returned(value=NULL)


def _unlogged(case: Case, seen: Observation) -> Observation | None:
    if LogWritten() not in premises(case):
        return None
    twin = replace(seen.twin, output="") if seen.twin else None
    return replace(seen, output="", twin=twin)


_NO_REQUEST: Final = PactMismatch(kind="missing-request", description="no request arrived")
IDLENESS: Final = (
    Idleness("did nothing", _without_requests(_null)),
    Idleness("raised its own error before sending", _without_requests(_own_error)),
    Idleness("raised a raw error before sending", _without_requests(_raw_error)),
    Idleness("logged nothing", _unlogged),
)
