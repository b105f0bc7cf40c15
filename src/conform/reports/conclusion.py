"""Adds a run up once, at its end, and tells every listener what it came to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
import signal

from msgspec import Struct

from conform.core.errors import ExitCode
from conform.core.results import Line
from conform.engine.events import Event, RunEnded
from conform.reports.summary import Summary


class RunConcluded(Struct, frozen=True, kw_only=True):
    """What a run came to: the event after the last one of the engine."""

    lines: tuple[Line, ...]
    summary: Summary
    exit_code: int
    seconds: float
    interrupted: str = ""
    """The signal that ended the run early."""
    report: Path | None = None
    """The report to open, where one is written."""


class Conclusion:
    """A listener that hands every event on, and the sum of the run behind the last one.

    Args:
        listeners: told in the order given.
        strict: conventions count.
        allow_unavailable: unavailable targets are left aside.
        exit_zero: a target that does not conform does not count for the exit code.
        report: the report that one of the listeners writes.
    """

    def __init__(
        self,
        *listeners: Callable[[Event | RunConcluded], None],
        strict: bool = False,
        allow_unavailable: bool = False,
        exit_zero: bool = False,
        report: Path | None = None,
    ) -> None:
        self._listeners = listeners
        self._strict = strict
        self._allow_unavailable = allow_unavailable
        self._exit_zero = exit_zero
        self._report = report
        self.exit_code: int = ExitCode.SUITE_FAILED
        """That of the command, once the run has ended."""

    def __call__(self, event: Event) -> None:
        """Take one event."""
        self._tell(event)
        if isinstance(event, RunEnded):
            summary = Summary.of(event.lines)
            self.exit_code = self._exit_code(summary, event.interrupted)
            self._tell(
                RunConcluded(
                    lines=event.lines,
                    summary=summary,
                    exit_code=self.exit_code,
                    seconds=event.seconds,
                    interrupted=event.interrupted,
                    report=self._report_of(event),
                )
            )

    def _report_of(self, run: RunEnded) -> Path | None:
        """An unfinished report goes into a folder of its own, and leaves an older one in place."""
        if self._report is None or not run.interrupted:
            return self._report
        return self._report.parent / "unfinished" / self._report.name

    def _tell(self, event: Event | RunConcluded) -> None:
        for listener in self._listeners:
            listener(event)

    def _exit_code(self, summary: Summary, interrupted: str) -> int:
        if interrupted:
            return 128 + signal.Signals[interrupted]
        code = summary.exit_code(strict=self._strict, allow_unavailable=self._allow_unavailable)
        is_forgiven = self._exit_zero and code is ExitCode.DOES_NOT_CONFORM
        return ExitCode.CONFORMS if is_forgiven else code
