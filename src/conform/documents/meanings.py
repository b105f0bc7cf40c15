"""Maps descriptions to meanings: the hash of a normalised description to an id of ours.

People edit the table, and no sentence of a page is committed. Descriptions with the same meaning
have one id, also if one has a typing error. A name with two meanings has two ids.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
import re

from msgspec import Struct

from conform.core import jsonfile, paths
from conform.documents.reader import fold

_CONDITION = re.compile(r"sent only if ([^.]+)\.", re.IGNORECASE)


def digest(description: str) -> str:
    """The SHA-256 of a description, in hex, without white space, case and a final full stop."""
    return hashlib.sha256(fold(description).lower().rstrip(".").encode()).hexdigest()


def condition(description: str) -> str | None:
    """The clause that says when an attribute is sent; absent if it is always sent."""
    match = _CONDITION.match(description.strip())
    return match and match[1]


class Meanings(Struct, frozen=True, kw_only=True):
    """The tables: hash of a description to id, and hash of a condition to id."""

    meanings: dict[str, str] = {}
    conditions: dict[str, str] = {}
    misspelt: tuple[str, ...] = ()
    """Hashes of descriptions with a typing error."""

    @classmethod
    def load(cls, path: Path | None = None) -> Meanings:
        """The tables of ``schemas/meanings.json``, or of another file of the same form.

        Raises:
            SuiteError: the file is missing or is not valid.
        """
        return jsonfile.read(path or paths.schemas() / "meanings.json", cls)

    def of(self, description: str) -> str | None:
        """The id of the meaning of a description; ``unknown-…`` if nobody has decided on it."""
        return _look_up(self.meanings, description)

    def is_misspelt(self, description: str) -> bool:
        """Whether the table says that a description has a typing error."""
        return digest(description) in self.misspelt

    def only_if(self, description: str) -> str | None:
        """The id of the only situation in which an attribute is sent, from its description."""
        clause = condition(description)
        return clause and _look_up(self.conditions, clause)


def is_unknown(meaning: str | None) -> bool:
    """Whether a person must still decide on a meaning."""
    return meaning is not None and meaning.startswith("unknown-")


def _look_up(table: dict[str, str], text: str) -> str | None:
    if not text.strip():
        return None
    key = digest(text)
    return table.get(key, f"unknown-{key[:8]}")
