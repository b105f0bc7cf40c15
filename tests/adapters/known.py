"""The known facts of an SDK: how its language shows values, and what the SDK cannot do."""

from __future__ import annotations

import re
from typing import Any, Final, Literal

from msgspec import Struct

from conform.cases.replies import Answer
from conform.core.protocol import Form, Raised, Returned, Unsupported
from conform.core.values import Integer, Value

REFUSAL: Final = {
    "error": "Invalid",
    "http-code": 401,
    "type": "not-authenticated/invalid-credentials",
}
"""The response of a server that refuses a login."""


def lineage(raised: Raised) -> str:
    """The class of an error and its ancestors, on one line."""
    return " ".join((raised.error, *raised.ancestors))


class Lacks(Struct, frozen=True):
    """A call that no release offers, and the reason that the adapter gives."""

    operation: str
    reason: str
    request: dict[str, Any] = {}


class Error(Struct, frozen=True, kw_only=True):
    """An error that an SDK may raise after a refused login."""

    lineage: str
    """A pattern of the class of the error and its ancestors, the nearest first."""
    statuses: tuple[int | None, ...] = (401,)
    types: tuple[str | None, ...] = (REFUSAL["type"],)
    message: str = ".*"
    own: bool = True
    """Whether it belongs to the error families of the SDK."""

    def matches(self, raised: Raised, families: tuple[str, ...]) -> bool:
        """Whether an error is this one."""
        return (
            re.search(self.lineage, lineage(raised)) is not None
            and re.fullmatch(self.message, raised.message, re.DOTALL) is not None
            and raised.http_status in self.statuses
            and raised.api_type in self.types
            and (not self.own or bool({raised.error, *raised.ancestors} & {*families}))
        )


class Samples(Struct, frozen=True):
    """Samples for an adapter that runs code."""

    code: str
    """Creates a session with the bound ``name``, and prints some words."""
    body: bytes
    words: tuple[str, ...]
    throws: tuple[tuple[str, str], ...]
    """Code that fails, and the class of its error."""


class Known(Struct, frozen=True, kw_only=True):
    """The known facts of one SDK."""

    sdk: str
    since: str = "0"
    """The first release with these facts."""
    releases: tuple[str, ...] = ()
    """The releases of its registry that are tested, beside its checkout."""
    package: str
    families: str
    """A pattern of all its error families, in order."""
    forms: tuple[tuple[str, tuple[Form, ...]], ...]
    """The operations of a session, by their names in a request."""
    more_forms: bool = False
    """Whether some releases have more operations of a session."""
    native: str
    """The class of a session."""
    shown: dict[str, Value]
    """The attributes of a session with an id, and with null as its language."""
    body: bytes | None
    """The body that creates a session; None if only its meaning is known."""
    form_encoded: bool = False
    large: Integer
    """A large id, as the SDK returns it."""
    found_at: str = "/api/rest/v1/users/{id}"
    """The path that finds a user."""
    made: dict[str, Value]
    """The attributes of a user with an id and a name; empty if the SDK constructs no users."""
    saved: bytes | None
    """The body that saves a session with a user name; None if the SDK saves no sessions."""
    id_after_save: Value | None = None
    """Its id after that, if the SDK does not take the id from the response."""
    session_of_one_call: Literal["first", "second", "ignored", "unsupported"] = "first"
    """Whether the session of one call overrides the global one, or is ignored."""
    deletes_for_one_call: bool = True
    """Whether the deletion of a session takes the options of one call."""
    deleted: Answer = Answer(status=204)
    """The response to a deletion."""
    deletes_without_credentials: bool = False
    """Whether the deletion of a session is also sent without credentials."""
    without_credentials: str = ""
    """A pattern of the error that the SDK raises before it sends a request without credentials."""
    mistyped: type[Raised | Unsupported | Returned] = Raised
    """The outcome of a call with a parameter of a wrong type."""
    mistyped_own: bool = True
    """Whether its error belongs to the error families of the SDK."""
    refused: tuple[Error, ...]
    dropped: str = "."
    """A pattern of a network error, with its ancestors."""
    dropped_statuses: tuple[int | None, ...] = (None,)
    unsupported: frozenset[str] = frozenset()
    once: bool = True
    """Whether a request can be sent only once."""
    retries: tuple[tuple[str, bool], ...] = (("session.create", True),)
    """Whether the SDK sends an operation again after the connection closes."""
    lacks: tuple[Lacks, ...]
    samples: Samples | None = None
    trusts: bool = True
    """Whether an authority can be given to the SDK here."""
