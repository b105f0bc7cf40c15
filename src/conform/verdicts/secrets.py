"""Finds secrets where they must not be, and values that are more than one segment of a path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, assert_never
from urllib.parse import unquote, urlsplit

from conform.cases.expectations import Escapes, Exposure, Hides
from conform.cases.model import Case
from conform.core.observations import Observation, Request
from conform.core.protocol import Raised
from conform.core.secrets import Secret, Span
from conform.core.text import capitalised, cut
from conform.verdicts.verdict import Fail, fail
from conform.verdicts.words import in_a_word, outcome_of, sent_during, subject

_NAMES: Final[dict[Exposure, str]] = {
    "url": "the URL of a request",
    "output": "the output of the SDK",
    "error": "the error",
    "error-members": "a member of the error object",
    "client": "the User-Agent header",
    "elsewhere": "a request to another origin",
    "last-step": "a later request",
    "header-name": "the name of a header",
}


def difference(expectation: Hides | Escapes, case: Case, seen: Observation) -> Fail | None:
    """The failure if a secret or a value is where it must not be."""
    match expectation:
        case Hides():
            return _hides(expectation, seen)
        case Escapes():
            return _escapes(expectation, case, seen)


def _hides(expected: Hides, seen: Observation) -> Fail | None:
    """The failure if a secret is in one of the places."""
    secret = Secret(expected.secret)
    for place in expected.places:
        for text in _texts(place, seen):
            if found := secret.found_in(text):
                name = _NAMES[place]
                return fail(
                    f"{capitalised(expected.of)} is in {name}.",
                    f"{expected.of} is not in {name}",
                    cut(_around(text, found)),
                    place,
                )
    return None


def _escapes(expected: Escapes, case: Case, seen: Observation) -> Fail | None:
    """The failure if the value was not one segment of the path and was not refused."""
    wanted = f"{expected.path} with {expected.value!r} as one escaped segment, or a refusal"
    outcome = outcome_of(seen, expected.step)
    during = sent_during(expected.step % len(case.steps), seen)
    if not during:
        if isinstance(outcome, Raised):
            return None
        called = subject(case, expected.step)
        reason = f"{called} {outcome} without a request."
        return fail(reason, wanted, outcome, in_a_word(outcome))
    template = expected.path.split("/")
    for request in during:
        segments = urlsplit(request.target).path.split("/")
        fits = len(segments) == len(template) and all(
            unquote(segment) == (expected.value if part == "{}" else part)
            for segment, part in zip(segments, template, strict=True)
        )
        if not fits:
            reason = f"The path became {cut(request.target)}."
            return fail(reason, wanted, request.target, "other path")
    return None


def _texts(place: Exposure, seen: Observation) -> Iterator[str]:
    match place:
        case "output":
            yield seen.output
        case "error":
            for error in _errors(seen):
                yield from (error.message, error.printed, error.error, error.api_type or "")
        case "error-members":
            for error in _errors(seen):
                yield from error.in_members
        case _:
            yield from _sent_texts(place, seen)


def _sent_texts(
    place: Literal["url", "client", "elsewhere", "last-step", "header-name"], seen: Observation
) -> Iterator[str]:
    """The texts in a place on the wire."""
    match place:
        case "url":
            yield from (request.target for request in seen.requests)
        case "client":
            yield from (request.header("user-agent") or "" for request in seen.requests)
        case "elsewhere":
            yield from (_whole(exchange.request) for exchange in seen.elsewhere)
            contacted = (each.request for each in seen.contacts or ())
            yield from (_whole(request) for request in contacted if request is not None)
        case "last-step":
            last = len(seen.steps) - 1
            yield from (_whole(each) for each in seen.requests if each.step == last)
        case "header-name":
            yield from (header.name for each in seen.requests for header in each.headers)
        case _:
            assert_never(place)


def _errors(seen: Observation) -> Iterator[Raised]:
    return (outcome for outcome in seen.steps if isinstance(outcome, Raised))


def _whole(request: Request) -> str:
    headers = "\n".join(f"{header.name}: {header.value}" for header in request.headers)
    return f"{request.target}\n{headers}\n{request.body.decode('utf-8', 'replace')}"


def _around(text: str, found: Span) -> str:
    """The part of the text that begins shortly before the secret."""
    return text[max(0, found[0] - 20) :]
