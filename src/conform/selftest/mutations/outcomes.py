"""Mutations of the outcome of a step: an error, no error, another error, a crash, a hang."""

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
from conform.cases.model import CallStep, Case
from conform.core.observations import Crashed, Hung, NotReached, Observation, StepOutcome
from conform.core.protocol import Raised, Returned, Unsupported
from conform.core.values import ABSENT, NULL, Other, same
from conform.selftest.mutations.mutation import (
    MutatedObservation,
    Mutation,
    Notices,
    named,
    sends,
    step_of,
)
from conform.verdicts import Fail, Inconclusive, NotApplicable, Verdict

_RESULT: Final = (Returns, Exposes, Lacks)
"""The expectations that are about a result."""


class MutatedOutcome(Struct, frozen=True):
    """Another outcome of a step, and the expectations that must notice it."""

    outcome: StepOutcome
    notices: Notices
    where: str = ""
    ends: bool = False
    """Whether the process ends with it."""
    undone: str | None = None
    """Words that the verdict must contain if the case needs the step; None if it need not."""


def each_step(change: Callable[[Observation, Any], Iterator[MutatedOutcome]]) -> Mutation:
    """The mutation that changes the outcome of one step at a time."""

    def mutate(case: Case, seen: Observation) -> Iterator[MutatedObservation]:
        for step, outcome in enumerate(seen.steps):
            for other in change(seen, outcome):
                yield _with_outcome(case, seen, step, other)

    name, does = named(change)
    return Mutation(name=name, does=does, mutate=mutate)


def _with_outcome(
    case: Case, seen: Observation, step: int, mutated: MutatedOutcome
) -> MutatedObservation:
    after = seen.steps[step + 1 :]
    later = tuple(NotReached() for _ in after) if mutated.ends else after
    is_absent = isinstance(mutated.outcome, Unsupported)
    is_null = isinstance(mutated.outcome, Returned)
    needs = _needs_object(case, step) if is_null else _is_needed(case, step)
    is_needed = is_absent or mutated.ends or needs
    undone = mutated.undone if is_needed else None

    def notices(expectation: Expectation) -> str | None:
        about = step_of(expectation, seen)
        if about is not None and about > step and undone is not None:
            return undone
        noticed = mutated.notices[type(expectation)]
        words = noticed(expectation) if callable(noticed) else noticed
        return words if about is None or about == step else None

    return MutatedObservation(
        seen=replace(seen, steps=(*seen.steps[:step], mutated.outcome, *later)),
        notices=dict.fromkeys(mutated.notices, notices),
        where=f"step {step + 1}: {mutated.where}" if mutated.where else f"step {step + 1}",
        anyway=undone,
        verdict=_if_absent(case, step) if is_absent else Fail,
    )


def _if_absent(case: Case, step: int) -> type[Verdict]:
    """The type of the verdict if the release does not have what a step does."""
    done, is_promised = case.steps[step], case.level == "documented"
    if not isinstance(done, CallStep):
        return Inconclusive if is_promised else NotApplicable
    if is_promised:
        return Fail
    is_on_page = done.form == "static" and done.operation == case.needs.operation
    return Inconclusive if case.needs.readme or is_on_page else NotApplicable


def _is_needed(case: Case, step: int) -> bool:
    """Whether a later step needs a step to succeed, because no expectation is about its error."""
    done, count = case.steps[step], len(case.steps)
    is_free = isinstance(done, CallStep) and done.may_raise
    about = (each for each in case.expect if _step(each, count) == step)
    about_error = any(isinstance(e, Raises | Settles | Refuses | Guards | Escapes) for e in about)
    return step < count - 1 and not is_free and not about_error


def _needs_object(case: Case, step: int) -> bool:
    """Whether a later step is about the object that a step returns."""
    kept = getattr(case.steps[step], "keep", None)
    later = (getattr(each, "on", None) for each in case.steps[step + 1 :])
    return kept is not None and kept in later


def _step(expectation: Expectation, count: int) -> int | None:
    step: int | None = getattr(expectation, "step", None)
    return None if step is None else step % count


def _end(outcome: StepOutcome) -> str:
    return "did not answer within" if isinstance(outcome, Hung) else "ended the process"


def _of_call(seen: Observation, words: str) -> Notices:
    """The expectations that notice that a step neither returned nor raised."""

    def unless_sent(expectation: Expectation) -> str | None:
        return None if sends(expectation, seen) else words

    return {
        **dict.fromkeys((*_RESULT, Raises, Settles, Refuses), words),
        Guards: unless_sent,
        Escapes: unless_sent,
    }


# ── no end, or a crash ───────────────────────────────────────────────────────────────────────────


@each_step
def crash(seen: Observation, _: StepOutcome) -> Iterator[MutatedOutcome]:
    """The process crashes during a call."""
    words = "ended the process with exit code 139"
    yield MutatedOutcome(Crashed(exit_code=139), _of_call(seen, words), ends=True, undone=words)


@each_step
def hang(seen: Observation, _: StepOutcome) -> Iterator[MutatedOutcome]:
    """A call never ends."""
    words = "did not answer within 15 seconds"
    yield MutatedOutcome(Hung(seconds=15.0), _of_call(seen, words), ends=True, undone=words)


@each_step
def unsupported(_: Observation, outcome: StepOutcome) -> Iterator[MutatedOutcome]:
    """The release does not have what is called."""
    if isinstance(outcome, Returned | Raised):
        reason = "no such thing"
        yield MutatedOutcome(Unsupported(reason=reason), {}, undone=reason)


# ── an error instead of a result ─────────────────────────────────────────────────────────────────


@each_step
def raised(seen: Observation, outcome: StepOutcome) -> Iterator[MutatedOutcome]:
    """A call raises an error of the SDK instead of returning."""
    if isinstance(outcome, Returned) and seen.error_families:
        error = seen.error_families[0]
        other = Raised(error=error, message="no")
        words = f"raised {error}"
        lacks = {Lacks: lambda expected: None if expected.refusable else words}
        yield MutatedOutcome(other, {**_unwanted(seen, error), **lacks}, undone=words)


@each_step
def raised_raw(seen: Observation, outcome: StepOutcome) -> Iterator[MutatedOutcome]:
    """A call raises an error of the language instead of returning."""
    if isinstance(outcome, Returned):
        settles = {Settles: "raised KeyError, which is not an error of the SDK's own"}
        notices = {**_unwanted(seen, "KeyError"), **settles}
        yield MutatedOutcome(_raw("no"), notices, undone="raised KeyError")


def _unwanted(seen: Observation, error: str) -> Notices:
    """The expectations that notice an error of any kind."""

    def too_late(expectation: Guards) -> str | None:
        return "after it had sent a request" if sends(expectation, seen) else None

    return {**dict.fromkeys(_RESULT, f"raised {error}"), Guards: too_late}


def _raw(message: str) -> Raised:
    return Raised(error="KeyError", ancestors=("LookupError", "Exception"), message=message)


@each_step
def emptied(_: Observation, outcome: StepOutcome) -> Iterator[MutatedOutcome]:
    """A call returns null instead of an object."""
    if isinstance(outcome, Returned) and isinstance(outcome.value, Other):
        words = "returned null instead of a"
        notices = {Returns: lambda expected: words if expected.thing else None}
        undone = "returned null instead of an object"
        yield MutatedOutcome(replace(outcome, value=NULL), notices, undone=undone)


# ── no error, or another error ───────────────────────────────────────────────────────────────────


@each_step
def swallowed(seen: Observation, outcome: StepOutcome) -> Iterator[MutatedOutcome]:
    """A call returns null instead of raising."""
    if isinstance(outcome, Raised):
        words = "returned null instead of raising"

        def settles(expectation: Settles) -> str | None:
            is_right = any(same(ABSENT, each) for each in expectation.values)
            return None if is_right else "The SDK accepted the response"

        yield MutatedOutcome(
            Returned(value=NULL),
            {
                Raises: words,
                Refuses: words,
                Guards: lambda each: None if sends(each, seen) else words,
                Escapes: lambda each: (
                    None if sends(each, seen) else "returned null without a request"
                ),
                Settles: settles,
            },
        )


@each_step
def untyped(seen: Observation, outcome: StepOutcome) -> Iterator[MutatedOutcome]:
    """An error is of the language instead of the SDK."""
    if isinstance(outcome, Raised):
        words = "raised KeyError, which is not an error of the SDK's own"
        raw = replace(outcome, error="KeyError", ancestors=("LookupError", "Exception"))
        yield MutatedOutcome(
            raw,
            {
                Raises: words,
                Settles: words,
                Refuses: lambda expected: words if expected.own else None,
                Guards: lambda each: None if sends(each, seen) else words,
            },
        )


@each_step
def other_class(seen: Observation, outcome: StepOutcome) -> Iterator[MutatedOutcome]:
    """An error has another class of the SDK."""
    if isinstance(outcome, Raised) and seen.error_families:
        family = seen.error_families[0]
        words = f"raised {family}, which is not"
        yield MutatedOutcome(
            replace(outcome, error=family, ancestors=("Exception",)),
            {Raises: partial(_if_expected, "classes", words)},
        )


@each_step
def other_status(_: Observation, outcome: StepOutcome) -> Iterator[MutatedOutcome]:
    """An error carries another HTTP status or none."""
    if isinstance(outcome, Raised):
        for status in (_next(outcome.http_status), None):
            words = f"the HTTP status {status} instead of" if status else "no HTTP status"
            carries = partial(_if_expected, "http_status", words)
            yield MutatedOutcome(
                replace(outcome, http_status=status), {Raises: carries}, str(status)
            )


@each_step
def other_type(_: Observation, outcome: StepOutcome) -> Iterator[MutatedOutcome]:
    """An error carries another API type or none."""
    if isinstance(outcome, Raised):
        for api_type in ("motor/vroom", None):
            words = f"the API type {api_type} instead of" if api_type else "no API type"
            carries = partial(_if_expected, "api_type", words)
            yield MutatedOutcome(
                replace(outcome, api_type=api_type), {Raises: carries}, str(api_type)
            )


@each_step
def other_message(_: Observation, outcome: StepOutcome) -> Iterator[MutatedOutcome]:
    """An error does not say the message of the API anywhere."""
    if isinstance(outcome, Raised):
        carries = partial(_if_expected, "message", "does not carry the API's message")
        yield MutatedOutcome(
            replace(outcome, message="", printed="", members={}), {Raises: carries}
        )


def _next(status: int | None) -> int:
    return (status or 417) + 1


def _if_expected(what: str, words: str, expectation: Raises) -> str | None:
    return words if getattr(expectation, what) else None


OUTCOMES: Final = (
    crash,
    hang,
    unsupported,
    raised,
    raised_raw,
    emptied,
    swallowed,
    untyped,
    other_class,
    other_status,
    other_type,
    other_message,
)
