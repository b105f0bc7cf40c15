"""Mutations of the method, the path or a header of one request."""

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
from conform.selftest.mutations.mutation import (
    MutatedObservation,
    Mutation,
    Notices,
    Words,
    named,
    silence,
    step_of,
)
from conform.verdicts import Fail, Inconclusive

STRAY: Final = "conform_stray"
"""A name that no page documents."""
_CREDENTIALS: Final = frozenset({"X-FilesAPI-Auth", "X-FilesAPI-Key"})


class MutatedRequest(Struct, frozen=True):
    """A request with one change, and the expectations that must notice it."""

    request: Request
    notices: Notices
    where: str = ""


def each_request(change: Callable[[Case, Request], Iterator[MutatedRequest]]) -> Mutation:
    """The mutation that changes one request at a time."""

    def mutate(case: Case, seen: Observation) -> Iterator[MutatedObservation]:
        for number, request in enumerate(seen.requests):
            for mutated in change(case, request):
                changed = _with(seen, number, mutated.request)
                notices = _of_request(number, mutated.notices, seen)
                silent = silence(case, changed)
                yield MutatedObservation(
                    seen=changed,
                    notices=notices,
                    where=mutated.where,
                    anyway=silent,
                    verdict=Inconclusive if silent else Fail,
                )

    name, does = named(change)
    return Mutation(name=name, does=does, mutate=mutate)


def _with(seen: Observation, number: int, request: Request) -> Observation:
    exchanges = list(seen.exchanges)
    exchanges[number] = replace(exchanges[number], request=request)
    return replace(seen, exchanges=tuple(exchanges))


def _of_request(number: int, notices: Notices, seen: Observation) -> Notices:
    """The same, without expectations that are about another request."""
    step = seen.requests[number].step
    is_first = all(each.step != step for each in seen.requests[:number])

    def notices_here(words: Words, expectation: Expectation) -> str | None:
        match expectation:
            case Sent(nth=nth) | Omits(nth=nth) | Carries(nth=nth) | Conforms(nth=nth) if (
                nth != number
            ):
                return None
            case Guards() if not is_first or step_of(expectation, seen) != step:
                return None
            case Escapes() if step_of(expectation, seen) != step:
                return None
            case _:
                return words(expectation) if callable(words) else words

    return {kind: partial(notices_here, words) for kind, words in notices.items()}


@each_request
def verb(_: Case, request: Request) -> Iterator[MutatedRequest]:
    """A request has another method."""
    words = "The method was PATCH"
    yield MutatedRequest(replace(request, method="PATCH"), {Sent: words, Conforms: words})


@each_request
def path(_: Case, request: Request) -> Iterator[MutatedRequest]:
    """A request has another path."""
    if "/v1/" in request.target:
        yield _with_target(request, request.target.replace("/v1/", "/v2/", 1), "/v2/")


@each_request
def path_ending(_: Case, request: Request) -> Iterator[MutatedRequest]:
    """A path ends with an undocumented slash."""
    whole, mark, rest = request.target.partition("?")
    yield _with_target(request, f"{whole}/{mark}{rest}", f"{whole[-10:]}/")


def _with_target(request: Request, target: str, words: str) -> MutatedRequest:
    """A request with another path, which every expectation about the path must notice."""
    about_path = (Sent, Carries, Conforms, Guards, Escapes)
    return MutatedRequest(replace(request, target=target), dict.fromkeys(about_path, words))


@each_request
def segment_unescaped(case: Case, request: Request) -> Iterator[MutatedRequest]:
    """A value in the path is not escaped."""
    for expectation in case.expect:
        if isinstance(expectation, Escapes) and re.search(r"[/?#]", expectation.value):
            raw = request.target.replace(quote(expectation.value, safe=""), expectation.value)
            yield MutatedRequest(replace(request, target=raw), {Escapes: "The path became"})


@each_request
def segment_changed(case: Case, request: Request) -> Iterator[MutatedRequest]:
    """The value at the end of a path is changed."""
    whole, mark, rest = request.target.partition("?")
    name = _last_parameter(case)
    words: Words = (
        "The path was" if name is None else partial(of_parameter, name, f"{name} was changed")
    )
    guarded = "The path was" if name is None else partial(of_parameter, name, "The SDK sent")
    yield MutatedRequest(
        replace(request, target=f"{whole}-{mark}{rest}"),
        {
            Sent: "The path was",
            Carries: words,
            Conforms: "The path was" if name is None else lambda _: None,
            Guards: guarded,
            Escapes: "The path became",
        },
    )


def _last_parameter(case: Case) -> str | None:
    """The parameter at the end of the documented path; None if there is none."""
    paths = (each.path for each in case.expect if isinstance(each, Carries | Conforms | Guards))
    last = re.search(r"\{(\w+)\}$", next(paths, ""))
    return last[1] if last else None


def of_parameter(name: str, words: str, expectation: Carries | Guards) -> str | None:
    """The words, if an expectation is about this parameter."""
    return words if expectation.parameter == name else None


@each_request
def header_dropped(case: Case, request: Request) -> Iterator[MutatedRequest]:
    """A header is not sent."""
    for header in _relevant_headers(case, request):
        others = tuple(each for each in request.headers if each != header)
        words = (
            "The request was sent without the"
            if header.name in _CREDENTIALS
            else f"header {header.name} was absent"
        )
        yield MutatedRequest(
            replace(request, headers=others),
            {Sent: partial(_of_header, header.name, words)},
            header.name,
        )


@each_request
def header_changed(case: Case, request: Request) -> Iterator[MutatedRequest]:
    """A header has another value."""
    for header in _relevant_headers(case, request):
        value = f"{header.value}-other"
        changed = tuple(
            Header(each.name, value) if each == header else each for each in request.headers
        )
        words = (
            "The request was sent with another value instead of the"
            if header.name in _CREDENTIALS
            else f"header {header.name} was {value}"
        )
        yield MutatedRequest(
            replace(request, headers=changed),
            {Sent: partial(_of_header, header.name, words)},
            header.name,
        )


def _relevant_headers(case: Case, request: Request) -> Iterator[Header]:
    """The headers that a case checks, and User-Agent, which no case checks."""
    checked = {name for each in case.expect if isinstance(each, Sent) for name in each.headers}
    return (each for each in request.headers if each.name in {*checked, "User-Agent"})


def _of_header(name: str, words: str, expectation: Sent) -> str | None:
    return words if name in expectation.headers else None


@each_request
def header_added(case: Case, request: Request) -> Iterator[MutatedRequest]:
    """A header is added."""
    for name in {each.header for each in case.expect if isinstance(each, Omits)} | {STRAY}:
        added = (*request.headers, Header(name, "motor"))
        words = f"The header {name} was sent too"
        yield MutatedRequest(
            replace(request, headers=added), {Omits: partial(_omitting, name, words)}, name
        )


def _omitting(name: str, words: str, expectation: Omits) -> str | None:
    return words if expectation.header == name else None


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
