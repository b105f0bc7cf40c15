"""Judges an observation: a pure function from a case and what was seen to a verdict."""

from __future__ import annotations

from typing import assert_never

from conform.cases.expectations import (
    Expectation,
    Exposes,
    Lacks,
    Matches,
    Raises,
    Requests,
    Returns,
    Sent,
)
from conform.cases.model import Case
from conform.observations import Misspoke, Observation
from conform.verdicts import outcomes, requests
from conform.verdicts.verdict import (
    Blame,
    Fail,
    Fault,
    NotApplicable,
    Pass,
    Unavailable,
    Verdict,
)

__all__ = [
    "Blame",
    "Fail",
    "Fault",
    "NotApplicable",
    "Pass",
    "Unavailable",
    "Verdict",
    "judge",
]


def judge(case: Case, observation: Observation) -> Verdict:
    """Hold what was seen against what the case expects; the first thing that differs decides."""
    for outcome in observation.steps:
        if isinstance(outcome, Misspoke):
            return Fault(reason=f"The adapter broke the protocol: {outcome.problem}")
    for expectation in case.expect:
        difference = _difference(expectation, case, observation)
        if difference is not None:
            return difference
    return Pass()


def _difference(expectation: Expectation, case: Case, seen: Observation) -> Fail | None:
    match expectation:
        case Requests(count=count):
            return requests.counted(count, seen)
        case Sent():
            return requests.sent(expectation, seen)
        case Returns(step=step):
            return outcomes.unless_returned(case, seen, step, "a result")
        case Exposes(attribute=name, value=value, step=step):
            return outcomes.exposes(case, seen, step, name, value)
        case Lacks(attribute=name, step=step):
            return outcomes.lacks(case, seen, step, name)
        case Raises():
            return outcomes.raises(expectation, case, seen)
        case Matches():
            return requests.matches(seen)
        case _:
            assert_never(expectation)
