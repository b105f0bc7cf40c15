"""Checks the parameters of requests against what is documented, and refusals before a request."""

from __future__ import annotations

from functools import cache

import msgspec

from conform.cases.expectations import Carries, Conforms, Guards, Refuses
from conform.cases.model import Case
from conform.core.observations import Observation, Request, StepOutcome
from conform.core.protocol import Raised
from conform.core.values import ABSENT, Absent, Value, kind_of, to_json
from conform.schemas.decoding import Problem
from conform.schemas.validation import Validator
from conform.verdicts.outcomes import is_own, not_own
from conform.verdicts.sent import SentParameter, UnreadableError, sent_parameters
from conform.verdicts.verdict import Fail, fail
from conform.verdicts.words import in_a_word, outcome_of, sent_during, short, subject, times


def difference(
    expectation: Carries | Conforms | Refuses | Guards, case: Case, seen: Observation
) -> Fail | None:
    """The failure if requests and outcomes do not meet an expectation about parameters."""
    match expectation:
        case Carries():
            return _carries(expectation, seen)
        case Conforms():
            return _conforms(expectation, seen)
        case Refuses():
            return _refuses(expectation, case, seen)
        case Guards():
            return _guards(expectation, case, seen)


def _carries(expected: Carries, seen: Observation) -> Fail | None:
    """The failure if one request does not carry the parameter as documented."""
    name, place = expected.parameter, expected.place
    wanted = f"{name} = {expected.value} in the {place}"
    if expected.nth >= len(seen.requests):
        return fail(f"No request with {name} arrived.", wanted, "no request", "no request")
    request = seen.requests[expected.nth]
    try:
        found = [each for each in sent_parameters(request, expected.path) if each.name == name]
    except UnreadableError as unreadable:
        return fail(f"{unreadable}.", wanted, _shown(request), "unreadable")
    here = [each for each in found if each.place == place]
    elsewhere = [each.place for each in found if each.place != place]
    if not found:
        return fail(f"{name} was not sent.", wanted, _shown(request), "absent")
    if not here:
        where = f"in the {elsewhere[0]}"
        return fail(f"{name} was sent {where}.", wanted, _shown(request), where)
    if len(here) > 1:
        reason = f"{name} was sent {len(here)} times."
        return fail(reason, wanted, _shown(request), f"{len(here)} times")
    if expected.alone and elsewhere:
        where = f"in the {elsewhere[0]} too"
        return fail(f"{name} was sent {where}.", wanted, _shown(request), where)
    return _kept(name, expected.value, here[0], wanted)


def _conforms(expected: Conforms, seen: Observation) -> Fail | None:
    """The failure if one request carries something that its operation does not document."""
    wanted = "only what the operation documents"
    if expected.nth >= len(seen.requests):
        return fail("No request arrived.", wanted, "no request", "no request")
    request = seen.requests[expected.nth]
    if request.method != expected.method:
        reason = f"The method was {request.method}."
        wanted = f"{expected.method} {expected.path}"
        return fail(reason, wanted, _shown(request), f"method {request.method}")
    try:
        found = sent_parameters(request, expected.path)
    except UnreadableError as unreadable:
        return fail(f"{unreadable}.", wanted, _shown(request), "unreadable")
    given = {each.name: to_json(each.value) for each in found}
    typed = {each.name for each in found if not each.is_text}
    for problem in _validator(msgspec.json.encode(expected.request)).value(given):
        name = problem.pointer.removeprefix("/").partition("/")[0]
        # In a path, a query and a form everything is text, so no type can be wrong there.
        if name in typed or name not in given or problem.documented is None:
            about = _about(problem)
            return fail(f"{about}.", wanted, _shown(request), about)
    return None


def _refuses(expected: Refuses, case: Case, seen: Observation) -> Fail | None:
    """The failure if the step was not refused before a request was sent."""
    outcome = outcome_of(seen, expected.step)
    wanted = f"{_refusal(own=expected.own)} and no request"
    if during := sent_during(expected.step % len(case.steps), seen):
        sent = times(len(during)).lower()
        reason = f"{subject(case, expected.step)} was not refused: it sent {sent}."
        trusts = case.stage.transport.startswith("tls-")
        return fail(reason, wanted, _shown(during[0]), "trusted" if trusts else "sent")
    return _unless_refused(outcome, case, expected.step, seen, wanted, own=expected.own)


def _guards(expected: Guards, case: Case, seen: Observation) -> Fail | None:
    """The failure if the call was not refused and sent a value that is not tolerated."""
    name, outcome = expected.parameter, outcome_of(seen, expected.step)
    choices = [_assigned(name, each) for each in expected.tolerated]
    wanted = " or ".join((_refusal(own=True), *choices))
    during = sent_during(expected.step % len(case.steps), seen)
    if not during:
        return _unless_refused(outcome, case, expected.step, seen, wanted, own=True)
    request = during[0]
    if isinstance(outcome, Raised):
        raised = f"raised {outcome.error} after it had sent a request"
        reason = f"{subject(case, expected.step)} {raised}."
        return fail(reason, wanted, outcome, f"late: {in_a_word(outcome)}")
    try:
        found = [each for each in sent_parameters(request, expected.path) if each.name == name]
    except UnreadableError as unreadable:
        return fail(f"{unreadable}.", wanted, _shown(request), "unreadable")
    sent = found or [SentParameter(name=name, place=expected.place, value=ABSENT, is_text=False)]
    for each in sent:
        if not any(each.is_kept(value) for value in expected.tolerated):
            reason = f"The SDK sent {_assigned(name, each.value)}."
            return fail(reason, wanted, _shown(request), f"sent {_kind_sent(each.value)}")
    return None


def _unless_refused(
    outcome: StepOutcome, case: Case, step: int, seen: Observation, wanted: str, *, own: bool
) -> Fail | None:
    match outcome:
        case Raised() if own:
            if is_own(outcome, seen):
                return None
            return not_own(subject(case, step), outcome, wanted, outcome)
        case Raised():
            return None
        case _:
            reason = f"{subject(case, step)} {outcome} instead of raising."
            return fail(reason, wanted, outcome, in_a_word(outcome))


def _refusal(*, own: bool) -> str:
    return "an error of the SDK's own family" if own else "an error"


def _assigned(name: str, value: Value) -> str:
    return f"no {name}" if isinstance(value, Absent) else f"{name} = {short(value)}"


def _kind_sent(value: Value) -> str:
    return "nothing" if isinstance(value, Absent) else kind_of(value)


def _about(problem: Problem) -> str:
    name = problem.pointer.removeprefix("/").replace("/", ".")
    return f"{name or 'The request'} {problem.what}"


def _kept(name: str, value: Value, found: SentParameter, wanted: str) -> Fail | None:
    """The failure if the value was changed on its way."""
    got = found.value
    if found.is_kept(value):
        return None
    is_typed = not found.is_text and type(got) is not type(value)
    change = f"turned into {kind_of(got)}" if is_typed else "changed"
    reason = f"{name} was {change}: {short(value)} became {short(got)}."
    return fail(reason, wanted, f"{name} = {got}", change)


def _shown(request: Request) -> str:
    body = request.body.decode("utf-8", "backslashreplace")
    return f"{request.method} {request.target} {body}".strip()


@cache
def _validator(schema: bytes) -> Validator:
    return Validator(msgspec.json.decode(schema))
