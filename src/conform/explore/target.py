"""Explores a target that is in place: one chosen property after the other, each in its time."""

from __future__ import annotations

from collections.abc import Iterator
import time

from msgspec import Struct

from conform.core.errors import UsageError
from conform.engine.preparation import PreparedTarget
from conform.explore.properties import Topic, properties
from conform.explore.search import Explored, explore


class ExploreOptions(Struct, frozen=True, kw_only=True):
    """What is explored, and how far."""

    examples: int = 100
    """Situations of each property, not counting those of shrinking."""
    seed: int = 0
    """What the random choices begin with; the same one makes the same choices."""
    about: Topic | None = None
    """What the properties are about; everything without it."""
    part: str = ""
    """A part of the ids of the properties."""
    seconds: float = 60
    """How long all of them may take together."""


def explore_target(prepared: PreparedTarget, options: ExploreOptions) -> Iterator[Explored]:
    """What becomes of each property that is chosen.

    Raises:
        UsageError: no property is.
    """
    chosen = [
        each
        for each in properties(prepared.documentation.pages, prepared.catalog)
        if options.about in {None, each.about} and options.part in each.id
    ]
    if not chosen:
        known = ", ".join(
            each.id for each in properties(prepared.documentation.pages, prepared.catalog)
        )
        raise UsageError(
            "No property is chosen.",
            why=f"Those of {prepared.target.name} are {known}.",
            fix="Name a part of one of them with -k.",
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
