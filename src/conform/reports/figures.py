"""Defines the figures of a target that every report shows: cases by verdict and level."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from conform.core.identity import Level
from conform.core.results import VerdictName


class Figure(Struct, frozen=True, kw_only=True):
    """One column of a table of targets."""

    name: str
    """A short word for programs; the class in HTML."""
    heading: str
    """The heading of a column."""
    words: str
    """The words after the number."""
    verdict: VerdictName | None
    """The verdict of the counted cases; None counts the planned cases that never ended."""
    level: Level | None = None
    """The level of the counted cases; None counts every level."""
    always: bool = False
    """Whether it is shown even if it is zero for every target."""


FIGURES: Final = (
    Figure(name="pass", heading="passed", words="passed", verdict="pass", always=True),
    Figure(
        name="fail",
        heading="failed",
        words="failed (documented)",
        verdict="fail",
        level="documented",
        always=True,
    ),
    Figure(
        name="security",
        heading="security",
        words="failed (security)",
        verdict="fail",
        level="security",
    ),
    Figure(
        name="convention",
        heading="conventions",
        words="failed (convention)",
        verdict="fail",
        level="convention",
    ),
    Figure(name="known", heading="known", words="known to fail", verdict="known-failure"),
    Figure(
        name="inconclusive", heading="inconclusive", words="inconclusive", verdict="inconclusive"
    ),
    Figure(name="na", heading="n/a", words="not applicable", verdict="not-applicable"),
    Figure(name="unavailable", heading="unavailable", words="unavailable", verdict="unavailable"),
    Figure(name="error", heading="errors", words="ended in an error", verdict="error"),
    Figure(name="missing", heading="missing", words="never ended", verdict=None),
)
"""All figures, in the order of every report."""
