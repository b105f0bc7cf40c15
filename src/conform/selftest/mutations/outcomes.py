"""Deviations of what a step came to: raised, swallowed, another error, an end of the process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from conform.cases.expectations import (
    Escapes,
    Expectation,
    Exposes,
    Guards,
    Lacks,
    Raises,
    Refuses,
    Returns,
    Settles,
)
from conform.cases.model import Case
from conform.core.observations import Crashed, Hung, NotReached, Observation, StepOutcome
from conform.core.protocol import Raised, Returned, Unsupported
from conform.core.values import ABSENT, NULL, same
from conform.selftest.mutations.mutation import (
    MutatedObservation,
    Mutation,
    Notices,
    named,
    step_of,
)
from conform.verdicts import NotApplicable

_RESULT: Final = (Returns, Exposes, Lacks)
"""What looks at a result."""


class Came(Struct, frozen=True):
    """What a step came to instead, and who has to notice."""

    outcome: StepOutcome
    notices: Notices
    where: str = ""
    ends: bool = False
    """Whether the process ended with it."""


def each_step(turn: Callable[[Observation, Any], Iterator[Came]]) -> Mutation:
    """The deviation that changes what one step came to."""

    def changes(case: Case, seen: Observation) -> Iterator[MutatedObservation]:
        for step, outcome in enumerate(seen.steps):
            for came in turn(seen, outcome):
                change = _change(seen, step, came)
                # What no page promises may be missing in a release.
                optional = isinstance(came.outcome, Unsupported) and case.level != "documented"
                yield replace(change, comes_to=NotApplicable) if optional else change

    name, does = named(turn)
    return Mutation(name=name, does=does, changes=changes)


def _change(seen: Observation, step: int, came: Came) -> MutatedObservation:
    after = seen.steps[step + 1 :]
    later = tuple(NotReached() for _ in after) if came.ends else after

    def looks(expectation: Expectation) -> str | None:
        looked = step_of(expectation, seen)
        words = came.notices[type(expectation)]
        says = words(expectation) if callable(words) else words
        if says is None or looked is None or looked == step:
            return says
        return "was not reached" if looked > step and came.ends else None

    return MutatedObservation(
        seen=replace(seen, steps=(*seen.steps[:step], came.outcome, *later)),
        notices=dict.fromkeys(came.notices, looks),
        where=f"step {step + 1}: {came.where}" if came.where else f"step {step + 1}",
        anyway=_deed(came.outcome) if came.ends else None,
    )


def _deed(outcome: StepOutcome) -> str:
    return "did not answer within" if isinstance(outcome, Hung) else "ended the process"


def _of_call(seen: Observation, says: str) -> Notices:
    """Who notices that a step neither returned nor raised."""
    unless_sent = None if seen.requests else says
    return {
        **dict.fromkeys((*_RESULT, Raises, Settles, Refuses), says),
        Guards: lambda _: unless_sent,
        Escapes: lambda _: unless_sent,
    }


# ── no end, or a bad one ─────────────────────────────────────────────────────────────────────────


@each_step
def crash(seen: Observation, _: StepOutcome) -> Iterator[Came]:
    """The process ends in the middle."""
    says = "ended the process with exit code 139"
    yield Came(Crashed(exit_code=139), _of_call(seen, says), ends=True)


@each_step
def hang(seen: Observation, _: StepOutcome) -> Iterator[Came]:
    """A call never ends."""
    yield Came(Hung(seconds=15.0), _of_call(seen, "did not answer within 15 seconds"), ends=True)


@each_step
def unsupported(seen: Observation, outcome: StepOutcome) -> Iterator[Came]:
    """A call does not exist."""
    if isinstance(outcome, Returned | Raised):
        says = "release"
        refused = (Refuses, Guards)
        notices = {k: v for k, v in _of_call(seen, says).items() if k not in refused}
        yield Came(Unsupported(reason="no such thing"), notices)


# ── an error where there should be none ──────────────────────────────────────────────────────────


@each_step
def raised(seen: Observation, outcome: StepOutcome) -> Iterator[Came]:
    """A call raises an error of the SDK's own instead of returning."""
    if isinstance(outcome, Returned) and seen.error_families:
        error = seen.error_families[0]
        yield Came(Raised(error=error, message="no"), _unwanted(seen, error))


@each_step
def raised_raw(seen: Observation, outcome: StepOutcome) -> Iterator[Came]:
    """A call raises an error of the language instead of returning."""
    if isinstance(outcome, Returned):
        settles = {Settles: "KeyError is not an error of the SDK's own"}
        yield Came(_raw("no"), {**_unwanted(seen, "KeyError"), **settles})


def _unwanted(seen: Observation, error: str) -> Notices:
    """Who notices that there was an error at all."""
    late = "after it had sent a request" if seen.requests else None
    return {**dict.fromkeys(_RESULT, f"raised {error}"), Guards: lambda _: late}


def _raw(message: str) -> Raised:
    return Raised(error="KeyError", ancestors=("LookupError", "Exception"), message=message)


# ── no error, or another one ─────────────────────────────────────────────────────────────────────


@each_step
def swallowed(seen: Observation, outcome: StepOutcome) -> Iterator[Came]:
    """A call returns null instead of raising."""
    if isinstance(outcome, Raised):
        says = "returned null instead of raising"

        def settles(expectation: Settles) -> str | None:
            right = any(same(ABSENT, each) for each in expectation.values)
            return None if right else "The answer was taken"

        yield Came(
            Returned(value=NULL),
            {
                Raises: says,
                Refuses: says,
                Guards: lambda _: None if seen.requests else says,
                Escapes: lambda _: None if seen.requests else "returned null without a request",
                Settles: settles,
            },
        )


@each_step
def untyped(seen: Observation, outcome: StepOutcome) -> Iterator[Came]:
    """An error is one of the language and not of the SDK."""
    if isinstance(outcome, Raised):
        says = "KeyError is not an error of the SDK's own"
        raw = replace(outcome, error="KeyError", ancestors=("LookupError", "Exception"))
        yield Came(
            raw,
            {
                Raises: says,
                Settles: says,
                Refuses: lambda expected: says if expected.own else None,
                Guards: lambda _: None if seen.requests else says,
            },
        )


@each_step
def other_class(seen: Observation, outcome: StepOutcome) -> Iterator[Came]:
    """An error is of another class of the SDK."""
    if isinstance(outcome, Raised) and seen.error_families:
        family = seen.error_families[0]
        says = f"{family} is not the documented class"
        yield Came(
            replace(outcome, error=family, ancestors=("Exception",)),
            {Raises: partial(_if_expected, "classes", says)},
        )


@each_step
def other_status(_: Observation, outcome: StepOutcome) -> Iterator[Came]:
    """An error carries another HTTP status, or none."""
    if isinstance(outcome, Raised):
        for status in (_next(outcome.http_status), None):
            says = f"carries the HTTP status {status or 'none'}"
            carries = partial(_if_expected, "http_status", says)
            yield Came(replace(outcome, http_status=status), {Raises: carries}, str(status))


@each_step
def other_type(_: Observation, outcome: StepOutcome) -> Iterator[Came]:
    """An error carries another API type, or none."""
    if isinstance(outcome, Raised):
        for api_type in ("motor/vroom", None):
            says = f"carries the API type {api_type or 'none'}"
            carries = partial(_if_expected, "api_type", says)
            yield Came(replace(outcome, api_type=api_type), {Raises: carries}, str(api_type))


@each_step
def other_message(_: Observation, outcome: StepOutcome) -> Iterator[Came]:
    """An error says nothing."""
    if isinstance(outcome, Raised):
        carries = partial(_if_expected, "message", "does not carry the API's message")
        yield Came(replace(outcome, message=""), {Raises: carries})


def _next(status: int | None) -> int:
    return (status or 417) + 1


def _if_expected(what: str, says: str, expectation: Raises) -> str | None:
    return says if getattr(expectation, what) else None


OUTCOMES: Final = (
    crash,
    hang,
    unsupported,
    raised,
    raised_raw,
    swallowed,
    untyped,
    other_class,
    other_status,
    other_type,
    other_message,
)
