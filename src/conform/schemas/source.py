"""Reads and writes the committed source of all schemas: facts, names and glossary."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct
from packaging.version import Version

from conform.core import jsonfile, paths
from conform.core.generated import write_whole
from conform.documents.facts import Facts
from conform.schemas import shape
from conform.schemas.shape import Shape

Variants = dict[str, tuple[Shape, tuple[Facts, ...]]]
"""By name: the shape of a variant, and the pages that document it."""


class SchemaSource(Struct, frozen=True, kw_only=True):
    """The files that people and ``conform docs import`` write."""

    facts: tuple[Facts, ...]
    """One for each page, sorted by SDK and first release."""
    names: dict[str, str]
    """The name of each shape, by its digest."""
    glossary: dict[str, str]
    """One sentence of our own for each meaning."""

    @classmethod
    def load(cls, root: Path | None = None) -> SchemaSource:
        """The source in a folder of schemas; by default the project's own.

        Raises:
            SuiteError: a file is missing or cannot be read.
        """
        root = root or paths.schemas()
        return cls(
            facts=tuple(
                sorted(
                    (jsonfile.read(path, Facts) for path in (root / "facts").glob("*/*.json")),
                    key=_order,
                )
            ),
            names=jsonfile.read(root / "session" / "names.json", dict[str, str]),
            glossary=jsonfile.read(root / "glossary.json", dict[str, str]),
        )

    def name(self, digest: str) -> str:
        """The name of a shape; ``unnamed-…`` if it has none."""
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
    """The path of the facts of a page, below the folder of schemas."""
    return f"facts/{facts.sdk}/{facts.releases[0].first}.json"


def encode(data: object) -> bytes:
    """The bytes of a file: UTF-8, indented by two spaces, with a line end at its end."""
    return msgspec.json.format(msgspec.json.encode(data), indent=2) + b"\n"


def write_facts(sdk: str, facts: Iterable[Facts], root: Path | None = None) -> list[str]:
    """Replace the facts of an SDK's pages; return the files that changed.

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
