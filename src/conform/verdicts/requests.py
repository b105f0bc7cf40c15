"""Checks requests against what a case expects: their number, time, line, headers and body."""

from __future__ import annotations

from itertools import pairwise
import json
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from msgspec import UNSET

from conform.cases.expectations import AtMost, Matches, Omits, Requests, Sent, Spaced
from conform.cases.model import Case
from conform.core.observations import Observation, Request
from conform.core.values import from_json
from conform.verdicts import credentials
from conform.verdicts.sent import UnreadableError, sent_parameters
from conform.verdicts.verdict import Fail, fail
from conform.verdicts.words import times


def difference(
    expectation: Requests | AtMost | Spaced | Sent | Omits | Matches, case: Case, seen: Observation
) -> Fail | None:
    """The failure if the requests do not meet an expectation."""
    match expectation:
        case Requests(count=count):
            return _counted(count, seen)
        case AtMost(count=count):
            return _at_most(count, seen)
        case Spaced(seconds=seconds):
            return _spaced(seconds, seen)
        case Sent():
            return _sent(expectation, case, seen)
        case Omits():
            return _omits(expectation, case, seen)
        case Matches():
            return _matches(seen)


def _counted(count: int, seen: Observation) -> Fail | None:
    """The failure if another number of requests arrived."""
    got = seen.arrived
    if got == count:
        return None
    return fail(
        f"{times(got)} arrived instead of {times(count).lower()}.",
        times(count),
        "; ".join(f"{r.method} {r.target}" for r in seen.requests) or "nothing",
        times(got),
    )


def _at_most(count: int, seen: Observation) -> Fail | None:
    """The failure if more requests arrived."""
    got = seen.arrived
    if got <= count:
        return None
    wanted = f"at most {times(count).lower()}"
    # The number of extra requests depends on the speed of the machine.
    return fail(f"{times(got)} arrived instead of {wanted}.", wanted, times(got), "more")


def _spaced(seconds: float, seen: Observation) -> Fail | None:
    """The failure if less time passed between two requests."""
    gaps = [later.at - earlier.at for earlier, later in pairwise(seen.requests)]
    if min(gaps, default=seconds) >= seconds:
        return None
    return fail(
        f"A request came sooner than {seconds:g} s after the previous one.",
        f"at least {seconds:g} s between two requests",
        times(len(seen.requests)),
        "too soon",
    )


def _sent(expected: Sent, case: Case, seen: Observation) -> Fail | None:
    """The failure if line, headers or body of one request are not as expected."""
    wanted = f"{expected.method} {expected.path}"
    if expected.nth >= len(seen.requests):
        return fail(f"No {wanted} arrived.", wanted, "nothing", "no request")
    request = seen.requests[expected.nth]
    path = unquote(urlsplit(request.target).path)
    query = dict(parse_qsl(urlsplit(request.target).query, keep_blank_values=True))
    parts = [
        ("method", expected.method, request.method),
        ("path", expected.path, path),
        *((f"query {k}", v, query.get(k)) for k, v in expected.query.items()),
        *((f"header {k}", v, request.header(k)) for k, v in expected.headers.items()),
    ]
    for part, want, got in parts:
        if want != got:
            reason = credentials.instead(case, want, got) or f"The {part} was {got or 'absent'}."
            return fail(reason, f"{part} {want}", f"{part} {got}", f"{part} {got}")
    if expected.json is UNSET or _has_body(request, expected.path, expected.json):
        return None
    wanted = json.dumps(expected.json)
    return fail("The body was not as documented.", wanted, _body_text(request), "other body")


def _has_body(request: Request, path: str, members: dict[str, Any]) -> bool:
    try:
        found = {each.name: each for each in sent_parameters(request, path) if each.place == "body"}
    except UnreadableError:
        return False
    return found.keys() == members.keys() and all(
        each.is_kept(from_json(members[name])) for name, each in found.items()
    )


def _omits(expected: Omits, case: Case, seen: Observation) -> Fail | None:
    """The failure if one request had this header; whether it arrived is a premise."""
    if expected.nth >= len(seen.requests):
        return None
    wanted = f"a request without the header {expected.header}"
    got = seen.requests[expected.nth].header(expected.header)
    if got is None:
        return None
    whose = credentials.names(case).get(got)
    reason = f"The header {expected.header} was sent too{f', with {whose}' if whose else ''}."
    return fail(reason, wanted, f"{expected.header}: {got}", "sent")


def _matches(seen: Observation) -> Fail | None:
    """The failure if Pact found a mismatch."""
    if seen.pact is None:
        return fail("No Pact server took part.", "one matched request", "none", "none", "suite")
    if not seen.pact:
        return None
    first = seen.pact[0]
    sent = "; ".join(f"{r.method} {r.target} {_body_text(r)}".strip() for r in seen.requests)
    return fail(
        f"The request breaks the contract: {first.description}.",
        "the request of the contract",
        sent or "no request",
        f"{first.kind} at {first.path}" if first.path else first.kind,
    )


def _body_text(request: Request) -> str:
    """The body of a request as text; bytes that are not UTF-8 are shown as escapes."""
    return request.body.decode("utf-8", "backslashreplace")
