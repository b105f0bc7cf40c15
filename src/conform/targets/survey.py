"""Reports for every adapter whether it can run here, what it lacks, and its cached releases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from conform.core import manifest
from conform.core.manifest import AdapterFolder
from conform.targets import cache
from conform.targets.requirements import Missing, Present, find_program
from conform.targets.resolve import sorted_releases


class AdapterStatus(Struct, frozen=True, kw_only=True):
    """One adapter on this machine."""

    name: str
    language: str
    untried: str
    """What the adapter has not been tried with, as a sentence; empty if there is nothing."""
    programs: tuple[Present, ...]
    missing: tuple[Missing, ...]
    releases: tuple[str, ...]
    """The releases in the cache, the oldest first."""

    @property
    def state(self) -> str:
        """The programs that it runs with, or ``unavailable``."""
        if self.missing:
            return "unavailable"
        return ", ".join(f"{each.program.name} {each.version}" for each in self.programs)

    @property
    def notes(self) -> Iterator[str]:
        """Everything else, one line for each fact."""
        if self.untried:
            yield f"note:    {self.untried}"
        for each in self.missing:
            yield f"missing: {each.why}"
            yield f"get it:  {each.fix}"
        if self.releases:
            yield f"cached:  {', '.join(self.releases)}"

    def as_json(self) -> dict[str, Any]:
        """The same facts for programs."""
        return {
            "name": self.name,
            "language": self.language,
            "untried": self.untried,
            "available": not self.missing,
            "programs": [
                {"path": str(each.program), "version": each.version} for each in self.programs
            ],
            "missing": [{"why": each.why, "fix": each.fix} for each in self.missing],
            "cached": list(self.releases),
        }


def survey() -> Iterator[AdapterStatus]:
    """The status of every adapter that ships with the suite, by name."""
    return map(_status, manifest.shipped().values())


def _status(folder: AdapterFolder) -> AdapterStatus:
    found = tuple(map(find_program, folder.manifest.requires))
    return AdapterStatus(
        name=folder.name,
        language=folder.manifest.adapter.language,
        untried=folder.manifest.adapter.untried,
        programs=tuple(each for each in found if isinstance(each, Present)),
        missing=tuple(each for each in found if isinstance(each, Missing)),
        releases=sorted_releases(cache.releases(folder.name)),
    )
