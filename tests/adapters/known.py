"""What can be known of an SDK beforehand: how a language shows things, and what it cannot do."""

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
"""What a server says when it refuses a log-in."""


def lineage(raised: Raised) -> str:
    """The class of an error and its ancestors, in one line."""
    return " ".join((raised.error, *raised.ancestors))


class Lacks(Struct, frozen=True):
    """Something that no release has, and what the adapter says of it."""

    operation: str
    reason: str
    asked: dict[str, Any] = {}


class Error(Struct, frozen=True, kw_only=True):
    """What an SDK may make of a refusal."""

    lineage: str
    """A pattern of the error's class and its ancestors, nearest first."""
    statuses: tuple[int | None, ...] = (401,)
    types: tuple[str | None, ...] = (REFUSAL["type"],)
    message: str = ".*"
    own: bool = True
    """Whether it is of the families that the SDK says its errors are of."""

    def shown_by(self, raised: Raised, families: tuple[str, ...]) -> bool:
        """Whether this is it."""
        return (
            re.search(self.lineage, lineage(raised)) is not None
            and re.fullmatch(self.message, raised.message, re.DOTALL) is not None
            and raised.http_status in self.statuses
            and raised.api_type in self.types
            and (not self.own or bool({raised.error, *raised.ancestors} & {*families}))
        )


class Samples(Struct, frozen=True):
    """Code in the language of an SDK that runs samples."""

    says: str
    """Makes a session with the ``name`` that is bound, and prints a few words."""
    body: bytes
    words: tuple[str, ...]
    throws: tuple[tuple[str, str], ...]
    """Code that fails, and the class of what it throws."""


class Known(Struct, frozen=True, kw_only=True):
    """What is known of one SDK, and where it differs from the others."""

    sdk: str
    since: str = "0"
    """The first release that this holds for."""
    releases: tuple[str, ...] = ()
    """Those that its registry has, to be tested beside its checkout."""
    package: str
    families: str
    """A pattern of all its error families, in their order."""
    forms: tuple[tuple[str, tuple[Form, ...]], ...]
    """Operations of a session, as they are written in a request."""
    more_forms: bool = False
    """Whether some releases have further operations of a session."""
    native: str
    """The class of a session."""
    shown: dict[str, Value]
    """A session that is answered with an id and with no language but null."""
    body: bytes | None
    """What is sent to make a session; absent where it need only mean the same."""
    form_encoded: bool = False
    large: Integer
    """A large id, as it comes back."""
    found_at: str = "/api/rest/v1/users/{id}"
    """Where a user is found."""
    made: dict[str, Value]
    """A user that was made of an id and a name; nothing where users cannot be made."""
    saved: bytes | None
    """What is sent to save a session of a user name; absent where none is saved."""
    unlearnt: Value | None = None
    """Its id after that, where it does not take it from the answer."""
    session_of_one_call: Literal["first", "second", "ignored", "unsupported"] = "first"
    """Whether the session of one call comes before the global one, after it, or not at all."""
    deletes_for_one_call: bool = True
    """Whether deleting a session takes the options of a call."""
    gone: Answer = Answer(status=204)
    """The answer to one that is deleted."""
    deletes_alone: bool = False
    """Whether deleting a session is sent without credentials too."""
    alone: str = ""
    """A pattern of the error that comes before anything is sent without credentials."""
    mistyped: type[Raised | Unsupported | Returned] = Raised
    """What comes of a parameter of a wrong type."""
    mistyped_own: bool = True
    """Whether that is of the families that the SDK says its errors are of."""
    refused: tuple[Error, ...]
    dropped: str = "."
    """A pattern of an error of the network, with its ancestors."""
    dropped_statuses: tuple[int | None, ...] = (None,)
    unsupported: frozenset[str] = frozenset()
    once: bool = True
    """Whether a request can be sent once only."""
    tries_again: tuple[tuple[str, bool], ...] = (("session.create", True),)
    """Whether an operation is sent again where the connection closes, its HTTP client aside."""
    lacks: tuple[Lacks, ...]
    samples: Samples | None = None
    trusts: bool = True
    """Whether an authority can be given to it here."""
