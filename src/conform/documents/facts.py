"""What a page states, without its prose: the source of all schemas, cases and contracts."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]


class Attribute(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One attribute of the documented object."""

    name: str
    """The name in the API, such as ``site_id``."""
    type: str | None = None
    """The type as the page writes it, such as ``Nullable<Int64>``; absent if it writes none."""
    meaning: str | None = None
    """The id of its meaning, from ``schemas/meanings.json``; absent if the page does not describe
    the attribute."""
    spelling: str | None = None
    """The SDK's own name, such as ``SiteId``; absent if the page gives none."""
    only_if: str | None = None
    """The id of the only situation in which it is sent; absent if it is always sent."""


class Parameter(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One parameter of an operation."""

    name: str
    type: str | None = None
    meaning: str | None = None
    spelling: str | None = None
    required: bool = False


class Sample(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The arguments of a documented sample, as values; never its code."""

    arguments: dict[str, Any] = {}
    """The values, by parameter."""
    positional: tuple[str, ...] = ()
    """The parameters that are passed by position, such as ``key``."""
    instance: bool = False
    """Whether the sample calls the operation on an object."""
    sha256: Sha256
    """The digest of the sample's text, with each run of white space as one space."""


class Operation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One documented operation."""

    name: str
    """The name in snake case, the same for all SDKs, such as ``forgot_reset``."""
    spelling: str | None = None
    """The SDK's own name if it differs, such as ``Create``."""
    parameters: tuple[Parameter, ...] = ()
    samples: tuple[Sample, ...] = ()


class ReleaseRange(Struct, frozen=True, kw_only=True):
    """Releases that ship one page; both ends are included and are known to ship it."""

    first: str
    last: str


class Facts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything that one page states about its object."""

    resource: str
    """Such as ``session``."""
    sdk: str
    """Such as ``python``."""
    releases: tuple[ReleaseRange, ...]
    """In the order of versions; several if the page changed and changed back."""
    sha256: Sha256
    """The digest of the page's text, with each run of white space as one space."""
    attributes: tuple[Attribute, ...]
    example: dict[str, Any]
    operations: tuple[Operation, ...]
