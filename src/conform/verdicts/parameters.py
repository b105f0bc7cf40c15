"""Finds where in a request each parameter travelled, and holds it against what is documented."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cache
import json
import re
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec
from msgspec import Struct

from conform.cases.expectations import Carries, Conforms, Guards, Refuses
from conform.cases.model import Case
from conform.observations import Observation, Request, Skipped, StepOutcome
from conform.protocol import Raised, Unsupported
from conform.schemas.decoding import Problem, Undecodable, decode
from conform.schemas.endpoints import Place
from conform.schemas.validation import Validator
from conform.values import ABSENT, Absent, Entry, Map, String, Value, from_json, same
from conform.verdicts.verdict import Fail, fail
from conform.verdicts.words import cut, deed, kind, short, subject, times

_NAME: Final = re.compile(r"(\w+)(?:\[(\w+)\]|\.(\w+))?")
"""A parameter of the query, or one member of it."""


class _Found(Struct, frozen=True):
    """One parameter as it travelled."""

    place: Place
    name: str
    value: Value


class _Unreadable(Exception):  # noqa: N818 - never leaves this module
    """The request has a part that cannot be read as documented."""


def difference(
    expectation: Carries | Conforms | Refuses | Guards, case: Case, seen: Observation
) -> Fail | None:
    """A failure unless parameters travelled, or did not, as one expectation says."""
    match expectation:
        case Carries():
            return carries(expectation, seen)
        case Conforms():
            return conforms(expectation, seen)
        case Refuses():
            return refuses(expectation, case, seen)
        case Guards():
            return guards(expectation, case, seen)


def carries(expected: Carries, seen: Observation) -> Fail | None:
    """A failure unless one request carries the parameter as documented."""
    name, place = expected.parameter, expected.place
    wanted = f"{name} = {expected.value} in the {place}"
    if expected.nth >= len(seen.requests):
        return fail(f"No request with {name} arrived.", wanted, "no request")
    request = seen.requests[expected.nth]
    try:
        found = _find(name, _travelled(request, expected.path))
    except _Unreadable as unreadable:
        return fail(f"{unreadable}.", wanted, _shown(request))
    here = [each for each in found if each.place == place]
    elsewhere = [each.place for each in found if each.place != place]
    if not found:
        return fail(f"{name} was not sent.", wanted, _shown(request))
    if not here:
        return fail(f"{name} was sent in the {elsewhere[0]}.", wanted, _shown(request))
    if len(here) > 1:
        return fail(f"{name} was sent {len(here)} times.", wanted, _shown(request))
    if expected.alone and elsewhere:
        return fail(f"{name} was sent in the {elsewhere[0]} too.", wanted, _shown(request))
    return _kept(name, expected.value, here[0], wanted)


def conforms(expected: Conforms, seen: Observation) -> Fail | None:
    """A failure unless what one request carries is what its operation documents."""
    wanted = "what the operation documents, and nothing else"
    if expected.nth >= len(seen.requests):
        return fail("No request arrived.", wanted, "no request")
    request = seen.requests[expected.nth]
    if request.method != expected.method:
        what = f"The method was {request.method}."
        return fail(what, f"{expected.method} {expected.path}", _shown(request))
    try:
        found = tuple(_travelled(request, expected.path))
    except _Unreadable as unreadable:
        return fail(f"{unreadable}.", wanted, _shown(request))
    members = _members(request)
    texts = {_whole(each.name) for each in found if each.place != "body"}
    given = dict.fromkeys(texts, "") | members
    for problem in _validator(msgspec.json.encode(expected.request)).value(given):
        name = problem.pointer.removeprefix("/").partition("/")[0]
        # Path and query hold text only, so nothing there can be of another type.
        if name in members or name not in texts or problem.documented is None:
            return fail(f"{_about(problem)}.", wanted, _shown(request))
    return None


def refuses(expected: Refuses, case: Case, seen: Observation) -> Fail | None:
    """A failure unless the step was refused before any request."""
    outcome = seen.steps[expected.step] if seen.steps else Skipped()
    wanted = f"{_refusal(own=expected.own)} and no request"
    if seen.requests:
        sent = times(len(seen.requests)).lower()
        what = f"{subject(case, expected.step)} was not refused: it sent {sent}."
        return fail(what, wanted, _shown(seen.requests[0]))
    return _unless_refused(outcome, case, expected.step, seen, wanted, own=expected.own)


def guards(expected: Guards, case: Case, seen: Observation) -> Fail | None:
    """A failure unless the call was refused, or sent only what is tolerated."""
    name, outcome = expected.parameter, seen.steps[expected.step] if seen.steps else Skipped()
    choices = [_said(name, each) for each in expected.tolerated]
    wanted = " or ".join((_refusal(own=True), *choices))
    if not seen.requests:
        return _unless_refused(outcome, case, expected.step, seen, wanted, own=True)
    request = seen.requests[0]
    if isinstance(outcome, Raised):
        what = f"{subject(case, expected.step)} {deed(outcome)} after it had sent a request."
        return fail(what, wanted, deed(outcome))
    try:
        found = _find(name, _travelled(request, expected.path))
    except _Unreadable as unreadable:
        return fail(f"{unreadable}.", wanted, _shown(request))
    sent = tuple(each.value for each in found) or (ABSENT,)
    if len(sent) == 1 and any(same(sent[0], each) for each in expected.tolerated):
        return None
    return fail(f"The SDK sent {_said(name, sent[0])}.", wanted, _shown(request))


def _unless_refused(
    outcome: StepOutcome, case: Case, step: int, seen: Observation, wanted: str, *, own: bool
) -> Fail | None:
    match outcome:
        case Unsupported():
            return None
        case Raised(error=error, ancestors=ancestors) if own:
            if {error, *ancestors} & set(seen.error_families):
                return None
            return fail(f"{error} is no error of the SDK's own.", wanted, deed(outcome))
        case Raised():
            return None
        case _:
            what = f"{subject(case, step)} {deed(outcome)} instead of raising."
            return fail(what, wanted, deed(outcome))


def _refusal(*, own: bool) -> str:
    return "an error of the SDK's own family" if own else "an error"


def _said(name: str, value: Value) -> str:
    return f"no {name}" if isinstance(value, Absent) else f"{name} = {short(value)}"


def _about(problem: Problem) -> str:
    name = problem.pointer.removeprefix("/").replace("/", ".")
    return f"{name or 'The request'} {problem.what}"


def _kept(name: str, value: Value, found: _Found, wanted: str) -> Fail | None:
    """A failure unless the value travelled as it is."""
    got = found.value
    if found.place != "body":
        got, value = _read_back(got, value), _as_text(value)
    if same(got, value):
        return None
    what = "changed" if type(got) is type(value) else f"turned into {kind(got)}"
    return fail(
        f"{name} was {what}: {short(value)} became {short(got)}.", wanted, f"{name} = {got}"
    )


def _as_text(value: Value) -> Value:
    """How a value stands in a path or a query."""
    return value if isinstance(value, Map | String) else String(text=str(value))


def _read_back(got: Value, value: Value) -> Value:
    """What travelled as text: an object where one is expected and the text is one in JSON."""
    if isinstance(value, Map) and isinstance(got, String):
        with suppress(ValueError):
            return from_json(json.loads(got.text))
    return got


def _find(name: str, travelled: Iterator[_Found]) -> list[_Found]:
    """Every occurrence of a parameter; the members of one object are one occurrence."""
    found: list[_Found] = []
    members: list[Entry] = []
    for each in travelled:
        parts = _NAME.fullmatch(each.name) if each.place == "query" else None
        if each.name == name:
            found.append(each)
        elif parts is not None and parts[1] == name:
            members.append(Entry(key=parts[2] or parts[3], value=each.value))
    return [*found, _Found("query", name, Map(entries=tuple(members)))] if members else found


def _whole(name: str) -> str:
    """The parameter that a name in the query is a member of, or is."""
    parts = _NAME.fullmatch(name)
    return parts[1] if parts else name


def _travelled(request: Request, path: str) -> Iterator[_Found]:
    """Every parameter of a request with its place.

    Raises:
        _Unreadable: a part of the request cannot be read as documented.
    """
    yield from _in_path(request, path)
    query = urlsplit(request.target).query
    for name, text in parse_qsl(query, keep_blank_values=True, errors="replace"):
        yield _Found("query", name, String(text=text))
    for name, value in _members(request).items():
        yield _Found("body", name, from_json(value))


def _in_path(request: Request, path: str) -> Iterator[_Found]:
    names = re.findall(r"\{(\w+)\}", path)
    pattern = re.sub(r"\\\{\w+\\\}", "([^/]*)", re.escape(path))
    sent = request.target.partition("?")[0]
    match = re.fullmatch(pattern, sent)
    if match is None:
        raise _Unreadable(f"The path was {cut(sent)}, which is not {path}")
    for name, segment in zip(names, match.groups(), strict=True):
        yield _Found("path", name, String(text=unquote(segment, errors="replace")))


def _members(request: Request) -> dict[str, Any]:
    if not request.body:
        return {}
    match decode(request.body):
        case Undecodable(problem=problem):
            raise _Unreadable(str(problem).capitalize())
        case decoded if decoded.problems:
            raise _Unreadable(_about(decoded.problems[0]))
        case decoded if not isinstance(decoded.value, dict):
            raise _Unreadable(f"The body is {kind(from_json(decoded.value))} and no object")
        case decoded:
            members: dict[str, Any] = decoded.value
            return members


def _shown(request: Request) -> str:
    body = request.body.decode("utf-8", "backslashreplace")
    return f"{request.method} {request.target} {body}".strip()


@cache
def _validator(schema: bytes) -> Validator:
    return Validator(msgspec.json.decode(schema))
