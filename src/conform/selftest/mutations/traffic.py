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
    Omits,
    Refuses,
    Requests,
    Sent,
    Spaced,
)
from conform.cases.model import Case
from conform.core.observations import (
    Contact,
    Crashed,
    Exchange,
    Observation,
    PactMismatch,
    Request,
    Response,
)
from conform.core.protocol import Raised, Returned
from conform.selftest.mutations.mutation import MutatedObservation, Mutation, named, step_of
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
def request_missing(_: Case, seen: Observation) -> Iterator[MutatedObservation]:
    """The last request is not sent."""
    if seen.exchanges:
        left = len(seen.exchanges) - 1
        outcome = seen.steps[-1] if seen.steps else None
        has_returned = isinstance(outcome, Returned)
        has_raised = isinstance(outcome, Raised)
        fewer = "No request" if left == 0 else "One request" if left == 1 else f"{left} requests"

        def last(expectation: Sent | Omits | Carries | Conforms) -> str | None:
            missed: dict[type[Expectation], str] = {
                Sent: "arrived",
                Omits: "No request arrived",
                Carries: "No request with",
                Conforms: "No request arrived",
            }
            return missed[type(expectation)] if expectation.nth == left else None

        yield MutatedObservation(
            seen=replace(seen, exchanges=seen.exchanges[:-1]),
            notices={
                Requests: f"{fewer} arrived instead of",
                Sent: last,
                Omits: last,
                Carries: last,
                Conforms: last,
                Guards: lambda _: "instead of raising" if left == 0 and has_returned else None,
                Escapes: lambda _: "without a request" if left == 0 and not has_raised else None,
            },
        )


@on_all
def request_unbidden(_: Case, seen: Observation) -> Iterator[MutatedObservation]:
    """A request is sent although none is expected."""
    if not seen.exchanges:
        request = Request(method="POST", target="/api/rest/v1/unbidden", headers=())
        exchange = Exchange(request=request, response=Response(status=204))

        def guarded(expectation: Guards) -> str | None:
            step = step_of(expectation, seen)
            raised = step is not None and isinstance(seen.steps[step], Raised)
            return "after it had sent a request" if raised else "The path was"

        yield MutatedObservation(
            seen=replace(seen, exchanges=(exchange,)),
            notices={
                Requests: "One request arrived instead of no request",
                Refuses: "it sent one request",
                Guards: guarded,
                Escapes: "The path became /api/rest/v1/unbidden",
            },
        )


@on_all
def delay(_: Case, seen: Observation) -> Iterator[MutatedObservation]:
    """The case takes an hour longer."""
    yield MutatedObservation(
        seen=replace(seen, seconds=seen.seconds + _TOO_LONG), notices={Ends: "It took longer than"}
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
    """Another host is looked up, connected to, or sent a request."""
    if seen.contacts is None:
        return
    request = Request(method="POST", target="/", headers=())
    for contact in (
        Contact(host="app.files.com", port=53, protocol="dns"),
        Contact(host="169.254.169.254", port=80, protocol="tcp"),
        Contact(host="127.0.0.1", port=80, protocol="http"),
        Contact(host="app.files.com", port=443, protocol="https", request=request),
    ):
        yield MutatedObservation(
            seen=replace(seen, contacts=(*seen.contacts, contact)),
            notices={Contacts: f"contacted another host: {contact}"},
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
