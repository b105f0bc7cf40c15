"""Writes the short summary that a CI system shows on the page of a job."""

from __future__ import annotations

from collections.abc import Iterator
import re
from typing import Final

from conform.reports.evidence import sentence
from conform.reports.summary import Likeness, Standing, Summary, TargetSummary, Unavailable

MOST_FAILURES: Final = 20
"""How many kinds of failure of a target are listed; the page of a job has no room for all."""

_MEANS_SOMETHING: Final = re.compile(r"[\\`*{}\[\]<>|~#&@!$]|\b_|_\b")


def render(summary: Summary, *, strict: bool = False) -> str:
    """The answer, one table of the targets, and each target's first failures."""
    return "\n".join(_lines(summary, strict=strict)) + "\n"


def _lines(summary: Summary, *, strict: bool) -> Iterator[str]:
    yield "## SDK conformance"
    yield ""
    yield f"**{_plain(summary.answer(strict=strict), 1000)}**"
    yield ""
    figures = summary.figures
    yield f"| target | {' | '.join(figure.heading for figure in figures)} |"
    yield f"|---|{'--:|' * len(figures)}"
    for target in summary.targets:
        numbers = ("all" if target.is_all(each) else str(target.figure(each)) for each in figures)
        yield f"| {_plain(target.name)} | {' | '.join(numbers)} |"
    for target in summary.targets:
        yield from _target(target, target.standing(strict=strict))


def _target(target: TargetSummary, standing: Standing) -> Iterator[str]:
    yield ""
    yield f"### {_plain(target.name)}: {_plain(str(standing))}"
    yield ""
    if target.run.terms:
        yield _plain(target.run.terms[:1].upper() + target.run.terms[1:])
        yield ""
    if target.run.untried:
        yield _plain(target.run.untried)
        yield ""
    if target.run.error:
        yield f"Why: {_plain(str(target.run.error), 1000)}"
        yield ""
    if isinstance(standing, Unavailable):
        yield f"Why: {_plain(standing.reason, 1000)}"
        yield ""
        if standing.fix:
            yield f"What to do: {_plain(standing.fix, 1000)}"
            yield ""
    listed = target.likenesses
    yield from (_failure(likeness) for likeness in listed[:MOST_FAILURES])
    if left := sum(likeness.cases for likeness in listed[MOST_FAILURES:]):
        yield f"- and {left:,} more, in the full report"


def _failure(likeness: Likeness) -> str:
    failure, others = likeness.first, likeness.cases - 1
    level = "" if failure.level == "documented" else f" ({failure.level})"
    more = f" and {others:,} like it" if others else ""
    return f"- {_code(failure.case)}{level}{more}: {_plain(failure.reason)}"


def _code(text: str) -> str:
    return f"`{sentence(text).replace('`', '')}`"


def _plain(text: str, limit: int = 300) -> str:
    """A text on one line in which nothing is Markdown, HTML or a mention of somebody."""
    return _MEANS_SOMETHING.sub(lambda found: f"&#{ord(found[0])};", sentence(text, limit))
