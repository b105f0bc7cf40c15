"""Mutations of one parameter of a request, in its query or in its body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
import json
import re
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from msgspec.structs import replace

from conform.cases.expectations import Carries, Conforms, Guards, Hides, Sent
from conform.cases.model import Case
from conform.core.observations import Request
from conform.core.values import ABSENT, Value, same
from conform.schemas.endpoints import Place
from conform.selftest.mutations.mutation import Notices
from conform.selftest.mutations.requests import STRAY, MutatedRequest, each_request, of_parameter

# ── one parameter of the query ───────────────────────────────────────────────────────────────────


@each_request
def query_stray(_: Case, request: Request) -> Iterator[MutatedRequest]:
    """An undocumented parameter is sent in the query."""
    mark = "&" if "?" in request.target else "?"
    target = f"{request.target}{mark}{STRAY}=1"
    yield MutatedRequest(replace(request, target=target), {Conforms: f"{STRAY} is not documented"})


@each_request
def query_dropped(_: Case, request: Request) -> Iterator[MutatedRequest]:
    """A parameter is missing in the query."""
    for name, others in _each_in_query(request):
        yield MutatedRequest(_with_query(request, others), _dropped("query", name), name)


@each_request
def query_changed(_: Case, request: Request) -> Iterator[MutatedRequest]:
    """A parameter has another value in the query."""
    for name, others in _each_in_query(request):
        changed = [*others, (name, "conform-other")]
        yield MutatedRequest(_with_query(request, changed), _changed("query", name), name)


@each_request
def query_doubled(_: Case, request: Request) -> Iterator[MutatedRequest]:
    """A parameter is sent twice in the query."""
    for name, _others in _each_in_query(request):
        if name not in _names(request):
            continue
        pairs = _pairs(request)
        doubled = [*pairs, next(pair for pair in pairs if pair[0] == name)]
        words = partial(of_parameter, name, f"{name} was sent 2 times")
        yield MutatedRequest(_with_query(request, doubled), {Carries: words}, name)


def _pairs(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(request.target).query, keep_blank_values=True)


def _names(request: Request) -> set[str]:
    return {name for name, _ in _pairs(request)}


def _each_in_query(request: Request) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Each parameter of the query with all others; the members of an object are one parameter."""
    pairs = _pairs(request)
    whole = {name: re.split(r"[\[.]", name)[0] for name, _ in pairs}
    for each in dict.fromkeys(whole.values()):
        yield each, [pair for pair in pairs if whole[pair[0]] != each]


def _with_query(request: Request, pairs: list[tuple[str, str]]) -> Request:
    whole = request.target.partition("?")[0]
    query = urlencode(pairs)
    return replace(request, target=f"{whole}?{query}" if query else whole)


# ── one member of the body ───────────────────────────────────────────────────────────────────────


@each_request
def body_no_json(_: Case, request: Request) -> Iterator[MutatedRequest]:
    """A body that is declared as JSON is a form."""
    if members := _members(request):
        form = urlencode({k: _text(v) for k, v in members.items()}).encode()
        unreadable = dict.fromkeys((Carries, Conforms, Guards), "The body is not JSON")
        yield MutatedRequest(replace(request, body=form), unreadable)


@each_request
def body_cut(_: Case, request: Request) -> Iterator[MutatedRequest]:
    """A body is truncated."""
    if _members(request):
        unreadable = dict.fromkeys((Carries, Conforms, Guards), "The body is not JSON")
        yield MutatedRequest(
            replace(request, body=request.body[:-1]),
            unreadable,
        )


@each_request
def body_other_encoding(_: Case, request: Request) -> Iterator[MutatedRequest]:
    """A body is not encoded in UTF-8."""
    members = _members(request)
    if members is None or (encoded := _legacy(json.dumps(members, ensure_ascii=False))) is None:
        return
    unreadable = dict.fromkeys((Carries, Conforms, Guards), "The body is not UTF-8")
    yield MutatedRequest(replace(request, body=encoded), unreadable)


def _legacy(text: str) -> bytes | None:
    """The text in a regional encoding; None if it is valid UTF-8 in each of them."""
    if text.isascii():
        return None
    for encoding in ("cp1252", "cp1250", "gb18030"):
        try:
            encoded = text.encode(encoding)
            encoded.decode()
        except UnicodeDecodeError:
            return encoded
        except UnicodeEncodeError:
            continue
    return None


@each_request
def member_stray(_: Case, request: Request) -> Iterator[MutatedRequest]:
    """An undocumented member is sent in the body."""
    members = _members(request)
    if members is not None or not request.body:
        yield MutatedRequest(
            _with_members(request, {**(members or {}), STRAY: 1}),
            {Conforms: f"{STRAY} is not documented"},
        )


@each_request
def member_dropped(_: Case, request: Request) -> Iterator[MutatedRequest]:
    """A member of the body is missing."""
    for name, others, _value in _each_member(request):
        yield MutatedRequest(_with_members(request, others), _dropped("body", name), name)


@each_request
def member_changed(_: Case, request: Request) -> Iterator[MutatedRequest]:
    """A member of the body has another value of the same type."""
    for name, others, value in _each_member(request):
        other = _other(value)
        if other != value:
            yield MutatedRequest(
                _with_members(request, {**others, name: other}), _changed("body", name), name
            )


@each_request
def member_retyped(_: Case, request: Request) -> Iterator[MutatedRequest]:
    """A member of the body has another type."""
    for name, others, value in _each_member(request):
        notices = {
            **_changed("body", name),
            Carries: partial(of_parameter, name, f"{name} was turned into an array"),
            Conforms: partial(_documenting, name, f"{name} is an array"),
        }
        yield MutatedRequest(_with_members(request, {**others, name: [value]}), notices, name)


@each_request
def member_renamed(_: Case, request: Request) -> Iterator[MutatedRequest]:
    """The name of a member of the body has another style."""
    for name, others, value in _each_member(request):
        first, *rest = name.split("_")
        camel = first + "".join(word.capitalize() for word in rest)
        other = camel if rest else name.capitalize()
        notices = {
            **_dropped("body", name),
            Conforms: f"{other} is not documented",
        }
        yield MutatedRequest(_with_members(request, {**others, other: value}), notices, name)


@each_request
def member_doubled(_: Case, request: Request) -> Iterator[MutatedRequest]:
    """A member of the body appears twice."""
    for name, _others, value in _each_member(request):
        duplicate = json.dumps({name: value})[:-1].encode()
        words = f"repeats a member: {name}"
        yield MutatedRequest(
            replace(request, body=duplicate + b"," + request.body.lstrip()[1:]),
            dict.fromkeys((Carries, Conforms, Guards), words),
            name,
        )


@each_request
def member_in_query_too(_: Case, request: Request) -> Iterator[MutatedRequest]:
    """A member of the body is sent in the query, too."""
    for name, _others, value in _each_member(request):
        if isinstance(value, str):
            pairs = [*_pairs(request), (name, value)]
            words = partial(_of_one_place, name, f"{name} was sent in the query too")
            notices = {Carries: words, Hides: partial(_finding, value)}
            yield MutatedRequest(_with_query(request, pairs), notices, name)


@each_request
def member_in_query(_: Case, request: Request) -> Iterator[MutatedRequest]:
    """A member of the body is sent in the query instead."""
    for name, others, value in _each_member(request):
        if isinstance(value, str):
            moved = _with_query(_with_members(request, others), [*_pairs(request), (name, value)])
            words = partial(of_parameter, name, f"{name} was sent in the query")
            yield MutatedRequest(moved, {Carries: words, Hides: partial(_finding, value)}, name)


def _finding(value: str, expectation: Hides) -> str | None:
    is_found = "url" in expectation.places and expectation.secret in value
    return "is in the URL of a request" if is_found else None


def _of_one_place(name: str, words: str, expectation: Carries) -> str | None:
    return words if expectation.alone and expectation.parameter == name else None


def _documenting(name: str, words: str, expectation: Conforms) -> str | None:
    return words if name in expectation.request["properties"] else None


def _members(request: Request) -> dict[str, Any] | None:
    """The members of a body; None if it is not a JSON object."""
    try:
        members = json.loads(request.body)
    except ValueError:
        return None
    return members if isinstance(members, dict) else None


def _each_member(request: Request) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Each member of a body: its name, all other members, its value."""
    members = _members(request) or {}
    for name, value in members.items():
        yield name, {k: v for k, v in members.items() if k != name}, value


def _with_members(request: Request, members: Mapping[str, Any]) -> Request:
    return replace(request, body=json.dumps(members).encode())


def _other(value: Any) -> Any:
    """Another value of the same type; the same value if there is no other."""
    match value:
        case bool():
            return not value
        case int():
            return value ^ 1
        case str():
            return f"{value}-other"
        case dict():
            return {**value, STRAY: "motor"}
        case _:
            return value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


# ── expectations that notice the mutations ───────────────────────────────────────────────────────


def _dropped(place: Place, name: str) -> Notices:
    """The expectations that notice that a parameter was not sent."""
    return {
        Sent: partial(_of_sent, place, name),
        Carries: partial(of_parameter, name, f"{name} was not sent"),
        Conforms: partial(_requiring, name, f"{name} is missing"),
        Guards: partial(_guarding, name, ABSENT, f"The SDK sent no {name}"),
    }


def _changed(place: Place, name: str) -> Notices:
    """The expectations that notice that a parameter was sent with another value."""
    return {
        Sent: partial(_of_sent, place, name),
        Carries: partial(of_parameter, name, f"{name} was changed"),
        Guards: partial(of_parameter, name, f"The SDK sent {name}"),
    }


def _of_sent(place: Place, name: str, expectation: Sent) -> str | None:
    if place == "body":
        return None
    return f"The query {name} was" if name in expectation.query else None


def _requiring(name: str, words: str, expectation: Conforms) -> str | None:
    return words if name in expectation.request.get("required", ()) else None


def _guarding(name: str, value: Value, words: str, expectation: Guards) -> str | None:
    tolerated = any(same(value, each) for each in expectation.tolerated)
    return words if expectation.parameter == name and not tolerated else None


PARAMETERS: Final = (
    query_stray,
    query_dropped,
    query_changed,
    query_doubled,
    body_no_json,
    body_cut,
    body_other_encoding,
    member_stray,
    member_dropped,
    member_changed,
    member_retyped,
    member_renamed,
    member_doubled,
    member_in_query_too,
    member_in_query,
)
