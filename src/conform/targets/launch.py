"""Turns a manifest's commands into the ones to run: placeholders filled, environment clean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import os
from pathlib import Path
import sys
from typing import Final, Self

from msgspec import Struct

from conform.core.errors import UsageError
from conform.core.manifest import StartTable

CLEAN: Final[Mapping[str, str]] = {"LANG": "C.UTF-8", "TZ": "UTC"}
"""What every adapter's environment holds beside PATH, HOME and TMPDIR."""


class Places(Struct, frozen=True, kw_only=True):
    """What the placeholders of ``adapter.toml`` stand for."""

    runtime: Path
    adapter: Path
    sdk: Path
    build: Path | None = None

    def fill(self, words: Sequence[str]) -> tuple[str, ...]:
        """The words with their placeholders replaced.

        Raises:
            UsageError: a word has a placeholder that stands for nothing.
        """
        known = {name: str(place) for name, place in self._all().items()}
        try:
            return tuple(word.format_map(known) for word in words)
        except (KeyError, ValueError, IndexError, AttributeError) as error:
            raise UsageError(
                f"adapter.toml in {self.adapter} has a command that cannot be filled in.",
                why=f"{error} is no placeholder; known are {', '.join(sorted(known))}.",
                fix="Write a brace that is meant as such twice.",
            ) from error

    def _all(self) -> dict[str, Path]:
        places = {
            "python": Path(sys.executable),
            "runtime": self.runtime,
            "adapter": self.adapter,
            "sdk": self.sdk,
        }
        return places if self.build is None else {**places, "build": self.build}


class Launch(Struct, frozen=True):
    """How a process is started; PATH and the private HOME and TMPDIR come with the process."""

    command: tuple[str, ...]
    environment: Mapping[str, str]

    @classmethod
    def of(cls, start: StartTable, places: Places) -> Self:
        """The launch that ``[start]`` describes."""
        inherited = {name: os.environ[name] for name in start.inherit if name in os.environ}
        names = tuple(start.environment)
        values = places.fill(tuple(start.environment.values()))
        return cls(
            places.fill(start.command),
            {**CLEAN, **inherited, **dict(zip(names, values, strict=True))},
        )
