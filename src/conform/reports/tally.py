"""A listener that knows, once a run has ended, which exit code it comes to."""

from __future__ import annotations

from conform.errors import ExitCode
from conform.events import Event
from conform.reports.summary import Summary
from conform.results import CaseLine, Line, RunLine


class Tally:
    """Adds a run up."""

    def __init__(self) -> None:
        self._lines: list[Line] = []

    def hear(self, event: Event) -> None:
        """Take one event."""
        if isinstance(event, RunLine | CaseLine):
            self._lines.append(event)

    def exit_code(self, *, strict: bool, allow_unavailable: bool) -> ExitCode:
        """The exit code of everything heard.

        Args:
            strict: conventions count too.
            allow_unavailable: unavailable targets are left aside.
        """
        summary = Summary.of(self._lines)
        return summary.exit_code(strict=strict, allow_unavailable=allow_unavailable)
