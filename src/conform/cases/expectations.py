"""What must be observed in a case, as data; ``conform.verdicts`` judges it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from conform.core.values import Value
from conform.schemas.endpoints import Place

Exposure = Literal["url", "output", "error", "client", "elsewhere", "last-step", "header-name"]
"""Where a secret has no place: the address of a request, what the SDK prints, the error it raises,
the header that describes the client, anything sent to another origin, anything that the last step
sends where the secret is of an earlier one, and the name of a header."""


class _Expectation(
    Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag_field="must",
    tag=str.lower,
):
    """What every expectation shares: immutable, named fields, its name under ``must``."""

    @property
    def members(self) -> dict[str, Any]:
        """Its fields as plain JSON, by which a failure of it is known."""
        fields: dict[str, Any] = msgspec.to_builtins(self)
        del fields["must"]
        return fields


class Requests(_Expectation, frozen=True, kw_only=True):
    """Exactly so many requests arrived."""

    count: int


class Sent(_Expectation, frozen=True, kw_only=True):
    """One request had this method and path, these of query and headers, and this body."""

    nth: int = 0
    method: str
    path: str
    query: dict[str, str] = {}
    headers: dict[str, str] = {}
    json: dict[str, Any] | UnsetType = UNSET
    """The members of the body, whether JSON or a form; left out, the body does not matter."""


class Omits(_Expectation, frozen=True, kw_only=True):
    """One request did not have this header."""

    header: str
    nth: int = 0


class Returns(_Expectation, frozen=True, kw_only=True):
    """A step returned without raising."""

    step: int = -1


class Exposes(_Expectation, frozen=True, kw_only=True):
    """The object of a step has the attribute, with its value and type kept."""

    attribute: str
    value: Value
    step: int = -1


class Lacks(_Expectation, frozen=True, kw_only=True):
    """The object says of the attribute that there is nothing, in the language's own way.

    Null, undefined and absent are right; an invented ``false``, ``0`` or ``""`` is not.
    """

    attribute: str
    step: int = -1


class Raises(_Expectation, frozen=True, kw_only=True):
    """A step raised an error of the SDK's own family that carries what the API said."""

    http_status: int | None = None
    api_type: str | None = None
    message: str | None = None
    """A text that the error's message holds."""
    classes: tuple[str, ...] = ()
    """Names of classes, without namespace; the error is of one of them."""
    step: int = -1


class Matches(_Expectation, frozen=True, kw_only=True):
    """Pact's mock server received the one request it held, and found nothing wrong with it."""


class Carries(_Expectation, frozen=True, kw_only=True):
    """One request carries a parameter in its place, once there, with its value and type kept.

    A path, a query and a form hold text only: a number is its digits there, null is nothing, and an
    object is written as ``name[member]=…``, ``name.member=…`` or JSON, since no page says which.
    """

    parameter: str
    value: Value
    place: Place
    path: str
    """The path with its parameters in braces."""
    alone: bool = False
    """Whether the parameter must be in no other place."""
    nth: int = 0


class Conforms(_Expectation, frozen=True, kw_only=True):
    """One request went to its operation, and carries what that documents and nothing else."""

    method: str
    path: str
    """The path with its parameters in braces."""
    request: dict[str, Any]
    """The JSON Schema of the operation's parameters."""
    nth: int = 0

    @property
    def members(self) -> dict[str, Any]:
        """Without the schema, which describes each parameter in sentences."""
        return {name: each for name, each in super().members.items() if name != "request"}


class Refuses(_Expectation, frozen=True, kw_only=True):
    """A step was refused before any request was sent."""

    own: bool = True
    """Whether by an error of the SDK's own family; where not, the language itself may refuse."""
    step: int = -1


class Guards(_Expectation, frozen=True, kw_only=True):
    """What the documented type has no room for did not reach the server as something else.

    The step was refused by an error of the SDK's own family before any request, or the parameter
    was sent as one of what is tolerated.
    """

    parameter: str
    tolerated: tuple[Value, ...] = ()
    """``absent`` among them means that it may be left out."""
    place: Place
    path: str
    step: int = -1


class Sound(_Expectation, frozen=True, kw_only=True):
    """A sample is code that makes a call; one that is not was found when the page was read."""

    problem: str
    """What is wrong, to follow a colon."""


class AtMost(_Expectation, frozen=True, kw_only=True):
    """No more than so many requests arrived."""

    count: Annotated[int, Meta(ge=1)]


class Spaced(_Expectation, frozen=True, kw_only=True):
    """Each request after the first came no sooner than so many seconds after the one before."""

    seconds: Annotated[float, Meta(gt=0)]


class Ends(_Expectation, frozen=True, kw_only=True):
    """All steps together took no longer than so many seconds."""

    within: Annotated[float, Meta(gt=0)]


class Settles(_Expectation, frozen=True, kw_only=True):
    """A step gave an object with one of these values, or raised an error of the SDK's own.

    For answers that a client may take or refuse, but not turn into something else.
    """

    attribute: str
    values: tuple[Value, ...]
    step: int = -1


class Hides(_Expectation, frozen=True, kw_only=True):
    """A secret, or what a caller slips in, is in none of these places.

    Neither as it is, nor escaped or in base64.
    """

    secret: Annotated[str, Meta(min_length=8)]
    of: str
    """What it is, such as ``the password``."""
    places: Annotated[tuple[Exposure, ...], Meta(min_length=1)] = (
        "url",
        "output",
        "error",
        "client",
    )


class Escapes(_Expectation, frozen=True, kw_only=True):
    """A value stood in the path as one segment, or was refused before anything was sent.

    The refusal is an error of the SDK's own, or the language's own where the type does not fit.
    """

    path: str
    """The path with ``{}`` in the place of the value."""
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
    | Escapes
)
