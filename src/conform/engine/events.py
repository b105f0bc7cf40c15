"""Defines the events of a run, which the engine sends to its listeners."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from conform.core.results import CaseLine, Line, RunLine


class RunBegan(Struct, frozen=True, kw_only=True):
    """The first event."""

    targets: tuple[str, ...]
    """As the user named them."""


class TargetPreparing(Struct, frozen=True, kw_only=True):
    """The installation of a target begins."""

    name: str
    """As the user named it."""


class TargetBegan(Struct, frozen=True, kw_only=True):
    """A target is ready for its cases, or unavailable."""

    run: RunLine


class CaseEnded(Struct, frozen=True, kw_only=True):
    """A case has its verdict."""

    line: CaseLine


class TargetFailed(Struct, frozen=True, kw_only=True):
    """An error ended the run of a target early, or came after its last case."""

    run: RunLine
    """The line that opened its results, with the error."""


class TargetEnded(Struct, frozen=True, kw_only=True):
    """The last event of a target."""

    target: str


class RunEnded(Struct, frozen=True, kw_only=True):
    """The last event."""

    lines: tuple[Line, ...]
    """All results of the run, one target after the other."""
    seconds: float
    interrupted: str = ""
    """The signal that ended the run early, such as ``SIGTERM``."""


Event = RunBegan | TargetPreparing | TargetBegan | CaseEnded | TargetFailed | TargetEnded | RunEnded

Listener = Callable[[Event], None]
"""Takes one event; never called from two threads at once."""
