"""Makes every generated schema file from its committed source, always with the same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from conform.core import paths
from conform.core.generated import GeneratedFiles
from conform.schemas import derive
from conform.schemas.catalog import CatalogEntry, Index
from conform.schemas.files import VariantFiles, contents
from conform.schemas.source import SchemaSource, encode, path_of

_WRITTEN: Final = frozenset({"session/names.json", "session/operations.json"})


def schema_files(root: Path | None = None) -> GeneratedFiles:
    """Every file that the facts generate, in the folder of schemas.

    This includes the files of facts: each is generated from itself, so that another formatting of
    it is drift.

    Raises:
        SuiteError: a file of the source is missing or cannot be read.
    """
    root = root or paths.schemas()
    source = SchemaSource.load(root)
    files: dict[str, bytes] = {path_of(facts): encode(facts) for facts in source.facts}
    variants = source.variants()
    for name, (shape, _) in variants.items():
        made = contents(name, shape, source.glossary)
        files |= {path: encode(schema) for path, schema in made.items()}
    shapes = [(name, shape) for name, (shape, _) in variants.items()]
    files["session/reconciled.json"] = encode(derive.reconciled_schema("Session", shapes))
    files["catalog.json"] = encode(_index(source))
    present = {
        path.relative_to(root).as_posix()
        for folder in ("facts/*", "session")
        for path in root.glob(f"{folder}/*.json")
    }
    return GeneratedFiles(
        root=root,
        wanted=dict(sorted(files.items())),
        present=present - _WRITTEN,
        noun="schema file",
        source="the facts",
        command="conform schemas build",
    )


def unnamed(root: Path | None = None) -> list[str]:
    """The variants that a person must still name."""
    names = SchemaSource.load(root or paths.schemas()).variants()
    return [name for name in names if name.startswith("unnamed-")]


def _index(source: SchemaSource) -> Index:
    variants = source.variants()
    named = {id(page): name for name, (_, pages) in variants.items() for page in pages}
    return Index(
        resource="session",
        variants={name: VariantFiles.of(name, shape) for name, (shape, _) in variants.items()},
        pages=tuple(
            CatalogEntry(
                sdk=page.sdk,
                releases=page.releases,
                variant=named[id(page)],
                facts=path_of(page),
            )
            for page in source.facts
        ),
    )
