"""Keeps the committed Pact files the ones that the schemas generate."""

from __future__ import annotations

from pathlib import Path

from conform.cases.interactions import consumer
from conform.contracts.pacts import text_of
from conform.core.errors import DriftError
from conform.schemas.catalog import Catalog


def build(catalog: Catalog) -> dict[str, str]:
    """The text of every contract by file name: one for each SDK and variant."""
    return {
        f"{consumer(reference)}.json": text_of(reference, catalog)
        for reference in catalog.newest_pages()
    }


def write(catalog: Catalog, folder: Path) -> tuple[str, ...]:
    """Write every contract, drop what is no longer generated, and give the names that changed."""
    wanted = build(catalog)
    changed = []
    for path in sorted(folder.glob("*.json")):
        if path.name not in wanted:
            path.unlink()
            changed.append(path.name)
    for name, text in wanted.items():
        path = folder / name
        if not path.is_file() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            changed.append(name)
    return tuple(sorted(changed))


def check(catalog: Catalog, folder: Path) -> int:
    """Compare every committed contract with what is generated, byte for byte.

    Returns:
        How many were compared.

    Raises:
        DriftError: one differs, is missing, or is no longer generated.
    """
    wanted = build(catalog)
    found = {path.name: path.read_text("utf-8") for path in folder.glob("*.json")}
    drifted = sorted(n for n in wanted.keys() | found.keys() if wanted.get(n) != found.get(n))
    if drifted:
        raise DriftError(
            f"{len(drifted)} of {len(wanted)} contracts are not what the schemas generate.",
            why=f"They differ: {', '.join(drifted)}.",
            fix="Run conform contracts build, and look at the difference before committing it.",
        )
    return len(wanted)
