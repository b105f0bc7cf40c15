"""Mutations that put a secret where it must not be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Final, Literal, get_args

from msgspec.structs import replace

from conform.cases.expectations import Conforms, Contacts, Exposure, Hides
from conform.cases.model import CallStep, Case
from conform.cases.replies import Script
from conform.core.observations import Contact, Exchange, Header, Observation, Request, Response
from conform.core.protocol import Raised
from conform.core.secrets import SECRET_NAMES
from conform.core.values import Map, MapEntry, String
from conform.selftest.mutations.mutation import MutatedObservation, Mutation, Notices
from conform.selftest.serialisers import SERIALISERS

_PLACES: Final[dict[Exposure, str]] = {
    "url": "the URL of a request",
    "output": "the output of the SDK",
    "error": "the error",
    "error-members": "a member of the error object",
    "client": "the User-Agent header",
    "elsewhere": "a request to another origin",
    "last-step": "a later request",
    "header-name": "the name of a header",
}


def leak(place: Exposure) -> Mutation:
    """The mutation that puts a secret in one place."""

    def mutate(case: Case, seen: Observation) -> Iterator[MutatedObservation]:
        for secret in _secrets(case):
            notices: Notices = {Hides: partial(_noticed_by, secret, _covered(place, seen))}
            is_hidden = any(each.secret == secret for each in _hides(case))
            # If no expectation looks for the secret, one spelling is enough.
            for spelling, write in islice(SERIALISERS.items(), None if is_hidden else 1):
                for leaked in _leaked(case, seen, place, write(secret)):
                    yield MutatedObservation(
                        seen=leaked,
                        notices={**notices, **_ALSO.get(place, {})},
                        where=f"{secret} ({spelling})",
                        spelling=spelling,
                    )

    does = f"A secret is in {_PLACES[place]}."
    return Mutation(name=f"secret-in-{place}", does=does, mutate=mutate)


def _other_host(expectation: Contacts) -> str | None:
    return None if _HOST in expectation.hosts else "contacted another host"


_HOST: Final = "files.example"
_ALSO: Final[dict[Exposure, Notices]] = {
    "url": {Conforms: "is not documented"},
    "elsewhere": {Contacts: _other_host},
}
"""A secret in a URL is also an undocumented parameter, and one elsewhere goes to another host."""


def _covered(place: Exposure, seen: Observation) -> set[Exposure]:
    """All places that contain a secret if this place contains it."""
    is_last = bool(seen.requests) and seen.requests[-1].step == len(seen.steps) - 1
    return {place, "last-step"} if is_last and place in {"url", "client"} else {place}


def _noticed_by(secret: str, leaked: set[Exposure], expectation: Hides) -> str | None:
    found = [place for place in expectation.places if place in leaked]
    is_noticed = expectation.secret == secret and found
    return f"is in {_PLACES[found[0]]}" if is_noticed else None


def _secrets(case: Case) -> list[str]:
    """The secrets that a case looks for, and the secrets among its arguments."""
    hidden = [each.secret for each in _hides(case)]
    passed = [
        value.text
        for step in case.steps
        if isinstance(step, CallStep)
        for name, value in step.parameters.items()
        if name in SECRET_NAMES and isinstance(value, String) and value.text.isprintable()
    ]
    return list(dict.fromkeys((*hidden, *passed)))


def _leaked(case: Case, seen: Observation, place: Exposure, text: str) -> Iterator[Observation]:
    """The observations with a text in a place; none if there is no such place."""
    match place:
        case "output":
            yield replace(seen, output=f"{seen.output}\nDEBUG: {text}\n")
        case "error":
            yield from _in_errors(seen, _in_message, text)
            yield from _in_errors(seen, _when_printed, text)
        case "error-members":
            yield from _in_errors(seen, _in_member, text)
        case "elsewhere":
            yield from _in_other_request(case, seen, text)
        case "header-name" if any(place in each.places for each in _hides(case)):
            yield replace(seen, exchanges=(*seen.exchanges, _exchange(Header(text, "1"))))
        case "url" | "client" | "last-step":
            yield from _in_last_request(seen, place, text)
        case _:
            return


def _in_last_request(
    seen: Observation, place: Literal["url", "client", "last-step"], text: str
) -> Iterator[Observation]:
    if not seen.exchanges:
        return
    *others, last = seen.exchanges
    match place:
        case "url":
            request = replace(last.request, target=_with_query(last.request, text))
        case "client":
            request = _with_agent(last.request, text)
        case "last-step":
            if last.request.step != len(seen.steps) - 1:
                return
            request = _with_authorization(last.request, text)
    yield replace(seen, exchanges=(*others, replace(last, request=request)))


def _in_other_request(case: Case, seen: Observation, text: str) -> Iterator[Observation]:
    exchange = _exchange(Header("Authorization", text))
    if isinstance(case.server, Script) and case.server.elsewhere:
        yield replace(seen, elsewhere=(*seen.elsewhere, exchange))
    elif case.needs.network and seen.contacts is not None:
        request = exchange.request
        contact = Contact(host=_HOST, port=80, protocol="http", request=request)
        yield replace(seen, contacts=(*seen.contacts, contact))


def _in_errors(
    seen: Observation, change: Callable[[Raised, str], Raised], text: str
) -> Iterator[Observation]:
    steps = tuple(change(each, text) if isinstance(each, Raised) else each for each in seen.steps)
    if steps != seen.steps:
        yield replace(seen, steps=steps)


def _in_message(error: Raised, text: str) -> Raised:
    return replace(error, message=f"{error.message} ({text})")


def _when_printed(error: Raised, text: str) -> Raised:
    return replace(error, printed=f"{error.printed}\n  request: {text}")


def _in_member(error: Raised, text: str) -> Raised:
    headers = Map(entries=(MapEntry(key="Authorization", value=String(text=text)),))
    return replace(error, members={**error.members, "headers": headers})


def _exchange(header: Header) -> Exchange:
    request = Request(method="GET", target="/", headers=(header,))
    return Exchange(request=request, response=Response(status=200))


def _hides(case: Case) -> Iterator[Hides]:
    return (each for each in case.expect if isinstance(each, Hides))


def _with_query(request: Request, text: str) -> str:
    return f"{request.target}{'&' if '?' in request.target else '?'}trace={text}"


def _with_authorization(request: Request, text: str) -> Request:
    return replace(request, headers=(*request.headers, Header("Authorization", text)))


def _with_agent(request: Request, text: str) -> Request:
    others = tuple(each for each in request.headers if each.name.lower() != "user-agent")
    agent = request.header("user-agent") or "client"
    return replace(request, headers=(*others, Header("User-Agent", f"{agent} ({text})")))


LEAKS: Final = tuple(leak(place) for place in get_args(Exposure))
