"""Says of every adapter whether it can run here, what is missing and which releases are at hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from conform.core import manifest
from conform.core.manifest import AdapterFolder
from conform.targets import cache
from conform.targets.requirements import Missing, Present, look_for
from conform.targets.resolve import in_order


class Surveyed(Struct, frozen=True, kw_only=True):
    """One adapter as it stands on this machine."""

    name: str
    language: str
    untried: str
    """What the adapter has not been tried with, as a sentence; empty where there is nothing."""
    programs: tuple[Present, ...]
    missing: tuple[Missing, ...]
    releases: tuple[str, ...]
    """Installed in the cache, oldest first."""

    @property
    def state(self) -> str:
        """Whether it can run, in a few words."""
        if self.missing:
            return "unavailable"
        return ", ".join(f"{each.program.name} {each.version}" for each in self.programs)

    @property
    def notes(self) -> Iterator[str]:
        """What there is to say beside that, one sentence a line."""
        if self.untried:
            yield f"note:    {self.untried}"
        for each in self.missing:
            yield f"missing: {each.why}"
            yield f"get it:  {each.fix}"
        if self.releases:
            yield f"cached:  {', '.join(self.releases)}"

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
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


def survey() -> Iterator[Surveyed]:
    """Every adapter that comes with the suite, by name."""
    return map(_surveyed, manifest.shipped().values())


def _surveyed(folder: AdapterFolder) -> Surveyed:
    found = tuple(map(look_for, folder.manifest.requires))
    return Surveyed(
        name=folder.name,
        language=folder.manifest.adapter.language,
        untried=folder.manifest.adapter.untried,
        programs=tuple(each for each in found if isinstance(each, Present)),
        missing=tuple(each for each in found if isinstance(each, Missing)),
        releases=in_order(cache.releases(folder.name)),
    )
