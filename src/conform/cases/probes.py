"""The probes: logins that are made before the cases of a target, only to see whether they end.

A case that meets what a call did not end in would only cost its time limit, and say the same again.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final, Literal

from msgspec import Struct

from conform.cases.expectations import Ends
from conform.cases.model import CallStep, Case, RunStep
from conform.cases.replies import Answer, Closed, ContractServer, Drop, Reply, Script
from conform.core.identity import Source
from conform.core.values import String

Situation = Literal["answered", "refused", "unavailable", "disconnected", "unreachable"]
"""What a caller meets in the end; a response that is broken on purpose is none of these."""

_LOGIN: Final = CallStep(
    operation="session.create",
    parameters={"username": String(text="motor"), "password": String(text="vroom")},
)
_LOGGED_IN: Final = Answer(status=201, headers={"Connection": "close"}, json={"language": "en"})


class Probe(Struct, frozen=True, kw_only=True):
    """One login, with one attempt and time-outs of two seconds."""

    situation: Situation
    words: str
    """What is done, such as ``a login that is answered``."""
    case: Case
    """The server and the steps. It has no verdict."""

    def is_like(self, case: Case) -> bool:
        """Whether a case sends a request and meets the same situation."""
        return _sends(case) and situation_of(case) == self.situation

    def covers(self, case: Case) -> bool:
        """Whether a case cannot end either if this probe does not end.

        An SDK for which even a login that is answered does not end can end no call that sends.
        """
        return self.is_like(case) or (self.situation == "answered" and _sends(case))


def situation_of(case: Case) -> Situation | None:
    """What a caller meets in a case in the end, if that is one of the situations of the probes."""
    match case.server:
        case Closed():
            return "unreachable"
        case ContractServer() | Script(replies=()):
            return "answered"
        case Script(replies=replies):
            # The last reply is repeated, so it decides whether a call that is retried ends.
            return _situation_after(replies[-1])


def _situation_after(reply: Reply) -> Situation | None:
    match reply:
        case Answer(status=status) if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return "unavailable"
        case Answer(status=status) if status >= HTTPStatus.BAD_REQUEST:
            return "refused"
        case Answer():
            return "answered"
        case Drop(how="close" | "reset"):
            return "disconnected"
        case _:
            return None


def _sends(case: Case) -> bool:
    return any(
        isinstance(step, RunStep) or (isinstance(step, CallStep) and step.sends)
        for step in case.steps
    )


def _probe(situation: Situation, words: str, server: Script | Closed, *, logins: int = 1) -> Probe:
    case = Case(
        id=f"session.create/faults/probe-{situation}",
        suite="faults",
        title=f"A probe: {words}",
        level="convention",
        source=Source(kind="practice", reference="a call ends"),
        since="0.1.0",
        server=server,
        steps=(_LOGIN,) * logins,
        # A first call may load much; the others may wait for two seconds, and have some to spare.
        expect=() if situation == "answered" else (Ends(within=6),),
    )
    return Probe(situation=situation, words=words, case=case)


def _error(status: HTTPStatus, kind: str) -> Script:
    body = {"error": "No.", "http-code": status, "title": "No", "type": kind}
    return Script(replies=(Answer(status=status, json=body),))


PROBES: Final = (
    _probe("answered", "a login that is answered", Script(replies=(_LOGGED_IN,))),
    _probe(
        "refused",
        "a login with a response of 401",
        _error(HTTPStatus.UNAUTHORIZED, "not-authenticated/invalid-username-or-password"),
    ),
    _probe(
        "unavailable",
        "a login with a response of 503",
        _error(HTTPStatus.SERVICE_UNAVAILABLE, "service-unavailable/site-disabled"),
    ),
    _probe(
        "disconnected", "a login whose connection is reset", Script(replies=(Drop(how="reset"),))
    ),
    # The first of its logins works: an SDK may connect only once.
    _probe(
        "unreachable",
        "a login whose connection is refused",
        Closed(replies=(_LOGGED_IN,)),
        logins=2,
    ),
)
"""All probes. The first covers every case that another one covers."""
