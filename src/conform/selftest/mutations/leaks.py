"""Deviations that put a secret where it has no place."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Final, get_args
from urllib.parse import quote

from msgspec.structs import replace

from conform.cases.expectations import Conforms, Exposure, Hides
from conform.cases.model import CallStep, Case
from conform.cases.replies import Script
from conform.core.observations import Exchange, Header, Observation, Request, Response
from conform.core.protocol import Raised
from conform.core.secrets import SECRET_NAMES
from conform.core.values import String
from conform.selftest.mutations.mutation import MutatedObservation, Mutation, Notices

_PLACES: Final[dict[Exposure, str]] = {
    "url": "the address of a request",
    "output": "what the SDK prints",
    "error": "the error",
    "client": "the header that describes the client",
    "elsewhere": "a request to another origin",
    "last-step": "a later request",
    "header-name": "the name of a header",
}
_SPELLINGS: Final[dict[str, Callable[[str], str]]] = {
    "as it is": str,
    "escaped": partial(quote, safe=""),
    "in base64": lambda secret: b64encode(secret.encode()).decode(),
}


def leak(place: Exposure) -> Mutation:
    """The deviation that puts a secret in one place."""

    def changes(case: Case, seen: Observation) -> Iterator[MutatedObservation]:
        for secret in _secrets(case):
            notices: Notices = {Hides: partial(_hiding, secret, _covered(place, seen))}
            kept = any(each.secret == secret for each in _hides(case))
            # Where nobody looks for it, one spelling is as good as all.
            for spelling, spell in islice(_SPELLINGS.items(), None if kept else 1):
                leaked = _leaked(case, seen, place, spell(secret))
                if leaked is not None:
                    yield MutatedObservation(
                        seen=leaked,
                        notices={**notices, **(_STRAY if place == "url" else {})},
                        where=f"{secret} {spelling}",
                    )

    does = f"A secret is in {_PLACES[place]}."
    return Mutation(name=f"secret-in-{place}", does=does, changes=changes)


_STRAY: Final = {Conforms: "is not documented"}
"""A secret in an address is a parameter there too."""


def _covered(place: Exposure, seen: Observation) -> set[Exposure]:
    """The places that a secret is in, which is in this one."""
    late = bool(seen.requests) and seen.requests[-1].step == len(seen.steps) - 1
    return {place, "last-step"} if late and place in {"url", "client"} else {place}


def _hiding(secret: str, leaked: set[Exposure], expectation: Hides) -> str | None:
    found = [place for place in expectation.places if place in leaked]
    hidden = expectation.secret == secret and found
    return f"is in {_PLACES[found[0]]}" if hidden else None


def _secrets(case: Case) -> list[str]:
    """What a case keeps secret, and the secrets that it passes."""
    hidden = [each.secret for each in _hides(case)]
    passed = [
        value.text
        for step in case.steps
        if isinstance(step, CallStep)
        for name, value in step.parameters.items()
        if name in SECRET_NAMES and isinstance(value, String) and value.text.isprintable()
    ]
    return list(dict.fromkeys((*hidden, *passed)))


def _leaked(case: Case, seen: Observation, place: Exposure, text: str) -> Observation | None:
    """The observation with a text in a place; nothing where there is no such place."""
    match place:
        case "url":
            return _on_last(seen, lambda request: replace(request, target=_traced(request, text)))
        case "output":
            return replace(seen, output=f"{seen.output}\nDEBUG: {text}\n")
        case "error":
            steps = tuple(
                replace(each, message=f"{each.message} ({text})")
                if isinstance(each, Raised)
                else each
                for each in seen.steps
            )
            return replace(seen, steps=steps) if steps != seen.steps else None
        case "client":
            return _on_last(seen, lambda request: _described(request, text))
        case "last-step":
            if not seen.requests or seen.requests[-1].step != len(seen.steps) - 1:
                return None
            return _on_last(seen, lambda request: _known(request, text))
        case "elsewhere" if isinstance(case.server, Script) and case.server.elsewhere:
            sent = _sent(Header("Authorization", text))
            return replace(seen, elsewhere=(*seen.elsewhere, sent))
        case "header-name" if any(place in each.places for each in _hides(case)):
            return replace(seen, exchanges=(*seen.exchanges, _sent(Header(text, "1"))))
        case "elsewhere" | "header-name":
            return None


def _sent(header: Header) -> Exchange:
    request = Request(method="GET", target="/", headers=(header,))
    return Exchange(request=request, response=Response(status=200))


def _hides(case: Case) -> Iterator[Hides]:
    return (each for each in case.expect if isinstance(each, Hides))


def _on_last(seen: Observation, turn: Callable[[Request], Request]) -> Observation | None:
    if not seen.exchanges:
        return None
    *others, last = seen.exchanges
    return replace(seen, exchanges=(*others, replace(last, request=turn(last.request))))


def _traced(request: Request, text: str) -> str:
    return f"{request.target}{'&' if '?' in request.target else '?'}trace={text}"


def _known(request: Request, text: str) -> Request:
    return replace(request, headers=(*request.headers, Header("Authorization", text)))


def _described(request: Request, text: str) -> Request:
    others = tuple(each for each in request.headers if each.name.lower() != "user-agent")
    agent = request.header("user-agent") or "client"
    return replace(request, headers=(*others, Header("User-Agent", f"{agent} ({text})")))


LEAKS: Final = tuple(leak(place) for place in get_args(Exposure))
