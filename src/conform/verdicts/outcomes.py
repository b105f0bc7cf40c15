"""Holds what came back to the caller against what a case expects."""

from __future__ import annotations

import re

from conform.cases.expectations import Ends, Exposes, Lacks, Raises, Returns, Settles
from conform.cases.model import Case
from conform.observations import Observation, Skipped, StepOutcome
from conform.protocol import Raised, Returned
from conform.values import ABSENT, Absent, Null, Undefined, Value, same
from conform.verdicts.verdict import Fail, fail
from conform.verdicts.words import deed, described, kind, short, subject, wanted_error


def difference(
    expectation: Returns | Exposes | Lacks | Raises | Settles | Ends, case: Case, seen: Observation
) -> Fail | None:
    """A failure unless what came back is what one expectation says."""
    match expectation:
        case Returns(step=step):
            return unless_returned(case, seen, step, "a result")
        case Exposes(attribute=name, value=value, step=step):
            return exposes(case, seen, step, name, value)
        case Lacks(attribute=name, step=step):
            return lacks(case, seen, step, name)
        case Raises():
            return raises(expectation, case, seen)
        case Settles():
            return settles(expectation, case, seen)
        case Ends(within=within):
            return ends(within, seen)


def unless_returned(case: Case, seen: Observation, step: int, expected: str) -> Fail | None:
    """A failure unless the step returned."""
    outcome = seen.steps[step] if seen.steps else Skipped()
    if isinstance(outcome, Returned):
        return None
    called = subject(case, step)
    return fail(f"{called} {deed(outcome)}.", expected, deed(outcome))


def exposes(case: Case, seen: Observation, step: int, name: str, value: Value) -> Fail | None:
    """A failure unless the object has the attribute with this value and type."""
    expected = f"{name} = {value}"
    failure = unless_returned(case, seen, step, expected)
    if failure is not None:
        return failure
    got = attribute(seen.steps[step], name)
    if same(got, value):
        return None
    if isinstance(got, Absent):
        return fail(f"The object has no {name}.", expected, f"no {name}")
    kept = "changed" if type(got) is type(value) else f"turned into {kind(got)}"
    return fail(
        f"{name} was {kept}: {short(value)} became {short(got)}.", expected, f"{name} = {got}"
    )


def lacks(case: Case, seen: Observation, step: int, name: str) -> Fail | None:
    """A failure unless the object says of the attribute that there is nothing."""
    expected = f"{name} is null"
    failure = unless_returned(case, seen, step, expected)
    if failure is not None:
        return failure
    got = attribute(seen.steps[step], name)
    if isinstance(got, Absent | Null | Undefined):
        return None
    return fail(
        f"The server sent no {name}, and the SDK invented {short(got)}.",
        expected,
        f"{name} = {got}",
    )


def raises(expected: Raises, case: Case, seen: Observation) -> Fail | None:
    """A failure unless the step raised an error of the SDK's own that carries what was said."""
    wanted = wanted_error(expected)
    outcome = seen.steps[expected.step] if seen.steps else Skipped()
    called = subject(case, expected.step)
    if not isinstance(outcome, Raised):
        return fail(f"{called} {deed(outcome)} instead of raising.", wanted, deed(outcome))
    got = described(outcome)
    if not own(outcome, seen):
        return fail(f"{outcome.error} is no error of the SDK's own.", wanted, got)
    known = {simple(name) for name in (outcome.error, *outcome.ancestors)}
    if expected.classes and known.isdisjoint(expected.classes):
        return fail(f"{outcome.error} is not the documented class.", wanted, got)
    if expected.http_status is not None and outcome.http_status != expected.http_status:
        carried = outcome.http_status or "none"
        return fail(f"The error carries the HTTP status {carried}.", wanted, got)
    if expected.api_type is not None and outcome.api_type != expected.api_type:
        carried = outcome.api_type or "none"
        return fail(f"The error carries the API type {carried}.", wanted, got)
    if expected.message is not None and expected.message not in outcome.message:
        return fail("The error does not carry the API's message.", wanted, got)
    return None


def settles(expected: Settles, case: Case, seen: Observation) -> Fail | None:
    """A failure unless the step gave one of the values, or an error of the SDK's own."""
    name = expected.attribute
    values = " or ".join(str(value) for value in expected.values)
    wanted = f"{name} = {values}, or an error of the SDK's own family"
    outcome = seen.steps[expected.step] if seen.steps else Skipped()
    if isinstance(outcome, Raised):
        if own(outcome, seen):
            return None
        reason = f"{outcome.error} is no error of the SDK's own."
        return fail(reason, wanted, described(outcome))
    failure = unless_returned(case, seen, expected.step, wanted)
    if failure is not None:
        return failure
    got = attribute(outcome, name)
    if any(same(got, value) for value in expected.values):
        return None
    return fail(f"The answer was taken, with {name} = {short(got)}.", wanted, f"{name} = {got}")


def ends(within: float, seen: Observation) -> Fail | None:
    """A failure unless it was over in time."""
    if seen.seconds <= within:
        return None
    return fail(
        f"It took longer than {within:g} s.", f"an end within {within:g} s", "no end by then"
    )


def own(error: Raised, seen: Observation) -> bool:
    """Whether an error is one of the SDK's own."""
    return not {error.error, *error.ancestors}.isdisjoint(seen.error_families)


def simple(name: str) -> str:
    """The name of a class without its namespace, whatever the language writes between them."""
    return re.split(r"[.:\\/+$]", name)[-1]


def attribute(outcome: StepOutcome, name: str) -> Value:
    """The value that an outcome has under a documented name."""
    return outcome.attributes.get(name, ABSENT) if isinstance(outcome, Returned) else ABSENT
