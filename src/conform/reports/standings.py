"""Defines the standings of a target: what its results mean, and the exit code of each."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from conform.core.errors import ExitCode
from conform.core.results import RunError
from conform.core.text import counted, listed


class Conforming(Struct, frozen=True, kw_only=True, tag_field="standing", tag="conforms"):
    """Every case that counts passed."""

    exit_code: ClassVar = ExitCode.CONFORMS
    verb: ClassVar = ("conforms", "conform")
    conventions: int
    """Failed cases of the level convention, which do not count."""
    causes: int
    """The causes of these cases."""
    known: int
    """Known failures, which do not count."""

    def __str__(self) -> str:
        ignored = f"{counted(self.causes, 'cause')} in {counted(self.conventions, 'case')}"
        notes = [
            *([f"conventions not followed: {ignored}"] * bool(self.conventions)),
            *([counted(self.known, "known failure")] * bool(self.known)),
        ]
        return "; ".join(("conforms", *notes))


class Nonconforming(
    Struct, frozen=True, kw_only=True, tag_field="standing", tag="does-not-conform"
):
    """Some cases that count failed."""

    exit_code: ClassVar = ExitCode.DOES_NOT_CONFORM
    verb: ClassVar = ("does not conform", "do not conform")
    documented: int
    security: int
    conventions: int
    """Failed cases of the level convention; zero unless they count."""
    causes: int
    """The causes of all these cases."""

    def __str__(self) -> str:
        cases = self.documented + self.security + self.conventions
        return f"does not conform: {counted(self.causes, 'cause')} in {counted(cases, 'case')}"


class Unavailable(Struct, frozen=True, kw_only=True, tag_field="standing", tag="unavailable"):
    """The target is not available here, for all or some of its cases."""

    exit_code: ClassVar = ExitCode.NOTHING_TESTED
    verb: ClassVar = ("is unavailable", "are unavailable")
    reason: str
    fix: str
    tested: int

    def __str__(self) -> str:
        return "unavailable, not tested" if not self.tested else "unavailable for part of its cases"


class Inconclusive(Struct, frozen=True, kw_only=True, tag_field="standing", tag="inconclusive"):
    """Some cases that count could not be tested."""

    exit_code: ClassVar = ExitCode.NOTHING_TESTED
    verb: ClassVar = ("could not be tested in full", "could not be tested in full")
    cases: int

    def __str__(self) -> str:
        are = "is" if self.cases == 1 else "are"
        return f"could not be tested in full: {counted(self.cases, 'case')} {are} inconclusive"


class Untested(Struct, frozen=True, kw_only=True, tag_field="standing", tag="untested"):
    """No case of the run applies to the target."""

    exit_code: ClassVar = ExitCode.NOTHING_TESTED
    verb: ClassVar = ("was not tested", "were not tested")

    def __str__(self) -> str:
        return "not tested: no case of this run applies to it"


class SuiteFailed(Struct, frozen=True, kw_only=True, tag_field="standing", tag="suite-failed"):
    """The suite itself failed on this target, so its verdicts are not reliable."""

    verb: ClassVar = ("could not be judged", "could not be judged")
    errors: int
    missing: int
    error: RunError | None = None

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of the error that ended the run of the target, if there is one."""
        return self.error.exit_code if self.error else ExitCode.SUITE_FAILED

    def __str__(self) -> str:
        parts = [
            *([_words(self.error)] if self.error else []),
            *([f"{counted(self.errors, 'case')} ended in an error"] * bool(self.errors)),
            *([f"{counted(self.missing, 'planned case')} never ended"] * bool(self.missing)),
        ]
        return f"the suite failed: {listed(parts)}"


def _words(error: RunError) -> str:
    return "its adapter did not stop as it should" if error.after_cases else "its run ended early"


class Unfinished(Struct, frozen=True, kw_only=True, tag_field="standing", tag="unfinished"):
    """The run was interrupted before the end of every case."""

    exit_code: ClassVar = ExitCode.INTERRUPTED
    verb: ClassVar = ("was interrupted", "were interrupted")
    failed: int
    """Cases that failed before the interruption."""
    missing: int

    def __str__(self) -> str:
        failed = f"{counted(self.failed, 'case')} failed, " if self.failed else ""
        return f"interrupted: {failed}{counted(self.missing, 'planned case')} not run"


Standing = (
    Conforming | Nonconforming | Unavailable | Inconclusive | Untested | SuiteFailed | Unfinished
)
"""The standing of one target; each kind has the exit code that it needs."""
