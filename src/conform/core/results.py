"""Results as JSON Lines: one line about the run of a target, then one line for each case."""

from __future__ import annotations

from datetime import UTC, datetime
import os
from pathlib import Path
import platform
from typing import Annotated, Final, Literal, Self

import msgspec
from msgspec import Meta, Struct

from conform import __version__
from conform.core.errors import ConformError, ExitCode, UsageError
from conform.core.identity import CaseId, Identity, Level, Source, Suite
from conform.core.observations import NOTHING, Observation
from conform.core.protocol import VERSION, Accommodation, Program
from conform.core.text import counted

SCHEMA: Final = 2
"""The version of the format of results. A reader ignores members that it does not know."""

Blame = Literal["page", "sdk", "runtime", "server", "suite", "list"]
"""Where the fault is; ``list`` is the user's own list of known failures."""

VerdictName = Literal[
    "pass", "fail", "known-failure", "inconclusive", "not-applicable", "unavailable", "error"
]


SettledBy = Literal["probe", "cases"]
"""What says that a case would only hang: a probe, or the cases before it."""


class RunError(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An error that ended the run of one target early, or that came after its last case."""

    what: str
    why: str = ""
    fix: str = ""
    exit_code: ExitCode = ExitCode.SUITE_FAILED
    """The exit code of the command."""
    after_cases: bool = False
    """Whether every case had ended before it."""

    @classmethod
    def of(cls, error: ConformError, *, after_cases: bool = False) -> Self:
        """The error as data.

        Args:
            error: the error.
            after_cases: whether every case had ended before it.
        """
        return cls(
            what=error.what,
            why=error.why,
            fix=error.fix,
            exit_code=error.exit_code,
            after_cases=after_cases,
        )

    @property
    def reason(self) -> str:
        """What happened and why, on one line."""
        return f"{self.what} {self.why}".strip()

    def __str__(self) -> str:
        return f"{self.reason} {self.fix}".strip()


class RunLine(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="run"):
    """What was run, where and when; the first line of each target."""

    schema: Literal[2]
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
    checked_against: str = ""
    """The documentation that the target is checked against; a sentence without a full stop."""
    variant: str = ""
    loaded: str = ""
    """The file from which the SDK was loaded, below the folder that it was installed into."""
    substitutes: str = ""
    """What the SDK was run with instead of what it requires, as a sentence; empty if nothing."""
    accommodations: tuple[Accommodation, ...] = ()
    """What the release is helped with."""
    untried: str = ""
    """What the adapter has never been tested with, as a sentence."""
    unavailable: str = ""
    """Why the target cannot be run; empty if it can."""
    fix: str = ""
    """What to do if it cannot be run."""
    network: str = ""
    """Why the network of the target was not isolated, as a clause; empty where it was."""
    planned: int = 0
    """How many cases were chosen."""
    total: int = 0
    """How many cases there are for the target; 0 if it is not known."""
    selection: str = ""
    """The options that chose the cases, such as ``--suite security -k network``; empty if none."""
    cases_as_of: str = ""
    """The suite version whose cases were run; empty if all cases were run."""
    newer_cases: int = 0
    """How many newer cases were left out."""
    error: RunError | None = None
    """What ended the run of the target early, or went wrong after its last case; it is in a second
    line of the target."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know beside the verdicts, one sentence each."""
        shared = f"The network was not isolated: {self.network}" if self.network else ""
        with_what = f" with {self.selection}" if self.selection else ""
        chosen = f"Only {self.part} were chosen{with_what}." if self.part else ""
        helped = (f"The release is helped: {each.why}" for each in self.accommodations)
        return tuple(filter(None, (chosen, self.untried, self.substitutes, shared, *helped)))

    @property
    def part(self) -> str:
        """The part of the cases that was chosen, as ``9 of 1,914 cases``; empty if all were."""
        if self.planned >= self.total:
            return ""
        return f"{self.planned:,} of {counted(self.total, 'case')}"

    @property
    def terms(self) -> str:
        """What the target was checked against, and which cases; a sentence without a full stop."""
        newer = f"{counted(self.newer_cases, 'case')} newer than {self.cases_as_of} left out"
        return "; ".join(filter(None, (self.checked_against, newer if self.cases_as_of else "")))

    @classmethod
    def opening(cls, target: str, planned: int = 0) -> Self:
        """The line of a target that runs on this machine now."""
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
    """The result of one case."""

    target: str
    case: CaseId
    suite: Suite
    title: str
    level: Level
    source: Source
    since: str
    changed: str = ""
    """The suite version that last changed the meaning of the case; empty if none did."""
    verdict: VerdictName
    blame: Blame | None = None
    reason: str = ""
    expected: str = ""
    seen: str = ""
    cause: str = ""
    """What all failures with one cause have in common, as a sentence without a full stop."""
    fingerprint: str = ""
    """Identifies the failure; the same in every run."""
    known: str = ""
    """The entry in the user's list, for a known failure."""
    snippet: str = ""
    """Code in the SDK's language that reproduces the failure."""
    settled_by: SettledBy | None = None
    """Why the case was not run, although it applies; absent if it was run."""
    restarts: int = 0
    """How often the adapter was started again for the case, after one that crashed or hung."""
    observation: Observation = NOTHING
    seconds: float = 0.0

    @classmethod
    def opening(cls, target: str, case: Identity) -> Self:
        """The line of a case that has passed, without the rest of its result."""
        return cls(
            target=target,
            case=case.id,
            suite=case.suite,
            title=case.title,
            level=case.level,
            source=case.source,
            since=case.since,
            changed=case.changed,
            verdict="pass",
        )


Line = RunLine | CaseLine

# Made at import, in one thread: the interpreter crashes if two threads make the first decoder.
_DECODER: Final[msgspec.json.Decoder[Line]] = msgspec.json.Decoder(Line)


def encode(line: Line) -> bytes:
    """One line of a results file, with its line end."""
    return msgspec.json.encode(line) + b"\n"


def decode(line: bytes) -> Line:
    """The line in some bytes.

    Raises:
        msgspec.MsgspecError: they are not a line of results.
    """
    return _DECODER.decode(line)


def read(path: Path) -> tuple[Line, ...]:
    """The lines of a results file.

    Raises:
        UsageError: it is missing, is not a results file, or is of another schema version.
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
            f"{path} is not a valid results file.",
            why=f"{error}.",
            fix=f"Name the results.jsonl of a run; this suite reads schema {SCHEMA}.",
        ) from error


def now() -> datetime:
    """The time of the run; the environment variable ``SOURCE_DATE_EPOCH`` sets it."""
    pinned = os.environ.get("SOURCE_DATE_EPOCH")
    return datetime.fromtimestamp(int(pinned), UTC) if pinned else datetime.now(UTC)
