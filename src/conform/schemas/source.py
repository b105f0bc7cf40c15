"""The committed source that all schemas are made from: facts, names, glossary and endpoints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from packaging.version import Version

from conform.documents.facts import Facts
from conform.errors import SuiteError
from conform.schemas import shape
from conform.schemas.shape import Shape


class Source(Struct, frozen=True, kw_only=True):
    """What people and ``conform docs import`` wrote."""

    facts: tuple[Facts, ...]
    """One per page; by SDK, then by first release."""
    names: dict[str, str]
    """The name of each shape, by its digest."""
    glossary: dict[str, str]
    """One sentence of our own for each meaning."""

    @classmethod
    def load(cls, root: Path) -> Source:
        """What a folder of schemas holds.

        Raises:
            SuiteError: a file is missing or cannot be read.
        """
        return cls(
            facts=tuple(sorted(map(_facts, (root / "facts").glob("*/*.json")), key=_order)),
            names=_decode(root / "session" / "names.json", dict[str, str]),
            glossary=_decode(root / "glossary.json", dict[str, str]),
        )

    def name(self, digest: str) -> str:
        """The name of a shape; ``unnamed-…`` where nobody has named it yet."""
        return self.names.get(digest, f"unnamed-{digest[:8]}")

    def variants(self) -> dict[str, tuple[Shape, tuple[Facts, ...]]]:
        """Each variant by its name: its shape, and the pages that document it."""
        found: dict[str, tuple[Shape, tuple[Facts, ...]]] = {}
        for page in self.facts:
            documented = shape.of(page)
            name = self.name(documented.digest)
            _, pages = found.get(name, (documented, ()))
            found[name] = (documented, (*pages, page))
        return dict(sorted(found.items()))


def path_of(facts: Facts) -> str:
    """Where the facts of a page are committed, below the folder of schemas."""
    return f"facts/{facts.sdk}/{facts.releases[0].first}.json"


def encode(data: object) -> bytes:
    """The one way in which files are written: two spaces, UTF-8, a line end at the end."""
    return msgspec.json.format(msgspec.json.encode(data), indent=2) + b"\n"


def _order(facts: Facts) -> tuple[str, Version]:
    return facts.sdk, Version(facts.releases[0].first)


def _facts(path: Path) -> Facts:
    facts: Facts = _decode(path, Facts)
    return facts


def _decode(path: Path, kind: Any) -> Any:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError) as error:
        raise SuiteError(
            f"{path} cannot be read.", why=f"{error}.", fix="Restore the file."
        ) from error
