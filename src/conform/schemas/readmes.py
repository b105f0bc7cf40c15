"""Knows what the README of an SDK release states, in addition to the pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from itertools import chain
from pathlib import Path

from msgspec import Struct
from packaging.version import Version

from conform.core import jsonfile, paths


class _OfReleases(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that the READMEs of some releases have."""

    since: dict[str, str]
    """The first release whose README has it, by SDK."""
    until: dict[str, str] = {}
    """The first later release whose README no longer has it, by SDK."""

    def covers(self, sdk: str, release: Version | None) -> bool:
        """Whether the README of a release has it; without a release, the newest README."""
        if sdk not in self.since:
            return False
        if release is None:
            return sdk not in self.until
        if release < Version(self.since[sdk]):
            return False
        return sdk not in self.until or release < Version(self.until[sdk])


class Contradiction(_OfReleases, frozen=True, kw_only=True):
    """Two places of a README that do not fit each other, in our words."""

    operation: str
    """What they are about, such as ``session.destroy``."""
    section: str
    text: str
    """What the text says."""
    sample: str
    """What the sample beside it does."""


class Statement(_OfReleases, frozen=True, kw_only=True):
    """Facts that the same releases of the READMEs state."""

    facts: tuple[str, ...]
    """Such as ``setting read_timeout`` or ``class not-found/user-not-found``."""
    names: dict[str, str] = {}
    """What the README calls a setting or an option, by SDK."""
    texts: tuple[str, ...] = ()
    """The SDKs whose README writes the value of a setting as a text, although it is a number."""
    instead: dict[str, str] = {}
    """What works in these releases where what the README names has no effect, by SDK."""


class _File(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    source: str
    statements: tuple[Statement, ...]
    contradictions: tuple[Contradiction, ...] = ()


class DocumentedName(Struct, frozen=True, kw_only=True):
    """What a README calls a setting or an option."""

    name: str
    is_text: bool = False
    """Whether its value is written as a text, although it is a number."""
    instead: str | None = None
    """What works where the name has no effect; absent if the name works."""


class Readmes:
    """The statements of all READMEs."""

    def __init__(
        self, statements: tuple[Statement, ...], contradictions: tuple[Contradiction, ...] = ()
    ) -> None:
        self.contradictions = contradictions
        """The places of READMEs that do not fit each other."""
        self._statements: dict[str, list[Statement]] = defaultdict(list)
        for each in statements:
            for fact in each.facts:
                self._statements[fact].append(each)

    @classmethod
    def load(cls, root: Path | None = None) -> Readmes:
        """The statements in a folder of schemas; by default the project's own.

        Raises:
            SuiteError: they are missing or cannot be read.
        """
        file = jsonfile.read((root or paths.schemas()) / "readmes.json", _File)
        return cls(file.statements, file.contradictions)

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """Every fact that a README states, sorted."""
        return tuple(sorted(self._statements))

    @cached_property
    def sdks(self) -> frozenset[str]:
        """The SDKs whose READMEs are known."""
        every = (each for stating in self._statements.values() for each in stating)
        return frozenset(sdk for each in every for sdk in each.since)

    def state(self, fact: str, sdk: str, release: Version | None) -> bool:
        """Whether the README of a release states a fact; without a release, the newest README."""
        return any(each.covers(sdk, release) for each in self._statements.get(fact, ()))

    def names(self, sdk: str, release: Version | None) -> dict[str, DocumentedName]:
        """What an SDK calls its settings and options, by fact, such as ``setting read_timeout``.

        If the README of the release does not state a fact, the README that comes next counts.
        """
        named = {
            fact: [each for each in stating if sdk in each.names]
            for fact, stating in self._statements.items()
        }
        nearest = {
            fact: _nearest(stating, sdk, release) for fact, stating in named.items() if stating
        }
        return {
            fact: DocumentedName(
                name=each.names[sdk], is_text=sdk in each.texts, instead=each.instead.get(sdk)
            )
            for fact, each in nearest.items()
        }


def _nearest(stating: Sequence[Statement], sdk: str, release: Version | None) -> Statement:
    covering = (each for each in stating if each.covers(sdk, release))
    later = (each for each in stating if release and release < Version(each.since[sdk]))
    return next(chain(covering, later, reversed(stating)))
