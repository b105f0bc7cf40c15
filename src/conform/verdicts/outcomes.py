"""Checks what came back to the caller against what a case expects."""

from __future__ import annotations

import re

from conform.cases.expectations import Ends, Exposes, Lacks, Raises, Returns, Settles
from conform.cases.model import Case
from conform.core.observations import Observation, StepOutcome
from conform.core.protocol import Raised, Returned
from conform.core.values import ABSENT, Absent, Null, Undefined, Value, kind_of, same
from conform.verdicts.verdict import Fail, fail
from conform.verdicts.words import in_a_word, outcome_of, short, subject, wanted_error


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
    outcome = outcome_of(seen, step)
    if isinstance(outcome, Returned):
        return None
    return fail(f"{subject(case, step)} {outcome}.", expected, outcome, in_a_word(outcome))


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
        return fail(f"The object has no {name}.", expected, f"no {name}", "absent")
    kept = "changed" if type(got) is type(value) else f"turned into {kind_of(got)}"
    return fail(
        f"{name} was {kept}: {short(value)} became {short(got)}.", expected, f"{name} = {got}", kept
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
        f"invented {kind_of(got)}",
    )


def raises(expected: Raises, case: Case, seen: Observation) -> Fail | None:
    """A failure unless the step raised an error of the SDK's own that carries what was said."""
    wanted = wanted_error(expected)
    outcome = outcome_of(seen, expected.step)
    called = subject(case, expected.step)
    if not isinstance(outcome, Raised):
        what = f"{called} {outcome} instead of raising."
        return fail(what, wanted, outcome, in_a_word(outcome))
    got = outcome.described
    if not own(outcome, seen):
        return not_own(outcome, wanted, got)
    known = {simple(name) for name in (outcome.error, *outcome.ancestors)}
    if expected.classes and known.isdisjoint(expected.classes):
        what = f"{outcome.error} is not the documented class."
        return fail(what, wanted, got, f"class {outcome.error}")
    if expected.http_status is not None and outcome.http_status != expected.http_status:
        carried = f"HTTP status {outcome.http_status or 'none'}"
        return fail(f"The error carries the {carried}.", wanted, got, carried)
    if expected.api_type is not None and outcome.api_type != expected.api_type:
        carried = f"API type {outcome.api_type or 'none'}"
        return fail(f"The error carries the {carried}.", wanted, got, carried)
    if expected.message is not None and expected.message not in outcome.message:
        return fail("The error does not carry the API's message.", wanted, got, "other message")
    return None


def settles(expected: Settles, case: Case, seen: Observation) -> Fail | None:
    """A failure unless the step gave one of the values, or an error of the SDK's own."""
    name = expected.attribute
    values = " or ".join(str(value) for value in expected.values)
    wanted = f"{name} = {values}, or an error of the SDK's own family"
    outcome = outcome_of(seen, expected.step)
    if isinstance(outcome, Raised):
        return None if own(outcome, seen) else not_own(outcome, wanted, outcome.described)
    failure = unless_returned(case, seen, expected.step, wanted)
    if failure is not None:
        return failure
    got = attribute(outcome, name)
    if any(same(got, value) for value in expected.values):
        return None
    what = f"The answer was taken, with {name} = {short(got)}."
    return fail(what, wanted, f"{name} = {got}", f"took {kind_of(got)}")


def ends(within: float, seen: Observation) -> Fail | None:
    """A failure unless all steps ended in time."""
    if seen.seconds <= within:
        return None
    what = f"It took longer than {within:g} s."
    return fail(what, f"an end within {within:g} s", "no end by then", "late")


def not_own(error: Raised, wanted: str, got: object) -> Fail:
    """The failure of a step that raised an error of the language, or of a library."""
    what = f"{error.error} is not an error of the SDK's own."
    return fail(what, wanted, got, f"raised {error.error}")


def own(error: Raised, seen: Observation) -> bool:
    """Whether an error is one of the SDK's own."""
    return not {error.error, *error.ancestors}.isdisjoint(seen.error_families)


def simple(name: str) -> str:
    """The name of a class without its namespace, whatever the language writes between them."""
    return re.split(r"[.:\\/+$]", name)[-1]


def attribute(outcome: StepOutcome, name: str) -> Value:
    """The value that an outcome has under a documented name."""
    return outcome.attributes.get(name, ABSENT) if isinstance(outcome, Returned) else ABSENT
