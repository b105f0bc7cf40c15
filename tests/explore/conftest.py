"""Explores the control, and siblings of it that deviate."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec.structs import replace
import pytest

from conform.core import manifest, paths
from conform.core.manifest import AdapterFolder
from conform.engine.preparation import prepare
from conform.explore.search import Explored
from conform.explore.target import ExploreOptions, explore_target
from conform.schemas.catalog import Catalog

Exploring = Callable[..., dict[str, Explored]]


@pytest.fixture
def deviating(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts a sibling in the place of the control."""
    control = manifest.named("http")

    def put(*deviations: str) -> None:
        sibling = str(Path(__file__).with_name("sibling.py"))
        command = ("{python}", sibling, str(paths.adapters() / "http"), *deviations)
        start = replace(control.manifest.start, command=command)
        folder = AdapterFolder(control.folder, replace(control.manifest, start=start))
        monkeypatch.setattr(manifest, "named", lambda _: folder)

    return put


@pytest.fixture
def exploring(deviating: Callable[..., None]) -> Exploring:
    """What becomes of each property, by its id, with a sibling of the control."""

    def explore(*deviations: str, **choice: Any) -> dict[str, Explored]:
        if deviations:
            deviating(*deviations)
        catalog = Catalog.load()
        wanted = ExploreOptions(**{"examples": 200, "seconds": 600, **choice})
        with prepare("http", catalog) as stand:
            found = tuple(explore_target(stand, catalog, wanted))
        return {each.property.id: each for each in found}

    return explore
