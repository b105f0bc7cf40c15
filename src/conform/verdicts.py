"""Judges an observation: a pure function from a case and what was seen to a verdict."""

from __future__ import annotations

import json
from typing import Any, Final, Literal, assert_never
from urllib.parse import parse_qsl, unquote, urlsplit

from msgspec import Struct

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
from conform.cases.model import Call, Case
from conform.observations import (
    Crashed,
    Hung,
    Misspoke,
    Observation,
    Request,
    Set,
    Skipped,
    StepOutcome,
)
from conform.protocol import Raised, Returned, Unsupported
from conform.values import ABSENT, Absent, Null, Undefined, Value, same

Blame = Literal["page", "sdk", "server", "suite"]


class Pass(Struct, frozen=True, kw_only=True):
    """Everything expected was seen."""


class Fail(Struct, frozen=True, kw_only=True):
    """Something expected was not seen."""

    blame: Blame
    reason: str
    """One sentence: what was done instead."""
    expected: str
    seen: str


class NotApplicable(Struct, frozen=True, kw_only=True):
    """The held page gives no reason to run the case."""

    reason: str


class Unavailable(Struct, frozen=True, kw_only=True):
    """The target could not be had here."""

    reason: str


class Fault(Struct, frozen=True, kw_only=True):
    """The suite itself failed, or an adapter did."""

    reason: str


Verdict = Pass | Fail | NotApplicable | Unavailable | Fault


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
            return _requests(count, seen)
        case Sent():
            return _sent(expectation, seen)
        case Returns(step=step):
            return _unless_returned(case, seen, step, "a result")
        case Exposes(attribute=name, value=value, step=step):
            return _exposes(case, seen, step, name, value)
        case Lacks(attribute=name, step=step):
            return _lacks(case, seen, step, name)
        case Raises():
            return _raises(expectation, case, seen)
        case Matches():
            return _matches(seen)
        case _:
            assert_never(expectation)


def _fail(reason: str, expected: object, seen: object, blame: Blame = "sdk") -> Fail:
    return Fail(blame=blame, reason=reason, expected=str(expected), seen=str(seen))


# ── what came back ───────────────────────────────────────────────────────────────────────────────


def _unless_returned(case: Case, seen: Observation, step: int, expected: str) -> Fail | None:
    outcome = seen.steps[step] if seen.steps else Skipped()
    if isinstance(outcome, Returned):
        return None
    subject = _subject(case, step)
    return _fail(f"{subject} {_deed(outcome)}.", expected, _deed(outcome))


def _exposes(case: Case, seen: Observation, step: int, name: str, value: Value) -> Fail | None:
    expected = f"{name} = {value}"
    failure = _unless_returned(case, seen, step, expected)
    if failure is not None:
        return failure
    got = _attribute(seen.steps[step], name)
    if same(got, value):
        return None
    if isinstance(got, Absent):
        return _fail(f"The object has no {name}.", expected, f"no {name}")
    kept = "changed" if type(got) is type(value) else f"turned into {_kind(got)}"
    return _fail(
        f"{name} was {kept}: {_short(value)} became {_short(got)}.", expected, f"{name} = {got}"
    )


def _lacks(case: Case, seen: Observation, step: int, name: str) -> Fail | None:
    expected = f"{name} is null"
    failure = _unless_returned(case, seen, step, expected)
    if failure is not None:
        return failure
    got = _attribute(seen.steps[step], name)
    if isinstance(got, Absent | Null | Undefined):
        return None
    return _fail(
        f"The server sent no {name}, and the SDK invented {_short(got)}.",
        expected,
        f"{name} = {got}",
    )


def _raises(expected: Raises, case: Case, seen: Observation) -> Fail | None:
    wanted = _wanted_error(expected)
    outcome = seen.steps[expected.step] if seen.steps else Skipped()
    subject = _subject(case, expected.step)
    if not isinstance(outcome, Raised):
        return _fail(f"{subject} {_deed(outcome)} instead of raising.", wanted, _deed(outcome))
    got = _described(outcome)
    if not {outcome.error, *outcome.ancestors} & set(seen.error_families):
        return _fail(f"{outcome.error} is no error of the SDK's own.", wanted, got)
    if expected.http_status is not None and outcome.http_status != expected.http_status:
        carried = outcome.http_status or "none"
        return _fail(f"The error carries the HTTP status {carried}.", wanted, got)
    if expected.api_type is not None and outcome.api_type != expected.api_type:
        carried = outcome.api_type or "none"
        return _fail(f"The error carries the API type {carried}.", wanted, got)
    if expected.message is not None and expected.message not in outcome.message:
        return _fail("The error does not carry the API's message.", wanted, got)
    return None


# ── what went out ────────────────────────────────────────────────────────────────────────────────


def _requests(count: int, seen: Observation) -> Fail | None:
    got = len(seen.requests)
    if got == count:
        return None
    return _fail(
        f"{_times(got)} arrived instead of {_times(count).lower()}.",
        _times(count),
        "; ".join(f"{r.method} {r.target}" for r in seen.requests) or "nothing",
    )


def _sent(expected: Sent, seen: Observation) -> Fail | None:
    wanted = f"{expected.method} {expected.path}"
    if expected.nth >= len(seen.requests):
        return _fail(f"No {wanted} arrived.", wanted, "nothing")
    request = seen.requests[expected.nth]
    path = unquote(urlsplit(request.target).path)
    query = dict(parse_qsl(urlsplit(request.target).query, keep_blank_values=True))
    differing = [
        ("method", expected.method, request.method),
        ("path", expected.path, path),
        *((f"query {k}", v, query.get(k)) for k, v in expected.query.items()),
        *((f"header {k}", v, request.header(k)) for k, v in expected.headers.items()),
    ]
    for what, want, got in differing:
        if want != got:
            return _fail(f"The {what} was {got or 'absent'}.", f"{what} {want}", f"{what} {got}")
    body = _decoded(request)
    if expected.json != body and not (expected.json is None and body in ({}, None)):
        return _fail("The body was not as documented.", json.dumps(expected.json), _text(request))
    return None


def _matches(seen: Observation) -> Fail | None:
    if seen.pact is None:
        return _fail("No Pact server took part.", "one matched request", "none", "suite")
    if not seen.pact:
        return None
    first = seen.pact[0]
    sent = "; ".join(f"{r.method} {r.target} {_text(r)}".strip() for r in seen.requests)
    return _fail(
        f"The request breaks the contract: {first.description}.",
        "the request of the contract",
        sent or "no request",
    )


_UNREADABLE: Final = object()


def _decoded(request: Request) -> Any:
    if not request.body:
        return None
    try:
        return json.loads(request.body)
    except ValueError:
        return _UNREADABLE


# ── words ────────────────────────────────────────────────────────────────────────────────────────

_SHORT: Final = 60


def _attribute(outcome: StepOutcome, name: str) -> Value:
    return outcome.attributes.get(name, ABSENT) if isinstance(outcome, Returned) else ABSENT


def _subject(case: Case, step: int) -> str:
    done = case.steps[step]
    return done.operation if isinstance(done, Call) and done.operation else "The step"


def _deed(outcome: StepOutcome) -> str:
    match outcome:
        case Returned(value=value):
            return f"returned {_short(value)}"
        case Raised():
            return f"raised {_described(outcome)}"
        case Unsupported(reason=reason):
            return f"does not exist in this release ({reason})"
        case Set():
            return "made settings"
        case Crashed(exit_code=code):
            return f"ended the process with exit code {code}"
        case Hung(seconds=seconds):
            return f"did not end within {seconds:g} seconds"
        case Misspoke(problem=problem):
            return f"broke the protocol ({problem})"
        case Skipped():
            return "was not reached"
        case _:
            assert_never(outcome)


def _described(error: Raised) -> str:
    details = [f"HTTP status {error.http_status}"] if error.http_status else []
    details += [f"type {error.api_type}"] if error.api_type else []
    carried = f" ({', '.join(details)})" if details else ""
    return f"{error.error}{carried}: {_cut(error.message)}"


def _wanted_error(expected: Raises) -> str:
    details = [f"HTTP status {expected.http_status}"] if expected.http_status else []
    details += [f"type {expected.api_type}"] if expected.api_type else []
    details += [f"the message {expected.message!r}"] if expected.message else []
    with_what = f" with {', '.join(details)}" if details else ""
    return f"an error of the SDK's own family{with_what}"


def _kind(value: Value) -> str:
    name = type(value).__name__.lower()
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _times(count: int) -> str:
    return {0: "No request", 1: "One request"}.get(count, f"{count} requests")


def _short(value: Value) -> str:
    return _cut(str(value))


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHORT else f"{line[:_SHORT]}…"


def _text(request: Request) -> str:
    return request.body.decode("utf-8", "backslashreplace")
