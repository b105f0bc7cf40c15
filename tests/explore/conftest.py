"""Explores the reference client, correct and broken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec.structs import replace
import pytest

from conform.core import manifest, paths
from conform.core.manifest import AdapterFolder
from conform.engine.preparation import prepare
from conform.explore import Explored, ExploreOptions, explore_target
from conform.schemas.catalog import Catalog

Exploring = Callable[..., dict[str, Explored]]


@pytest.fixture
def break_client(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Replace the reference client by a broken one."""
    reference = manifest.named("http")

    def broken(*defects: str) -> None:
        program = str(Path(__file__).with_name("broken_client.py"))
        command = ("{python}", program, str(paths.adapters() / "http"), *defects)
        start = replace(reference.manifest.start, command=command)
        folder = AdapterFolder(reference.folder, replace(reference.manifest, start=start))
        monkeypatch.setattr(manifest, "named", lambda _: folder)

    return broken


@pytest.fixture
def exploring(break_client: Callable[..., None]) -> Exploring:
    """Explore the reference client with defects; gives the results by the id of the property."""

    def explore(*defects: str, **options: Any) -> dict[str, Explored]:
        if defects:
            break_client(*defects)
        chosen = ExploreOptions(**{"examples": 200, "seconds": 600, **options})
        with prepare("http", Catalog.load()) as prepared:
            explored = tuple(explore_target(prepared, chosen))
        return {each.property.id: each for each in explored}

    return explore
