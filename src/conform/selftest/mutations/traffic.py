"""Mutations of the whole traffic: number and time of requests, Pact, the end of the adapter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from msgspec.structs import replace

from conform.cases.expectations import (
    AtMost,
    Carries,
    Conforms,
    Contacts,
    Ends,
    Escapes,
    Expectation,
    Guards,
    Matches,
    Refuses,
    Requests,
    Sent,
    Spaced,
)
from conform.cases.model import Case
from conform.cases.premises import premises
from conform.core.observations import (
    Contact,
    Crashed,
    Exchange,
    Observation,
    PactMismatch,
    Request,
    Response,
)
from conform.core.protocol import Raised
from conform.selftest.mutations.mutation import MutatedObservation, Mutation, named
from conform.verdicts import Errored

_TOO_LONG: Final = 3600.0
"""Seconds; more than any case allows."""


def on_all(change: Callable[[Case, Observation], Iterator[MutatedObservation]]) -> Mutation:
    """The mutation that changes the traffic as a whole."""
    name, does = named(change)
    return Mutation(name=name, does=does, mutate=change)


@on_all
def request_repeated(_: Case, seen: Observation) -> Iterator[MutatedObservation]:
    """The last request is sent a second time, without a wait."""
    if seen.exchanges:
        more = len(seen.exchanges) + 1
        words = f"{more} requests arrived instead of"
        yield MutatedObservation(
            seen=replace(seen, exchanges=(*seen.exchanges, seen.exchanges[-1])),
            notices={
                Requests: words,
                AtMost: lambda expected: words if more > expected.count else None,
                Spaced: "came sooner than",
            },
        )


@on_all
def request_storm(_: Case, seen: Observation) -> Iterator[MutatedObservation]:
    """The last request is sent 99 more times, with long waits."""
    if seen.exchanges:
        last = seen.exchanges[-1]
        more = tuple(
            replace(last, request=replace(last.request, at=last.request.at + _TOO_LONG * number))
            for number in range(1, 100)
        )
        words = f"{len(seen.exchanges) + len(more)} requests arrived instead of"
        yield MutatedObservation(
            seen=replace(seen, exchanges=(*seen.exchanges, *more)),
            notices={Requests: words, AtMost: words},
        )


@on_all
def request_missing(case: Case, seen: Observation) -> Iterator[MutatedObservation]:
    """The last request is not sent."""
    # Without its request, a case with a premise cannot be judged, and an error comes too early.
    is_judged = not premises(case) and not any(isinstance(each, Raised) for each in seen.steps)
    if seen.exchanges and is_judged:
        left = len(seen.exchanges) - 1
        fewer = "No request" if left == 0 else "One request" if left == 1 else f"{left} requests"

        def last(expectation: Sent | Carries | Conforms) -> str | None:
            missed: dict[type[Expectation], str] = {
                Sent: "arrived",
                Carries: "No request with",
                Conforms: "No request arrived",
            }
            return missed[type(expectation)] if expectation.nth == left else None

        yield MutatedObservation(
            seen=replace(seen, exchanges=seen.exchanges[:-1]),
            notices={
                Requests: f"{fewer} arrived instead of",
                Sent: last,
                Carries: last,
                Conforms: last,
            },
        )


@on_all
def request_unbidden(_: Case, seen: Observation) -> Iterator[MutatedObservation]:
    """A request is sent by the last step although none is expected."""
    last = len(seen.steps) - 1
    if seen.steps and all(request.step != last for request in seen.requests):
        request = Request(method="POST", target="/api/rest/v1/unbidden", headers=(), step=last)
        exchange = Exchange(request=request, response=Response(status=204))
        arrived = len(seen.exchanges) + 1
        raised = isinstance(seen.steps[last], Raised)
        more = f"{'One request' if arrived == 1 else f'{arrived} requests'} arrived instead of"
        yield MutatedObservation(
            seen=replace(seen, exchanges=(*seen.exchanges, exchange)),
            notices={
                Requests: more,
                AtMost: lambda expected: more if arrived > expected.count else None,
                Refuses: "it sent one request",
                Guards: "after it had sent a request" if raised else "The path was",
                Escapes: "The path became /api/rest/v1/unbidden",
            },
        )


@on_all
def delay(_: Case, seen: Observation) -> Iterator[MutatedObservation]:
    """The case takes an hour longer."""
    yield MutatedObservation(
        seen=replace(seen, seconds=seen.seconds + _TOO_LONG),
        notices={Ends: "ended later than after"},
    )


@on_all
def pact_mismatch(_: Case, seen: Observation) -> Iterator[MutatedObservation]:
    """Pact finds a mismatch in the request."""
    if seen.pact is not None:
        found = PactMismatch(kind="BodyMismatch", description="expected a motor")
        yield MutatedObservation(
            seen=replace(seen, pact=(*seen.pact, found)),
            notices={Matches: "breaks the contract: expected a motor"},
        )


@on_all
def pact_absent(_: Case, seen: Observation) -> Iterator[MutatedObservation]:
    """There is no Pact server."""
    if seen.pact is not None:
        yield MutatedObservation(
            seen=replace(seen, pact=None), notices={Matches: "No Pact server took part"}
        )


@on_all
def adapter_lost(_: Case, seen: Observation) -> Iterator[MutatedObservation]:
    """The adapter crashes after its last response."""
    if seen.steps:
        yield MutatedObservation(
            seen=replace(seen, afterwards=Crashed(exit_code=139)),
            notices={},
            anyway="After its last response, the adapter ended the process with exit code 139",
            verdict=Errored,
        )


@on_all
def host_contacted(_: Case, seen: Observation) -> Iterator[MutatedObservation]:
    """Another host, or another port, is looked up, connected to, or sent a request."""
    if seen.contacts is None:
        return
    request = Request(method="POST", target="/", headers=())
    for contact, other in (
        (Contact(host="app.files.com", port=53, protocol="dns"), "host"),
        (Contact(host="169.254.169.254", port=80, protocol="tcp"), "host"),
        (Contact(host="127.0.0.1", port=80, protocol="http"), "port of the base URL"),
        (Contact(host="app.files.com", port=443, protocol="https", request=request), "host"),
    ):
        yield MutatedObservation(
            seen=replace(seen, contacts=(*seen.contacts, contact)),
            notices={Contacts: f"contacted another {other}: {contact}"},
            where=str(contact),
        )


TRAFFIC: Final = (
    request_repeated,
    request_storm,
    request_missing,
    request_unbidden,
    delay,
    pact_mismatch,
    pact_absent,
    adapter_lost,
    host_contacted,
)
