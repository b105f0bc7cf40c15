"""Checks what went over the wire against what a case expects."""

from __future__ import annotations

from itertools import pairwise
import json
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from msgspec import UNSET

from conform.cases.expectations import AtMost, Matches, Omits, Requests, Sent, Spaced
from conform.core.observations import Observation, Request
from conform.core.values import from_json
from conform.verdicts.sent import UnreadableError, travelled
from conform.verdicts.verdict import Fail, fail
from conform.verdicts.words import times


def difference(
    expectation: Requests | AtMost | Spaced | Sent | Omits | Matches, seen: Observation
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
        case Omits():
            return omits(expectation, seen)
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
        times(got),
    )


def at_most(count: int, seen: Observation) -> Fail | None:
    """A failure where more requests arrived."""
    got = len(seen.requests)
    if got <= count:
        return None
    wanted = f"at most {times(count).lower()}"
    # How many more it was varies with the speed of the machine.
    return fail(f"{times(got)} arrived instead of {wanted}.", wanted, times(got), "more")


def spaced(seconds: float, seen: Observation) -> Fail | None:
    """A failure where a request came sooner after the one before it."""
    gaps = [later.at - earlier.at for earlier, later in pairwise(seen.requests)]
    if min(gaps, default=seconds) >= seconds:
        return None
    return fail(
        f"The next request came sooner than {seconds:g} s after the one before.",
        f"no request sooner than {seconds:g} s after the one before",
        times(len(seen.requests)),
        "too soon",
    )


def sent(expected: Sent, seen: Observation) -> Fail | None:
    """A failure unless one request had what is expected of line, headers and body."""
    wanted = f"{expected.method} {expected.path}"
    if expected.nth >= len(seen.requests):
        return fail(f"No {wanted} arrived.", wanted, "nothing", "no request")
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
            said = f"The {what} was {got or 'absent'}."
            return fail(said, f"{what} {want}", f"{what} {got}", f"{what} {got}")
    if expected.json is UNSET or _holds(request, expected.path, expected.json):
        return None
    wanted = json.dumps(expected.json)
    return fail("The body was not as documented.", wanted, body_text(request), "other body")


def _holds(request: Request, path: str, members: dict[str, Any]) -> bool:
    try:
        found = {each.name: each for each in travelled(request, path) if each.place == "body"}
    except UnreadableError:
        return False
    return found.keys() == members.keys() and all(
        each.is_kept(from_json(members[name])) for name, each in found.items()
    )


def omits(expected: Omits, seen: Observation) -> Fail | None:
    """A failure where one request had this header."""
    wanted = f"a request without the header {expected.header}"
    if expected.nth >= len(seen.requests):
        return fail("No request arrived.", wanted, "nothing", "no request")
    got = seen.requests[expected.nth].header(expected.header)
    if got is None:
        return None
    what = f"The header {expected.header} was sent too."
    return fail(what, wanted, f"{expected.header}: {got}", "sent")


def matches(seen: Observation) -> Fail | None:
    """A failure unless Pact found nothing wrong."""
    if seen.pact is None:
        return fail("No Pact server took part.", "one matched request", "none", "none", "suite")
    if not seen.pact:
        return None
    first = seen.pact[0]
    sent = "; ".join(f"{r.method} {r.target} {body_text(r)}".strip() for r in seen.requests)
    return fail(
        f"The request breaks the contract: {first.description}.",
        "the request of the contract",
        sent or "no request",
        f"{first.kind} at {first.path}" if first.path else first.kind,
    )


def body_text(request: Request) -> str:
    """The body of a request as text, bytes that are no UTF-8 shown as such."""
    return request.body.decode("utf-8", "backslashreplace")
