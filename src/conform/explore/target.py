"""Explores a prepared target: one selected property after another, each in its share of time."""

from __future__ import annotations

from collections.abc import Iterator
import time

from msgspec import Struct

from conform.core.errors import UsageError
from conform.engine.preparation import PreparedTarget
from conform.explore.properties import Topic, properties
from conform.explore.search import Explored, explore


class ExploreOptions(Struct, frozen=True, kw_only=True):
    """The properties to explore, and the limits of the search."""

    examples: int = 100
    """The number of situations of each property, without those of shrinking."""
    seed: int = 0
    """The seed of the random choices; the same seed makes the same choices."""
    about: Topic | None = None
    """The topic of the properties; None for all topics."""
    part: str = ""
    """A part of the ids of the properties."""
    seconds: float = 60
    """The time for all properties together."""


def explore_target(prepared: PreparedTarget, options: ExploreOptions) -> Iterator[Explored]:
    """The result of each selected property.

    Raises:
        UsageError: no property is selected.
    """
    known = properties(prepared.documentation.pages, prepared.catalog)
    chosen = [
        each for each in known if options.about in {None, each.about} and options.part in each.id
    ]
    if not chosen:
        ids = ", ".join(each.id for each in known)
        raise UsageError(
            "No property is selected.",
            why=f"The properties of {prepared.target.name} are {ids}.",
            fix="Name a part of one of these ids with -k.",
        )
    end = time.monotonic() + options.seconds
    for left, wanted in zip(range(len(chosen), 0, -1), chosen, strict=True):
        now = time.monotonic()
        yield explore(
            wanted,
            prepared.executor.execute,
            examples=options.examples,
            number=options.seed,
            until=now + (end - now) / left,
        )
