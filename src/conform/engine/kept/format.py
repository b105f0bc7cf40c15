"""Defines the format of kept observations: JSON Lines, compressed with gzip, for one target.

The lines are one about the target, one for each case, and one that closes the file.
``schemas/kept/line.json`` is the JSON Schema of a line.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated, Final, Literal, Self

from msgspec import Meta, Struct

from conform.cases.profile import Profile
from conform.core.identity import CaseId
from conform.core.results import CaseLine, RunLine, VerdictName
from conform.engine.lines import Seen

SCHEMA: Final = 2
"""The version of the format."""
SUFFIX: Final = ".jsonl.gz"
"""The end of the name of a file."""
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{16}$")]

_DIGITS: Final = 16


class KeptTarget(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="target"
):
    """What was observed, where and when; the first line of a file."""

    schema: Literal[2]
    run: RunLine
    """The first line of the results of the run."""
    profile: Profile
    """Everything that the cases of the target can be planned from again."""


class KeptVerdict(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The verdict on a case, without any list of known failures."""

    name: VerdictName
    cause: str = ""
    fingerprint: str = ""
    reason: str = ""

    @classmethod
    def of(cls, line: CaseLine) -> Self:
        """The verdict in a line of results."""
        return cls(
            name=line.verdict, cause=line.cause, fingerprint=line.fingerprint, reason=line.reason
        )

    def is_same(self, other: KeptVerdict) -> bool:
        """Whether two verdicts say the same; their sentences may differ."""
        return (self.name, self.fingerprint) == (other.name, other.fingerprint)


class KeptCase(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="case"):
    """One case of the run: what was done, what was seen, and the verdict at that time."""

    case: CaseId
    done: Digest | None = None
    """The digest of what was done; absent if the case did not apply to the target."""
    seen: Seen = Seen()
    verdict: KeptVerdict


class KeptEnd(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="end"):
    """The last line of a file; a file without it is incomplete."""

    left_out: tuple[CaseId, ...] = ()
    """The cases that the target had, but that were not selected for the run."""
    lines: tuple[Digest, ...]
    """The digest of each line before it, in order."""


KeptLine = KeptTarget | KeptCase | KeptEnd


class KeptRun(Struct, frozen=True, kw_only=True):
    """The content of a complete file."""

    target: KeptTarget
    cases: tuple[KeptCase, ...]
    left_out: frozenset[CaseId]


def digest(line: bytes) -> Digest:
    """The digest of a line of a file, with its line end."""
    return sha256(line).hexdigest()[:_DIGITS]
