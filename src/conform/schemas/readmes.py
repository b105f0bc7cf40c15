"""Knows what the README of an SDK release states, in addition to the pages."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from msgspec import Struct
from packaging.version import Version

from conform.core import jsonfile, paths


class Statement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Facts that the same releases of the READMEs state."""

    facts: tuple[str, ...]
    """Such as ``setting attempts`` or ``class not-found/user-not-found``."""
    since: dict[str, str]
    """The first release whose README states them, by SDK."""
    until: dict[str, str] = {}
    """The first later release whose README no longer states them, by SDK."""


class _File(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    source: str
    statements: tuple[Statement, ...]


class Readmes:
    """The statements of all READMEs."""

    def __init__(self, statements: tuple[Statement, ...]) -> None:
        self._statements = {fact: each for each in statements for fact in each.facts}

    @classmethod
    def load(cls, root: Path | None = None) -> Readmes:
        """The statements in a folder of schemas; by default the project's own.

        Raises:
            SuiteError: they are missing or cannot be read.
        """
        return cls(jsonfile.read((root or paths.schemas()) / "readmes.json", _File).statements)

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """Every fact that a README states, sorted."""
        return tuple(sorted(self._statements))

    @cached_property
    def sdks(self) -> frozenset[str]:
        """The SDKs whose READMEs are known."""
        return frozenset(sdk for each in self._statements.values() for sdk in each.since)

    def state(self, fact: str, sdk: str, release: Version | None) -> bool:
        """Whether the README of a release states a fact; without a release, the newest README."""
        statement = self._statements.get(fact)
        if statement is None or sdk not in statement.since:
            return False
        if release is None:
            return sdk not in statement.until
        if release < Version(statement.since[sdk]):
            return False
        return sdk not in statement.until or release < Version(statement.until[sdk])
