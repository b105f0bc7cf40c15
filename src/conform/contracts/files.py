"""Makes the committed Pact files, one for each SDK and variant."""

from __future__ import annotations

from pathlib import Path

from conform.cases.interactions import consumer
from conform.contracts.pacts import text_of
from conform.core import paths
from conform.core.generated import GeneratedFiles
from conform.schemas.catalog import Catalog


def contract_files(catalog: Catalog, folder: Path | None = None) -> GeneratedFiles:
    """Every contract that the schemas generate, in a folder; by default the project's own."""
    root = folder or paths.contracts()
    return GeneratedFiles(
        root=root,
        wanted={
            f"{consumer(page)}.json": text_of(page, catalog).encode()
            for page in catalog.newest_pages()
        },
        present=[path.name for path in root.glob("*.json")],
        noun="contract",
        source="the schemas",
        command="conform contracts build",
    )
