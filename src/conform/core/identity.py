"""The id, title, level and source of a case, the same in plans, runs and reports."""

from __future__ import annotations

from typing import Annotated, Final, Literal, get_args

from msgspec import Meta, Struct
from packaging.version import Version

CaseId = Annotated[str, Meta(pattern=r"^[a-z0-9_.]+(/[a-z0-9_.-]+)+$")]
"""Such as ``session.create/fields/site_id/int64-max``; an id is never changed."""

Level = Literal["security", "documented", "convention"]
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
"""All levels, the worst first."""
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
    """The text that says that a target must pass a case."""

    kind: Literal["page", "readme", "rfc", "practice", "list"]
    """``list`` is the user's own list of known failures."""
    reference: str
    """Such as ``Session: attribute site_id (int64)`` or ``RFC 9110, section 15.5.2``."""

    def __str__(self) -> str:
        return self.reference


class Identity(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What identifies a case and explains it."""

    id: CaseId
    suite: Suite
    title: str
    level: Level
    source: Source
    since: str
    """The suite version that added the case."""
    changed: str = ""
    """The suite version that last changed the meaning of the case; empty if none did."""

    def is_newer_than(self, version: Version) -> bool:
        """Whether that version of the suite lacks the case, or has it with another meaning."""
        return max(map(Version, filter(None, (self.since, self.changed)))) > version
