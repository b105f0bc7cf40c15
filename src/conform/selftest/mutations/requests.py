"""Deviations of one request: where it goes, and what its headers say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
import re
from typing import Final
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from conform.cases.expectations import Carries, Conforms, Escapes, Expectation, Guards, Omits, Sent
from conform.cases.model import Case
from conform.core.observations import Header, Observation, Request
from conform.selftest.mutations.mutation import MutatedObservation, Mutation, Notices, Words, named

STRAY: Final = "conform_stray"
"""A name that is documented nowhere."""


class Turned(Struct, frozen=True):
    """One request that is not as it was, and who has to notice."""

    request: Request
    notices: Notices
    where: str = ""


def each_request(turn: Callable[[Case, Request], Iterator[Turned]]) -> Mutation:
    """The deviation that changes one request."""

    def changes(case: Case, seen: Observation) -> Iterator[MutatedObservation]:
        for number, request in enumerate(seen.requests):
            for turned in turn(case, request):
                yield MutatedObservation(
                    seen=_with(seen, number, turned.request),
                    notices=_looking_at(number, turned.notices),
                    where=turned.where,
                )

    name, does = named(turn)
    return Mutation(name=name, does=does, changes=changes)


def _with(seen: Observation, number: int, request: Request) -> Observation:
    exchanges = list(seen.exchanges)
    exchanges[number] = replace(exchanges[number], request=request)
    return replace(seen, exchanges=tuple(exchanges))


def _looking_at(number: int, notices: Notices) -> Notices:
    """The same without the expectations that look at another request."""

    def looks(words: Words, expectation: Expectation) -> str | None:
        match expectation:
            case Sent(nth=nth) | Omits(nth=nth) | Carries(nth=nth) | Conforms(nth=nth) if (
                nth != number
            ):
                return None
            case Guards() if number > 0:
                return None
            case _:
                return words(expectation) if callable(words) else words

    return {kind: partial(looks, words) for kind, words in notices.items()}


@each_request
def verb(_: Case, request: Request) -> Iterator[Turned]:
    """A request has another method."""
    says = "The method was PATCH"
    yield Turned(replace(request, method="PATCH"), {Sent: says, Conforms: says})


@each_request
def path(_: Case, request: Request) -> Iterator[Turned]:
    """A request goes to another path."""
    if "/v1/" in request.target:
        yield _misled(request, request.target.replace("/v1/", "/v2/", 1), "/v2/")


@each_request
def path_ending(_: Case, request: Request) -> Iterator[Turned]:
    """A path ends in a slash that is not documented."""
    whole, mark, rest = request.target.partition("?")
    yield _misled(request, f"{whole}/{mark}{rest}", f"{whole[-10:]}/")


def _misled(request: Request, target: str, says: str) -> Turned:
    """A request with another path, which everyone notices who looks at the path."""
    looking = (Sent, Carries, Conforms, Guards, Escapes)
    return Turned(replace(request, target=target), dict.fromkeys(looking, says))


@each_request
def segment_unescaped(case: Case, request: Request) -> Iterator[Turned]:
    """A value stands in the path as it is, whatever it does to the path."""
    for expectation in case.expect:
        if isinstance(expectation, Escapes) and re.search(r"[/?#]", expectation.value):
            raw = request.target.replace(quote(expectation.value, safe=""), expectation.value)
            yield Turned(replace(request, target=raw), {Escapes: "The path became"})


@each_request
def segment_changed(case: Case, request: Request) -> Iterator[Turned]:
    """The value at the end of a path is another one."""
    whole, mark, rest = request.target.partition("?")
    name = _last_parameter(case)
    says: Words = (
        "The path was" if name is None else partial(of_parameter, name, f"{name} was changed")
    )
    guarded = "The path was" if name is None else partial(of_parameter, name, "The SDK sent")
    yield Turned(
        replace(request, target=f"{whole}-{mark}{rest}"),
        {
            Sent: "The path was",
            Carries: says,
            Conforms: "The path was" if name is None else lambda _: None,
            Guards: guarded,
            Escapes: "The path became",
        },
    )


def _last_parameter(case: Case) -> str | None:
    """The parameter that the documented path ends in."""
    paths = (each.path for each in case.expect if isinstance(each, Carries | Conforms | Guards))
    last = re.search(r"\{(\w+)\}$", next(paths, ""))
    return last[1] if last else None


def of_parameter(name: str, says: str, expectation: Carries | Guards) -> str | None:
    """What an expectation says where it is about this parameter."""
    return says if expectation.parameter == name else None


@each_request
def header_dropped(case: Case, request: Request) -> Iterator[Turned]:
    """A header is not sent."""
    for header in _telling(case, request):
        others = tuple(each for each in request.headers if each != header)
        says = f"header {header.name} was absent"
        yield Turned(
            replace(request, headers=others),
            {Sent: partial(_of_header, header.name, says)},
            header.name,
        )


@each_request
def header_changed(case: Case, request: Request) -> Iterator[Turned]:
    """A header has another value."""
    for header in _telling(case, request):
        value = f"{header.value}-other"
        changed = tuple(
            Header(each.name, value) if each == header else each for each in request.headers
        )
        says = f"header {header.name} was {value}"
        yield Turned(
            replace(request, headers=changed),
            {Sent: partial(_of_header, header.name, says)},
            header.name,
        )


def _telling(case: Case, request: Request) -> Iterator[Header]:
    """The headers that a case looks at, and one that none does."""
    told = {name for each in case.expect if isinstance(each, Sent) for name in each.headers}
    return (each for each in request.headers if each.name in {*told, "User-Agent"})


def _of_header(name: str, says: str, expectation: Sent) -> str | None:
    return says if name in expectation.headers else None


@each_request
def header_added(case: Case, request: Request) -> Iterator[Turned]:
    """A header is sent that has no place there."""
    for name in {each.header for each in case.expect if isinstance(each, Omits)} | {STRAY}:
        added = (*request.headers, Header(name, "motor"))
        says = f"The header {name} was sent too"
        yield Turned(replace(request, headers=added), {Omits: partial(_omitting, name, says)}, name)


def _omitting(name: str, says: str, expectation: Omits) -> str | None:
    return says if expectation.header == name else None


REQUESTS: Final = (
    verb,
    path,
    path_ending,
    segment_unescaped,
    segment_changed,
    header_dropped,
    header_changed,
    header_added,
)
