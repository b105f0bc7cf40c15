"""Adds up a run once, at its end, and sends the summary to every listener."""

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
    """The result of a run; it follows the last event of the engine."""

    lines: tuple[Line, ...]
    summary: Summary
    exit_code: int
    seconds: float
    interrupted: str = ""
    """The signal that ended the run early."""
    report: Path | None = None
    """The report to open, if one is written."""


class Conclusion:
    """A listener that passes every event on, and sends :class:`RunConcluded` after the last one.

    Args:
        listeners: they get the events in this order.
        strict: conventions count.
        allow_unavailable: unavailable targets are left out of the exit code.
        exit_zero: the exit code is 0 even if a target does not conform.
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
        """The exit code of the command; valid after the end of the run."""

    def __call__(self, event: Event) -> None:
        """Take one event."""
        self._send(event)
        if isinstance(event, RunEnded):
            summary = Summary.of(event.lines)
            self.exit_code = self._exit_code(summary, event.interrupted)
            self._send(
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
        """An unfinished report goes into its own folder, so that an older report stays."""
        if self._report is None or not run.interrupted:
            return self._report
        return self._report.parent / "unfinished" / self._report.name

    def _send(self, event: Event | RunConcluded) -> None:
        for listener in self._listeners:
            listener(event)

    def _exit_code(self, summary: Summary, interrupted: str) -> int:
        if interrupted:
            return 128 + signal.Signals[interrupted]
        code = summary.exit_code(strict=self._strict, allow_unavailable=self._allow_unavailable)
        is_forgiven = self._exit_zero and code is ExitCode.DOES_NOT_CONFORM
        return ExitCode.CONFORMS if is_forgiven else code
