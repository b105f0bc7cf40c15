"""What a case is known by, wherever it is planned, run or reported."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct
from packaging.version import Version

CaseId = Annotated[str, Meta(pattern=r"^[a-z0-9_.]+(/[a-z0-9_.-]+)+$")]
"""Such as ``session.create/fields/site_id/int64-max``; never renumbered."""

Level = Literal["documented", "security", "convention"]
Suite = Literal[
    "contract",
    "fields",
    "parameters",
    "samples",
    "errors",
    "faults",
    "security",
    "lifecycle",
    "variants",
    "explored",
]


class Source(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where it is written that a target must pass a case."""

    kind: Literal["page", "readme", "rfc", "practice", "list"]
    """``list`` is the user's own list of known failures."""
    reference: str
    """Such as ``Session: attribute site_id (int64)`` or ``RFC 9110, section 15.5.2``."""

    def __str__(self) -> str:
        return self.reference


class Identity(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Name, title and source of a case."""

    id: CaseId
    suite: Suite
    title: str
    level: Level
    source: Source
    since: str
    """The suite version that added the case."""
    changed: str = ""
    """The suite version in which the meaning of the case last changed; empty where it never did."""

    def is_newer_than(self, version: Version) -> bool:
        """Whether a suite of that version does not have the case, or has it with another meaning."""
        return max(map(Version, filter(None, (self.since, self.changed)))) > version
