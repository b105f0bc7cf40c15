"""Describes steps, outcomes and requests in words, for reasons and for kinds of difference."""

from __future__ import annotations

from typing import assert_never

from conform.cases.expectations import Raises
from conform.cases.model import CallStep, Case, ConfigureStep, RunStep
from conform.core.observations import (
    Crashed,
    Hung,
    MemoryExceeded,
    NotReached,
    Observation,
    ProtocolViolation,
    Request,
    StepOutcome,
)
from conform.core.protocol import Configured, Raised, Returned, Unsupported
from conform.core.text import cut, listed
from conform.core.values import Value


def subject(case: Case, step: int) -> str:
    """The name of a step at the beginning of a sentence, such as the operation that it calls."""
    match case.steps[step]:
        case CallStep(form="read", read=names) if names:
            return f"Reading {listed(names)}"
        case CallStep(operation=operation):
            return operation
        case ConfigureStep():
            return "Making settings"
        case RunStep():
            return "The sample"


def outcome_of(seen: Observation, step: int) -> StepOutcome:
    """The outcome of a step; ``NotReached`` if no step was executed."""
    return seen.steps[step] if seen.steps else NotReached()


def sent_during(step: int, seen: Observation) -> tuple[Request, ...]:
    """The requests that arrived during a step."""
    return tuple(request for request in seen.requests if request.step == step)


def in_a_word(outcome: StepOutcome) -> str:
    """The kind of an outcome, without anything that varies between runs."""
    match outcome:
        case Returned():
            return "returned"
        case Raised(error=error):
            return f"raised {error}"
        case Unsupported():
            return "unsupported"
        case Configured():
            return "made settings"
        case Crashed(exit_code=code):
            return f"crashed with {code}"
        case Hung():
            return "hung"
        case MemoryExceeded():
            return "used too much memory"
        case ProtocolViolation():
            return "protocol violation"
        case NotReached():
            return "not reached"
        case _:
            assert_never(outcome)


def wanted_error(expected: Raises) -> str:
    """The expected error, on one line."""
    details = [f"HTTP status {expected.http_status}"] if expected.http_status else []
    details += [f"type {expected.api_type}"] if expected.api_type else []
    details += [f"the message {expected.message!r}"] if expected.message else []
    details += [f"the class {' or '.join(expected.classes)}"] if expected.classes else []
    with_what = f" with {', '.join(details)}" if details else ""
    return f"an error of the SDK's own family{with_what}"


def times(count: int) -> str:
    """A number of requests at the beginning of a sentence."""
    return {0: "No request", 1: "One request"}.get(count, f"{count} requests")


def short(value: Value) -> str:
    """A value, cut to the length that fits into a sentence."""
    return cut(str(value))
