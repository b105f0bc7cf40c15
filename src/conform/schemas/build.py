"""Makes every generated schema file from its committed source, byte for byte the same each time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from conform.core import paths
from conform.core.errors import DriftError
from conform.schemas import derive
from conform.schemas.catalog import CatalogEntry, Index
from conform.schemas.files import VariantFiles, contents
from conform.schemas.source import SchemaSource, encode, path_of, write_whole

COMMAND: Final = "conform schemas build"
"""What makes the files anew."""

_HAND_KEPT: Final = frozenset({"session/names.json", "session/operations.json"})


def build(root: Path | None = None) -> dict[str, bytes]:
    """Every generated file, by its path below the folder of schemas.

    Facts are among them: a facts file is generated from itself, so that one that was edited by
    hand into another form shows up as drift.

    Raises:
        SuiteError: the source is missing or cannot be read.
    """
    source = SchemaSource.load(root or paths.schemas())
    files: dict[str, bytes] = {path_of(facts): encode(facts) for facts in source.facts}
    variants = source.variants()
    for name, (shape, _) in variants.items():
        made = contents(name, shape, source.glossary)
        files |= {path: encode(schema) for path, schema in made.items()}
    shapes = [(name, shape) for name, (shape, _) in variants.items()]
    files["session/reconciled.json"] = encode(derive.reconciled_schema("Session", shapes))
    files["catalog.json"] = encode(_index(source))
    return dict(sorted(files.items()))


def write(root: Path | None = None) -> list[str]:
    """Write every generated file that is not yet what its source generates; name those written.

    Generated files that nothing generates any more are removed.
    """
    root = root or paths.schemas()
    files = build(root)
    changed = _drifted(root, files)
    for name in changed:
        if name in files:
            write_whole(root / name, files[name])
        else:
            (root / name).unlink()
    return changed


def check(root: Path | None = None) -> int:
    """How many generated files are what their source generates: all of them.

    Raises:
        DriftError: some are not; it names them.
    """
    root = root or paths.schemas()
    files = build(root)
    if changed := _drifted(root, files):
        raise DriftError(
            f"{len(changed)} schema files are not what the facts generate.",
            why=f"They are {', '.join(changed)}.",
            fix=f"Run `{COMMAND}` and commit what it writes.",
        )
    return len(files)


def unnamed(root: Path | None = None) -> list[str]:
    """The names of variants that still wait for a person to name them."""
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


def _drifted(root: Path, files: Mapping[str, bytes]) -> list[str]:
    present = {
        path.relative_to(root).as_posix()
        for folder in ("facts/*", "session")
        for path in root.glob(f"{folder}/*.json")
    }
    stale = present - files.keys() - _HAND_KEPT
    wrong = {name for name, content in files.items() if _content(root / name) != content}
    return sorted(stale | wrong)


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
