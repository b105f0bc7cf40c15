"""What a page states, without its prose: the one committed source that all else is made from."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]


class Attribute(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One attribute of the documented object."""

    name: str
    """As it travels, such as ``site_id``."""
    type: str | None = None
    """As the page writes it, such as ``Nullable<Int64>``; absent where it writes none."""
    meaning: str | None = None
    """The id of what it means, kept by hand in ``schemas/meanings.json``; absent where the page
    describes nothing."""
    spelling: str | None = None
    """The SDK's own name where the page gives one, such as ``SiteId``."""
    only_if: str | None = None
    """The id of the situation it is sent in, where it is sent in one only."""


class Parameter(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One parameter of an operation."""

    name: str
    type: str | None = None
    meaning: str | None = None
    spelling: str | None = None
    required: bool = False


class Sample(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The arguments that a documented sample passes, as values; never its code."""

    arguments: dict[str, Any] = {}
    """By parameter name."""
    positional: tuple[str, ...] = ()
    """Names of what is passed by position, such as ``key`` of a pairing key."""
    instance: bool = False
    """Whether the sample calls the operation on an object."""
    sha256: Sha256
    """Of the sample's text with white space folded."""


class Operation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One documented operation."""

    name: str
    """In one spelling for all SDKs, such as ``forgot_reset``."""
    spelling: str | None = None
    """The SDK's own, where it differs, such as ``Create``."""
    parameters: tuple[Parameter, ...] = ()
    samples: tuple[Sample, ...] = ()


class ReleaseRange(Struct, frozen=True, kw_only=True):
    """Releases that ship one page, both ends included and both seen with it."""

    first: str
    last: str


class Facts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything that one page of one SDK states about one object."""

    resource: str
    """Such as ``session``."""
    sdk: str
    """Such as ``python``."""
    releases: tuple[ReleaseRange, ...]
    """In the order of versions; more than one where the page changed and changed back."""
    sha256: Sha256
    """Of the page's text with each run of white space folded to one space."""
    attributes: tuple[Attribute, ...]
    example: dict[str, Any]
    operations: tuple[Operation, ...]
