"""What must be observed in a case, as data; ``conform.verdicts`` judges it."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from conform.values import Value


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


class Requests(_Expectation, frozen=True, kw_only=True):
    """Exactly so many requests arrived."""

    count: int


class Sent(_Expectation, frozen=True, kw_only=True):
    """One request had this method, path, query, headers and body."""

    nth: int = 0
    method: str
    path: str
    query: dict[str, str] = {}
    headers: dict[str, str] = {}
    json: Any = None
    """The decoded body; none means that the body was empty or an empty object."""


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
    step: int = -1


class Matches(_Expectation, frozen=True, kw_only=True):
    """Pact's mock server received the one request it held, and found nothing wrong with it."""


Expectation = Requests | Sent | Returns | Exposes | Lacks | Raises | Matches
