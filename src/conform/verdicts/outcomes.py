"""Checks the outcomes of steps against what a case expects: results, attributes, errors, time."""

from __future__ import annotations

import re

from conform.cases.expectations import Ends, Exposes, Lacks, Raises, Returns, Settles
from conform.cases.model import Case, ConfigureStep
from conform.core.observations import Hung, Observation, StepOutcome
from conform.core.protocol import Raised, Returned
from conform.core.text import cut, listed
from conform.core.values import ABSENT, Absent, Null, ReadError, Undefined, Value, kind_of, same
from conform.verdicts.verdict import Fail, fail
from conform.verdicts.words import in_a_word, outcome_of, short, subject, wanted_error


def difference(
    expectation: Returns | Exposes | Lacks | Raises | Settles | Ends, case: Case, seen: Observation
) -> Fail | None:
    """The failure if the outcomes do not meet an expectation."""
    match expectation:
        case Returns(step=step, thing=thing):
            return _returns(case, seen, step, thing)
        case Exposes(attribute=name, value=value, step=step):
            return _exposes(case, seen, step, name, value)
        case Lacks():
            return _lacks(expectation, case, seen)
        case Raises():
            return _raises(expectation, case, seen)
        case Settles():
            return _settles(expectation, case, seen)
        case Ends(within=within):
            return _ends(within, case, seen)


def _returns(case: Case, seen: Observation, step: int, thing: str) -> Fail | None:
    """The failure if the step did not return, or returned null where an object is documented."""
    expected = f"a {thing}" if thing else "a result"
    failure = _unless_returned(case, seen, step, expected)
    if failure is not None or not thing:
        return failure
    match outcome_of(seen, step):
        case Returned(value=Null() | Undefined() as nothing):
            reason = f"{subject(case, step)} returned {short(nothing)} instead of {expected}."
            return fail(reason, expected, nothing, "returned null instead of an object")
        case _:
            return None


def _unless_returned(case: Case, seen: Observation, step: int, expected: str) -> Fail | None:
    """The failure if the step did not return."""
    outcome = outcome_of(seen, step)
    if isinstance(outcome, Returned):
        return None
    return fail(f"{subject(case, step)} {outcome}.", expected, outcome, in_a_word(outcome))


def _exposes(case: Case, seen: Observation, step: int, name: str, value: Value) -> Fail | None:
    """The failure if the object does not have the attribute with this value and type."""
    expected = f"{name} = {value}"
    failure = _unless_returned(case, seen, step, expected)
    if failure is not None:
        return failure
    got = _attribute(seen.steps[step], name)
    if same(got, value):
        return None
    if isinstance(got, ReadError):
        return _unread(name, got, expected)
    if isinstance(got, Absent):
        return fail(f"The object has no {name}.", expected, f"no {name}", "absent")
    change = "changed" if type(got) is type(value) else f"turned into {kind_of(got)}"
    reason = f"{name} was {change}: {short(value)} became {short(got)}."
    return fail(reason, expected, f"{name} = {got}", change)


def _lacks(expected: Lacks, case: Case, seen: Observation) -> Fail | None:
    """The failure if the object has a value for the attribute."""
    name, outcome = expected.attribute, outcome_of(seen, expected.step)
    wanted = f"{name} is null"
    if expected.refusable and isinstance(outcome, Raised) and is_own(outcome, seen):
        return None
    failure = _unless_returned(case, seen, expected.step, wanted)
    if failure is not None:
        return failure
    got = _attribute(outcome, name)
    if isinstance(got, Absent | Null | Undefined):
        return None
    if isinstance(got, ReadError):
        return _unread(name, got, wanted)
    return fail(
        f"The server sent no {name}, and the SDK invented {short(got)}.",
        wanted,
        f"{name} = {got}",
        f"invented {kind_of(got)}",
    )


def _raises(expected: Raises, case: Case, seen: Observation) -> Fail | None:
    """The failure if the step did not raise an error of the SDK's own with the expected details."""
    wanted = wanted_error(expected)
    outcome = outcome_of(seen, expected.step)
    called = subject(case, expected.step)
    if not isinstance(outcome, Raised):
        reason = f"{called} {outcome} instead of raising."
        return fail(reason, wanted, outcome, in_a_word(outcome))
    got = outcome.described
    if not is_own(outcome, seen):
        return not_own(called, outcome, wanted, got)
    known = {_simple(name) for name in (outcome.error, *outcome.ancestors)}
    if expected.classes and known.isdisjoint(expected.classes):
        documented = " or ".join(_in_style_of(outcome.error, expected.classes))
        reason = f"{called} raised {outcome.error}, which is not {documented}."
        return fail(reason, wanted, got, f"class {outcome.error}")
    if expected.http_status is not None and outcome.http_status != expected.http_status:
        return _other_detail(
            called, "HTTP status", outcome.http_status, expected.http_status, outcome
        )
    if expected.api_type is not None and outcome.api_type != expected.api_type:
        return _other_detail(called, "API type", outcome.api_type, expected.api_type, outcome)
    if expected.message is not None and not outcome.says(expected.message):
        reason = f"The error of {called} does not carry the API's message."
        return fail(reason, wanted, got, "other message")
    return None


def _unread(name: str, error: ReadError, wanted: str) -> Fail:
    """The failure of an attribute whose reading raised an error."""
    reason = f"Reading {name} raised {error.error}: {cut(error.message).rstrip('.')}."
    return fail(reason, wanted, error, f"reading raised {error.error}")


def _in_style_of(error: str, classes: tuple[str, ...]) -> list[str]:
    """The names of classes as the language of an error spells them; all if none is alike."""
    ending = "Exception" if error.endswith("Exception") else "Error"
    has_group = "_" in _simple(error)
    alike = [each for each in classes if each.endswith(ending) and ("_" in each) == has_group]
    return alike or list(classes)


def _other_detail(
    called: str, what: str, got: object | None, wanted: object, error: Raised
) -> Fail:
    """The failure of an error whose status or type is not that of the response."""
    carried = f"the {what} {got} instead of {wanted}" if got else f"no {what}"
    reason = f"The error of {called} carries {carried}."
    return fail(reason, f"the {what} {wanted}", error.described, f"{what} {got or 'none'}")


def _settles(expected: Settles, case: Case, seen: Observation) -> Fail | None:
    """The failure if the step neither returned one of the values nor raised an error of the SDK."""
    name = expected.attribute
    values = " or ".join(str(value) for value in expected.values)
    wanted = f"{name} = {values}, or an error of the SDK's own family"
    outcome = outcome_of(seen, expected.step)
    if isinstance(outcome, Raised):
        if is_own(outcome, seen):
            return None
        return not_own(subject(case, expected.step), outcome, wanted, outcome.described)
    failure = _unless_returned(case, seen, expected.step, wanted)
    if failure is not None:
        return failure
    got = _attribute(outcome, name)
    if any(same(got, value) for value in expected.values):
        return None
    if isinstance(got, ReadError):
        return _unread(name, got, wanted)
    reason = f"The SDK accepted the response, with {name} = {short(got)}."
    return fail(reason, wanted, f"{name} = {got}", f"accepted {kind_of(got)}")


def _ends(within: float, case: Case, seen: Observation) -> Fail | None:
    """The failure if the steps did not end in time."""
    if seen.seconds <= within:
        return None
    wanted = f"an end within {within:g} s"
    though = _settings(case)
    for step, outcome in enumerate(seen.steps):
        if isinstance(outcome, Hung):
            reason = f"{subject(case, step)} did not end within {within:g} s{though}."
            return fail(reason, wanted, "no end by then", "no end")
    reason = f"{subject(case, -1)} ended later than after {within:g} s{though}."
    return fail(reason, wanted, "an end after that", "late")


def _settings(case: Case) -> str:
    """The settings that a case makes, as they follow a sentence; empty if it makes none."""
    made = [
        f"{name} is {value}"
        for step in case.steps
        if isinstance(step, ConfigureStep)
        for name, value in step.settings.items()
    ]
    return f", although {listed(made)}" if made else ""


def not_own(called: str, error: Raised, wanted: str, got: object) -> Fail:
    """The failure of a step that raised an error of its language or of a library."""
    reason = f"{called} raised {error.error}, which is not an error of the SDK's own."
    return fail(reason, wanted, got, f"raised {error.error}")


def is_own(error: Raised, seen: Observation) -> bool:
    """Whether an error belongs to the error families of the SDK."""
    return not {error.error, *error.ancestors}.isdisjoint(seen.error_families)


def _simple(name: str) -> str:
    """The name of a class without its namespace, for the separators of all languages."""
    return re.split(r"[.:\\/+$]", name)[-1]


def _attribute(outcome: StepOutcome, name: str) -> Value:
    """The value of an attribute, by its documented name."""
    return outcome.attributes.get(name, ABSENT) if isinstance(outcome, Returned) else ABSENT
