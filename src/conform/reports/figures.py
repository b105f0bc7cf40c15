"""How many cases of a target came to what: one table for every report."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from conform.core.identity import Level
from conform.core.results import VerdictName


class Figure(Struct, frozen=True, kw_only=True):
    """One column of a table of targets."""

    name: str
    """A short word for machines, such as a class of HTML."""
    heading: str
    """Above a narrow column."""
    words: str
    """Behind the number."""
    verdict: VerdictName | None
    """What is counted; planned cases that never ended where there is none."""
    level: Level | None = None
    """At one level only."""
    always: bool = False
    """Whether it is shown where it is zero for every target."""


FIGURES: Final = (
    Figure(name="pass", heading="passed", words="passed", verdict="pass", always=True),
    Figure(
        name="fail",
        heading="failed",
        words="documented failed",
        verdict="fail",
        level="documented",
        always=True,
    ),
    Figure(
        name="security",
        heading="security",
        words="security failed",
        verdict="fail",
        level="security",
    ),
    Figure(
        name="convention",
        heading="conventions",
        words="conventions not followed",
        verdict="fail",
        level="convention",
    ),
    Figure(name="known", heading="known", words="known failures", verdict="known-failure"),
    Figure(
        name="inconclusive", heading="inconclusive", words="inconclusive", verdict="inconclusive"
    ),
    Figure(name="na", heading="n/a", words="not applicable", verdict="not-applicable"),
    Figure(name="unavailable", heading="unavailable", words="unavailable", verdict="unavailable"),
    Figure(name="error", heading="errors", words="suite errors", verdict="error"),
    Figure(name="missing", heading="missing", words="never ended", verdict=None),
)
"""What every report counts, in its order."""
