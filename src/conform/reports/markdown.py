"""Renders the short summary that a CI system shows on the page of a job."""

from __future__ import annotations

from collections.abc import Iterator
import re
from typing import Final

from conform.core.text import capitalised, counted
from conform.reports.causes import Cause, CauseGroup
from conform.reports.evidence import sentence
from conform.reports.summary import Summary, TargetSummary

MOST_CAUSES: Final = 20
"""How many causes of each group are listed for each target."""
MOST_CASES: Final = 20
"""How many cases of each cause are listed."""

_MARKUP: Final = re.compile(r"[\\`*{}\[\]<>|~#&@!$]|\b_|_\b")


def render(summary: Summary, *, strict: bool = False) -> str:
    """The result in one sentence, a table of the targets, and the causes of each target."""
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
    yield f"### {_plain(target.name)}: {_plain(target.verdict(strict=strict))}"
    yield ""
    for paragraph in _paragraphs(target):
        yield paragraph
        yield ""
    for group in target.groups:
        yield from _group(group)


def _group(group: CauseGroup) -> Iterator[str]:
    yield f"**{_plain(group.heading)}**"
    yield ""
    for cause in group.causes[:MOST_CAUSES]:
        yield from _cause(cause)
    if left := group.left_after(MOST_CAUSES):
        yield f"And {left} in the full report."
        yield ""


def _cause(cause: Cause) -> Iterator[str]:
    """A cause as a fold: GitHub reads Markdown inside it after an empty line."""
    yield f"<details><summary>{_plain(cause.title)} ({cause.extent})</summary>"
    yield ""
    yield _plain(cause.reason)
    yield ""
    yield from (f"- {_code(each.case)}" for each in cause.cases[:MOST_CASES])
    if left := len(cause.cases[MOST_CASES:]):
        yield f"- and {counted(left, 'more case')} in the full report"
    yield ""
    yield "</details>"
    yield ""


def _paragraphs(target: TargetSummary) -> Iterator[str]:
    run = target.run
    if run.terms:
        yield _plain(f"{capitalised(run.terms)}.")
    yield from map(_plain, target.notes)
    if problem := target.problem:
        yield f"Why: {_plain(problem.why, 1000)}"
        if problem.fix:
            yield f"What to do: {_plain(problem.fix, 1000)}"


def _code(text: str) -> str:
    return f"`{sentence(text).replace('`', '')}`"


def _plain(text: str, limit: int = 300) -> str:
    """A text on one line, without any Markdown, HTML or mention of a user."""
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", sentence(text, limit))
