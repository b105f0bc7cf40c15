"""What descriptions mean: hashes of normalised text, kept by hand, and our ids for them.

No sentence of a page is kept. Two wordings of one meaning, a typing error among them, have one id;
one name with two meanings has two.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
import re

import msgspec
from msgspec import Struct

from conform.core import paths
from conform.documents.reader import fold

_CONDITION = re.compile(r"sent only if ([^.]+)\.", re.IGNORECASE)


def digest(description: str) -> str:
    """The SHA-256 of a description, in hex; white space, case and a last full stop aside."""
    return hashlib.sha256(fold(description).lower().rstrip(".").encode()).hexdigest()


def condition(description: str) -> str | None:
    """The clause that says when an attribute is sent; absent where it is always sent."""
    match = _CONDITION.match(description.strip())
    return match and match[1]


class Meanings(Struct, frozen=True, kw_only=True):
    """The hand-kept tables: hash of a description to id, hash of a condition to id."""

    meanings: dict[str, str] = {}
    conditions: dict[str, str] = {}
    misspelt: tuple[str, ...] = ()
    """Hashes of descriptions that hold a typing error."""

    @classmethod
    def load(cls, path: Path | None = None) -> Meanings:
        """The tables of ``schemas/meanings.json``, or of another file of that form."""
        return msgspec.json.decode(
            (path or paths.schemas() / "meanings.json").read_bytes(), type=cls
        )

    def of(self, description: str) -> str | None:
        """The id of what a description means; ``unknown-…`` where nobody has decided yet."""
        return _look_up(self.meanings, description)

    def is_misspelt(self, description: str) -> bool:
        """Whether a description is one that is known to hold a typing error."""
        return digest(description) in self.misspelt

    def only_if(self, description: str) -> str | None:
        """The id of the situation that a description limits an attribute to."""
        clause = condition(description)
        return clause and _look_up(self.conditions, clause)


def is_unknown(meaning: str | None) -> bool:
    """Whether a meaning still waits for a person to name it."""
    return meaning is not None and meaning.startswith("unknown-")


def _look_up(table: dict[str, str], text: str) -> str | None:
    if not text.strip():
        return None
    key = digest(text)
    return table.get(key, f"unknown-{key[:8]}")
