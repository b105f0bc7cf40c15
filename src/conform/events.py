"""What happens during a run, for whoever listens; the engine knows no listener."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from conform.errors import ExitCode
from conform.results import CaseLine, RunLine


class RunBegan(Struct, frozen=True, kw_only=True):
    """The first event."""

    targets: tuple[str, ...]
    """As the user named them."""


class TargetPreparing(Struct, frozen=True, kw_only=True):
    """A target is being installed and its adapter started."""

    name: str


class TargetEnded(Struct, frozen=True, kw_only=True):
    """All lines of a target have been seen."""

    target: str


class RunEnded(Struct, frozen=True, kw_only=True):
    """The last event."""

    exit_code: ExitCode
    seconds: float


Event = RunBegan | TargetPreparing | RunLine | CaseLine | TargetEnded | RunEnded


class Listener(Protocol):
    """Something that wants to know."""

    def hear(self, event: Event) -> None:
        """Take one event; never called from two threads at once."""
