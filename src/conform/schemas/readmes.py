"""Says what the README of an SDK release states, beside what its pages document."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import msgspec
from msgspec import Struct
from packaging.version import Version

from conform.core import paths
from conform.core.errors import SuiteError


class Statement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Facts that READMEs came to state with the same releases."""

    facts: tuple[str, ...]
    """Such as ``setting attempts`` or ``class not-found/user-not-found``."""
    since: dict[str, str]
    """By SDK, the first release whose README states them."""
    until: dict[str, str] = {}
    """By SDK, the first release whose README states them no more."""


class _File(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    source: str
    statements: tuple[Statement, ...]


class Readmes:
    """What all READMEs state, read once."""

    def __init__(self, statements: tuple[Statement, ...]) -> None:
        self._statements = {fact: each for each in statements for fact in each.facts}

    @classmethod
    def load(cls, root: Path | None = None) -> Readmes:
        """The statements of the folder of schemas.

        Raises:
            SuiteError: they are missing or cannot be read.
        """
        path = (root or paths.schemas()) / "readmes.json"
        try:
            return cls(msgspec.json.decode(path.read_bytes(), type=_File).statements)
        except (OSError, msgspec.MsgspecError) as error:
            raise SuiteError(
                f"{path} cannot be read.", why=f"{error}.", fix="Restore the file."
            ) from error

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """Every fact that any README states, sorted."""
        return tuple(sorted(self._statements))

    @cached_property
    def sdks(self) -> frozenset[str]:
        """The SDKs whose READMEs are known."""
        return frozenset(sdk for each in self._statements.values() for sdk in each.since)

    def state(self, fact: str, sdk: str, release: Version | None) -> bool:
        """Whether the README of a release states a fact; of the newest one where none is given."""
        statement = self._statements.get(fact)
        if statement is None or sdk not in statement.since:
            return False
        if release is None:
            return sdk not in statement.until
        if release < Version(statement.since[sdk]):
            return False
        return sdk not in statement.until or release < Version(statement.until[sdk])
