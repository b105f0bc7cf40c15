"""Holds what went over the wire against what a case expects."""

from __future__ import annotations

from itertools import pairwise
import json
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from conform.cases.expectations import AtMost, Matches, Requests, Sent, Spaced
from conform.observations import Observation, Request
from conform.verdicts.verdict import Fail, fail
from conform.verdicts.words import times


def difference(
    expectation: Requests | AtMost | Spaced | Sent | Matches, seen: Observation
) -> Fail | None:
    """A failure unless what went out is what one expectation says."""
    match expectation:
        case Requests(count=count):
            return counted(count, seen)
        case AtMost(count=count):
            return at_most(count, seen)
        case Spaced(seconds=seconds):
            return spaced(seconds, seen)
        case Sent():
            return sent(expectation, seen)
        case Matches():
            return matches(seen)


def counted(count: int, seen: Observation) -> Fail | None:
    """A failure unless exactly so many requests arrived."""
    got = len(seen.requests)
    if got == count:
        return None
    return fail(
        f"{times(got)} arrived instead of {times(count).lower()}.",
        times(count),
        "; ".join(f"{r.method} {r.target}" for r in seen.requests) or "nothing",
    )


def at_most(count: int, seen: Observation) -> Fail | None:
    """A failure where more requests arrived."""
    got = len(seen.requests)
    if got <= count:
        return None
    wanted = f"at most {times(count).lower()}"
    return fail(f"{times(got)} arrived instead of {wanted}.", wanted, times(got))


def spaced(seconds: float, seen: Observation) -> Fail | None:
    """A failure where a request came sooner after the one before it."""
    gaps = [later.at - earlier.at for earlier, later in pairwise(seen.requests)]
    soonest = min(gaps, default=seconds)
    if soonest >= seconds:
        return None
    return fail(
        f"The next request came after {soonest:.1f} s.",
        f"no request sooner than {seconds:g} s after the one before",
        f"{times(len(seen.requests))}, {soonest:.1f} s apart",
    )


def sent(expected: Sent, seen: Observation) -> Fail | None:
    """A failure unless one request had this method, path, query, headers and body."""
    wanted = f"{expected.method} {expected.path}"
    if expected.nth >= len(seen.requests):
        return fail(f"No {wanted} arrived.", wanted, "nothing")
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
            return fail(f"The {what} was {got or 'absent'}.", f"{what} {want}", f"{what} {got}")
    body = _decoded(request)
    if expected.json != body and not (expected.json is None and body in ({}, None)):
        return fail(
            "The body was not as documented.", json.dumps(expected.json), body_text(request)
        )
    return None


def matches(seen: Observation) -> Fail | None:
    """A failure unless Pact found nothing wrong."""
    if seen.pact is None:
        return fail("No Pact server took part.", "one matched request", "none", "suite")
    if not seen.pact:
        return None
    first = seen.pact[0]
    sent = "; ".join(f"{r.method} {r.target} {body_text(r)}".strip() for r in seen.requests)
    return fail(
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


def body_text(request: Request) -> str:
    """The body of a request as text, bytes that are no UTF-8 shown as such."""
    return request.body.decode("utf-8", "backslashreplace")
