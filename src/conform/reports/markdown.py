"""Renders the short summary that a CI system shows on the page of a job."""

from __future__ import annotations

from collections.abc import Iterator
import re
from typing import Final

from conform.core.text import capitalised, counted
from conform.reports.evidence import sentence
from conform.reports.summary import CauseGroup, Summary, TargetSummary

MOST_CAUSES: Final = 20
"""How many causes of failures are listed for each target."""

_MARKUP: Final = re.compile(r"[\\`*{}\[\]<>|~#&@!$]|\b_|_\b")


def render(summary: Summary, *, strict: bool = False) -> str:
    """The result in one sentence, a table of the targets, and the first failures of each target."""
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
        yield from _target(target, strict=strict)


def _target(target: TargetSummary, *, strict: bool) -> Iterator[str]:
    yield ""
    yield f"### {_plain(target.name)}: {_plain(str(target.standing(strict=strict)))}"
    yield ""
    for paragraph in _paragraphs(target):
        yield paragraph
        yield ""
    groups = target.cause_groups
    yield from map(_failure, groups[:MOST_CAUSES])
    if left := sum(group.cases for group in groups[MOST_CAUSES:]):
        yield f"- and {counted(left, 'more case')} in the full report"


def _paragraphs(target: TargetSummary) -> Iterator[str]:
    run = target.run
    if run.terms:
        yield _plain(f"{capitalised(run.terms)}.")
    yield from map(_plain, run.notes)
    if problem := target.problem:
        yield f"Why: {_plain(problem.why, 1000)}"
        if problem.fix:
            yield f"What to do: {_plain(problem.fix, 1000)}"


def _failure(group: CauseGroup) -> str:
    return f"- {_code(group.first.case)}{group.note}: {_plain(group.first.reason)}"


def _code(text: str) -> str:
    return f"`{sentence(text).replace('`', '')}`"


def _plain(text: str, limit: int = 300) -> str:
    """A text on one line, without any Markdown, HTML or mention of a user."""
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", sentence(text, limit))
