"""Results as JSON Lines: one line about the run of a target, then one line a case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
import os
from pathlib import Path
import platform
from typing import Annotated, Final, Literal, Self

import msgspec
from msgspec import Meta, Struct

from conform import __version__
from conform.cases.model import CaseId, Level, Planned, Source, Suite
from conform.errors import UsageError
from conform.observations import NOTHING, Observation
from conform.protocol import VERSION, Program
from conform.verdicts import Blame

SCHEMA: Final = 1
"""The version of the form of results."""

VerdictName = Literal["pass", "fail", "known-failure", "not-applicable", "unavailable", "error"]


class RunLine(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="run"):
    """What was run, where and when; opens the results of each target."""

    schema: Literal[1]
    target: str
    """Canonical, such as ``python==1.0.17``."""
    suite_version: str
    protocol: int
    started: Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
    machine: str
    """Operating system and processor."""
    adapter: Program | None = None
    sdk: Program | None = None
    runtime: Program | None = None
    held_to: str = ""
    """The page the target is held to, as a sentence."""
    variant: str = ""
    untried: str = ""
    """What the adapter has not been tried with, as a sentence."""
    unavailable: str = ""
    """Why nothing could be run, where that is so."""
    fix: str = ""
    """What to do about it."""
    planned: int = 0
    as_of: str = ""
    """The suite version whose cases were run; empty for all."""
    aside: int = 0
    """How many cases are newer than that, and were left aside."""
    fault: str = ""
    """How the suite itself failed on this target, where it ended early."""

    @property
    def terms(self) -> str:
        """What the target was held to, as a sentence without its stop."""
        cases = f"{self.aside:,} case{'' if self.aside == 1 else 's'}"
        newer = f"{cases} newer than {self.as_of} left aside" if self.as_of else ""
        return "; ".join(filter(None, (self.held_to, newer)))

    @classmethod
    def opening(cls, target: str, planned: int = 0) -> Self:
        """The line of a target that is being run here and now."""
        return cls(
            schema=SCHEMA,
            target=target,
            suite_version=__version__,
            protocol=VERSION,
            started=now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            machine=f"{platform.system()} {platform.machine()}",
            planned=planned,
        )


class CaseLine(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="case"):
    """What became of one case."""

    target: str
    case: CaseId
    suite: Suite
    title: str
    level: Level
    source: Source
    since: str
    verdict: VerdictName
    blame: Blame | None = None
    reason: str = ""
    expected: str = ""
    seen: str = ""
    fingerprint: str = ""
    """What a failure is known by, the same in every run."""
    known: str = ""
    """What the user's list says of a known failure."""
    snippet: str = ""
    """The code, in the SDK's language, that shows a failure again."""
    observation: Observation = NOTHING
    seconds: float = 0.0

    @classmethod
    def opening(cls, target: str, case: Planned) -> Self:
        """The line of a case that a target passes, before anything else is known."""
        return cls(
            target=target,
            case=case.id,
            suite=case.suite,
            title=case.title,
            level=case.level,
            source=case.source,
            since=case.since,
            verdict="pass",
        )


Line = RunLine | CaseLine


def encode(line: Line) -> bytes:
    """One line of a results file, with its line break."""
    return msgspec.json.encode(line) + b"\n"


def decode(line: bytes) -> Line:
    """The line that some bytes stand for.

    Raises:
        msgspec.MsgspecError: they stand for none.
    """
    return _decoder().decode(line)


def read(path: Path) -> tuple[Line, ...]:
    """The lines of a results file.

    Raises:
        UsageError: it is missing, or is no results file.
    """
    try:
        with path.open("rb") as file:
            return tuple(decode(line) for line in file if line.strip())
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read.",
            why=f"{error.strerror}.",
            fix="Name the results.jsonl of a run.",
        ) from error
    except msgspec.MsgspecError as error:
        raise UsageError(
            f"{path} is no results file.", why=f"{error}.", fix="Name the results.jsonl of a run."
        ) from error


def in_order(lines: Iterable[Line], targets: Iterable[str]) -> tuple[Line, ...]:
    """The lines of targets that ran side by side, one target after the other."""
    place = {target: index for index, target in enumerate(targets)}
    return tuple(sorted(lines, key=lambda line: place.get(line.target, len(place))))


def now() -> datetime:
    """The time of the run; ``SOURCE_DATE_EPOCH`` in the environment pins it."""
    pinned = os.environ.get("SOURCE_DATE_EPOCH")
    return datetime.fromtimestamp(int(pinned), UTC) if pinned else datetime.now(UTC)


@cache
def _decoder() -> msgspec.json.Decoder[Line]:
    return msgspec.json.Decoder(Line)
