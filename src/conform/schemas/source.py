"""The committed source that all schemas are made from: facts, names, glossary and endpoints."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from packaging.version import Version

from conform.core import paths
from conform.core.errors import SuiteError
from conform.core.generated import write_whole
from conform.documents.facts import Facts
from conform.schemas import shape
from conform.schemas.shape import Shape

Variants = dict[str, tuple[Shape, tuple[Facts, ...]]]
"""By name: the shape of a variant, and the pages that document it."""


class SchemaSource(Struct, frozen=True, kw_only=True):
    """What people and ``conform docs import`` wrote."""

    facts: tuple[Facts, ...]
    """One per page; by SDK, then by first release."""
    names: dict[str, str]
    """The name of each shape, by its digest."""
    glossary: dict[str, str]
    """One sentence of our own for each meaning."""

    @classmethod
    def load(cls, root: Path | None = None) -> SchemaSource:
        """What a folder of schemas holds; the project's own without one.

        Raises:
            SuiteError: a file is missing or cannot be read.
        """
        root = root or paths.schemas()
        return cls(
            facts=tuple(sorted(map(_facts, (root / "facts").glob("*/*.json")), key=_order)),
            names=_decode(root / "session" / "names.json", dict[str, str]),
            glossary=_decode(root / "glossary.json", dict[str, str]),
        )

    def name(self, digest: str) -> str:
        """The name of a shape; ``unnamed-…`` where nobody has named it yet."""
        return self.names.get(digest, f"unnamed-{digest[:8]}")

    def variants(self) -> Variants:
        """Each variant by its name: its shape, and the pages that document it."""
        found: Variants = {}
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


def write_facts(sdk: str, facts: Iterable[Facts], root: Path | None = None) -> list[str]:
    """Commit the facts of an SDK's pages in place of those known before; name what changed.

    Raises:
        UsageError: the folder cannot be written.
    """
    root = root or paths.schemas()
    files = {path_of(page): encode(page) for page in facts}
    known = {path.relative_to(root).as_posix() for path in (root / "facts" / sdk).glob("*.json")}
    changed = [name for name, content in files.items() if write_whole(root / name, content)]
    for name in known - files.keys():
        (root / name).unlink()
        changed.append(name)
    return sorted(changed)


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
