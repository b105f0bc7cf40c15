"""Describes as data what must be observed in a case; ``conform.verdicts`` judges it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from conform.core.values import Value
from conform.schemas.endpoints import Place

Exposure = Literal[
    "url",
    "output",
    "error",
    "error-members",
    "client",
    "elsewhere",
    "last-step",
    "header-name",
]
"""A place where a secret must not be: the URL of a request, the output of the SDK, the message of
an error and what it prints, the other members of the error object, the User-Agent header, a request
to another origin, a request of the last step (for a secret of an earlier step), the name of a
header."""


class _Expectation(
    Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag_field="must",
    tag=str.lower,
):
    """What all expectations share: immutable, named fields, the name of the kind under ``must``."""

    @property
    def members(self) -> dict[str, Any]:
        """Its fields as plain JSON; they are a part of the fingerprint of a failure."""
        fields: dict[str, Any] = msgspec.to_builtins(self)
        del fields["must"]
        return fields


class Requests(_Expectation, frozen=True, kw_only=True):
    """Exactly this number of requests arrived."""

    count: int


class Sent(_Expectation, frozen=True, kw_only=True):
    """One request had this method, path and body, and these query parameters and headers."""

    nth: int = 0
    method: str
    path: str
    query: dict[str, str] = {}
    headers: dict[str, str] = {}
    json: dict[str, Any] | UnsetType = UNSET
    """The members of the body, JSON or form; if it is left out, any body is accepted."""


class Omits(_Expectation, frozen=True, kw_only=True):
    """One request did not have this header."""

    header: str
    nth: int = 0


class Returns(_Expectation, frozen=True, kw_only=True):
    """A step returned without raising."""

    thing: str = ""
    """The object that it must return, such as ``session``; null is not one. Empty for anything."""
    step: int = -1


class Exposes(_Expectation, frozen=True, kw_only=True):
    """The object that a step returned has the attribute, with value and type unchanged."""

    attribute: str
    value: Value
    step: int = -1


class Lacks(_Expectation, frozen=True, kw_only=True):
    """The object has no value for the attribute, in the way of its language.

    Null, undefined and absent are accepted; an invented ``false``, ``0`` or ``""`` is not.
    """

    attribute: str
    refusable: bool = False
    """Whether the SDK may refuse the response with an error of its own instead."""
    step: int = -1


class Raises(_Expectation, frozen=True, kw_only=True):
    """A step raised an error of the SDK's own family that carries what the API sent."""

    http_status: int | None = None
    api_type: str | None = None
    message: str | None = None
    """A text that a caller can read in the error: its message, what it prints, or a member."""
    classes: tuple[str, ...] = ()
    """Names of classes without namespace; the error is an instance of one of them."""
    step: int = -1


class Matches(_Expectation, frozen=True, kw_only=True):
    """The Pact mock server received the one request that it expects, and found no mismatch."""


class Carries(_Expectation, frozen=True, kw_only=True):
    """One request carries a parameter once in its place, with value and type unchanged.

    A path, a query and a form contain only text. There a number is written in digits, null is the
    empty text, and an object is ``name[member]=…``, ``name.member=…`` or JSON, because no page says
    which of them is right.
    """

    parameter: str
    value: Value
    place: Place
    path: str
    """The documented path, with parameters in braces."""
    alone: bool = False
    """Whether the parameter must not be in another place, too."""
    nth: int = 0


class Conforms(_Expectation, frozen=True, kw_only=True):
    """One request was sent to its operation and carries only what the operation documents."""

    method: str
    path: str
    """The documented path, with parameters in braces."""
    request: dict[str, Any]
    """The JSON Schema of the operation's parameters."""
    nth: int = 0

    @property
    def members(self) -> dict[str, Any]:
        """Its fields without the schema, because the schema contains sentences of the page."""
        return {name: each for name, each in super().members.items() if name != "request"}


class Refuses(_Expectation, frozen=True, kw_only=True):
    """A step was refused before a request was sent."""

    own: bool = True
    """Whether the error must be of the SDK's own family; if not, the language may raise its own."""
    step: int = -1


class Guards(_Expectation, frozen=True, kw_only=True):
    """A value that does not fit the documented type did not reach the server as another value.

    The step raised an error of the SDK's own family before it sent a request, or the parameter was
    sent as one of the tolerated values.
    """

    parameter: str
    tolerated: tuple[Value, ...] = ()
    """If ``absent`` is one of them, the parameter may be left out."""
    place: Place
    path: str
    step: int = -1


class Sound(_Expectation, frozen=True, kw_only=True):
    """A sample is code that makes a call, or a README says one thing about one subject.

    The problem was found when the page or the README was read.
    """

    problem: str
    """What is wrong, as words that follow a colon."""
    subject: Literal["sample", "readme"] = "sample"

    @property
    def members(self) -> dict[str, Any]:
        """None: the problem is a sentence, and the case is about one sample."""
        return {}


class AtMost(_Expectation, frozen=True, kw_only=True):
    """At most this number of requests arrived."""

    count: Annotated[int, Meta(ge=1)]


class Spaced(_Expectation, frozen=True, kw_only=True):
    """At least this number of seconds passed between one request and the next."""

    seconds: Annotated[float, Meta(gt=0)]


class Ends(_Expectation, frozen=True, kw_only=True):
    """All steps together ended within this number of seconds."""

    within: Annotated[float, Meta(gt=0)]


class Settles(_Expectation, frozen=True, kw_only=True):
    """A step returned one of these values in an attribute, or raised an error of the SDK's own.

    It is for responses that a client may accept or refuse but must not change.
    """

    attribute: str
    values: tuple[Value, ...]
    step: int = -1


class Hides(_Expectation, frozen=True, kw_only=True):
    """A secret, or a text that a caller tries to inject, is not in one of these places.

    The secret is searched for unchanged and in every way in which a serialiser writes it.
    """

    secret: Annotated[str, Meta(min_length=8)]
    of: str
    """The name of the secret, such as ``the password``."""
    places: Annotated[tuple[Exposure, ...], Meta(min_length=1)] = (
        "url",
        "output",
        "error",
        "client",
    )

    @property
    def members(self) -> dict[str, Any]:
        """Its fields without the name of the secret, which is only wording."""
        return {name: each for name, each in super().members.items() if name != "of"}


class Contacts(_Expectation, frozen=True, kw_only=True):
    """The SDK contacted only the host of the base URL and the allowed hosts."""

    hosts: tuple[str, ...] = ()
    """The allowed hosts in addition to the host of the base URL."""


class Escapes(_Expectation, frozen=True, kw_only=True):
    """A value was one segment of the path, or was refused before a request was sent.

    The SDK or its language may raise the error.
    """

    path: str
    """The path, with ``{}`` where the value belongs."""
    value: str
    step: int = -1


Expectation = (
    Requests
    | Sent
    | Omits
    | Returns
    | Exposes
    | Lacks
    | Raises
    | Matches
    | Carries
    | Conforms
    | Refuses
    | Guards
    | Sound
    | AtMost
    | Spaced
    | Ends
    | Settles
    | Hides
    | Contacts
    | Escapes
)
