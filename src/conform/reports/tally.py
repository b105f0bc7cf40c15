"""A listener that knows, once a run has ended, which exit code it comes to."""

from __future__ import annotations

from conform.errors import ExitCode
from conform.events import Event, TargetEnded
from conform.reports.summary import Summary
from conform.results import CaseLine, Line, RunLine


class Tally:
    """Adds a run up."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._broken = False

    def hear(self, event: Event) -> None:
        """Take one event."""
        match event:
            case RunLine() | CaseLine():
                self._lines.append(event)
            case TargetEnded(fault=fault):
                self._broken = self._broken or bool(fault)
            case _:
                pass

    def exit_code(self, *, strict: bool, allow_unavailable: bool) -> ExitCode:
        """The exit code of everything heard; a target that ended early is a failure of the suite.

        Args:
            strict: conventions count too.
            allow_unavailable: unavailable targets are left aside.
        """
        if self._broken:
            return ExitCode.SUITE_FAILED
        summary = Summary.of(self._lines)
        return summary.exit_code(strict=strict, allow_unavailable=allow_unavailable)
