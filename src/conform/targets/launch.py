"""Makes the command and the environment of an adapter's process from its manifest."""

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
"""The environment of every adapter, beside PATH, HOME and TMPDIR."""


class Places(Struct, frozen=True, kw_only=True):
    """The values of the placeholders in ``adapter.toml``."""

    runtime: Path
    adapter: Path
    sdk: Path
    build: Path | None = None

    def fill(self, words: Sequence[str]) -> tuple[str, ...]:
        """The words with their placeholders replaced.

        Raises:
            UsageError: a word has an unknown placeholder.
        """
        known = {name: str(place) for name, place in self._places().items()}
        try:
            return tuple(word.format_map(known) for word in words)
        except (KeyError, ValueError, IndexError, AttributeError) as error:
            raise UsageError(
                f"A command in {self.adapter}/adapter.toml cannot be filled in.",
                why=f"Its placeholder is wrong: {error}; known are {', '.join(sorted(known))}.",
                fix="Use a known placeholder. Write {{ or }} for a brace itself.",
            ) from error

    def _places(self) -> dict[str, Path]:
        places = {
            "python": Path(sys.executable),
            "runtime": self.runtime,
            "adapter": self.adapter,
            "sdk": self.sdk,
        }
        return places if self.build is None else {**places, "build": self.build}


class Launch(Struct, frozen=True):
    """The command and environment of a process; PATH, HOME and TMPDIR are added at its start."""

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
