"""Tells a person what random situations found, the same way each time the same was found."""

from __future__ import annotations

from collections.abc import Iterator
import re
import shlex
from typing import Final

from conform.core.escapes import visible
from conform.core.text import counted
from conform.explore.search import MOST_KINDS, Counterexample, Explored
from conform.explore.target import ExploreOptions
from conform.reports.evidence import of_text, sentence, story
from conform.verdicts import NotApplicable

_FLEETING: Final = re.compile(r"(?<=127\.0\.0\.1:)\d+|(?<=0x)[0-9a-f]{6,}")
"""Ports and addresses in what an SDK says, which are others each time."""


def told(target: str, explored: Explored, choice: ExploreOptions, *, verbose: bool = False) -> str:
    """What became of one property, as plain text of many lines, without control characters.

    Args:
        target: as it is named in the command.
        explored: what became of it.
        choice: what was asked for.
        verbose: everything is shown that was seen in the smallest situation of each failure.
    """
    return "\n".join(_lines(target, explored, choice, verbose=verbose))


def _lines(
    target: str, explored: Explored, choice: ExploreOptions, *, verbose: bool
) -> Iterator[str]:
    whole = explored.property.whole
    yield f"{whole.id}  [{whole.level}]  {whole.title}"
    yield f"  {_outcome(explored)}"
    for finding in explored.findings:
        yield from _finding(finding, explored)
        yield f"    again:    {_again(target, explored, choice)}"
        if verbose:
            yield "".join(f"\n    | {line}" for line in story(finding.seen).splitlines()) + "\n"


def _outcome(explored: Explored) -> str:
    kinds = len(explored.findings)
    said = f"{counted(kinds, 'kind')} of failure" if kinds else "no failure"
    notes = [f"{counted(explored.tried, 'situation')} tried: {said}"]
    match explored.stopped:
        case None:
            pass
        case NotApplicable(reason=reason):
            notes.append(f"not applicable: {sentence(reason)}")
        case fault:
            notes.append(f"the suite failed: {sentence(fault.reason)}")
    if explored.late:
        notes.append("time ran out before all was tried")
    if kinds == MOST_KINDS:
        notes.append("others were not looked for")
    return "; ".join(notes)


def _finding(finding: Counterexample, explored: Explored) -> Iterator[str]:
    level = finding.situation.case.level
    aside = "" if level == explored.property.whole.level else f" ({level})"
    once = "" if finding.steady else " It did not happen again."
    yield f"  - {sentence(_lasting(finding.fail.reason))}{once}{aside}"
    if finding.also:
        yield f"    also of:  {_one_line(', '.join(finding.also))}"
    yield f"    smallest: {_one_line(finding.situation.given)}"
    yield f"    expected: {_one_line(_lasting(finding.fail.expected))}"
    yield f"    seen:     {_one_line(_lasting(finding.fail.seen))}"


def _lasting(text: str) -> str:
    return _FLEETING.sub("…", text)


def _one_line(text: str) -> str:
    shown = of_text(text)
    note = f" [{shown.note}]" if shown.note else ""
    return visible(shown.text.replace("\n", "\\n").replace("\t", "\\t")) + note


def _again(target: str, explored: Explored, choice: ExploreOptions) -> str:
    usual = ExploreOptions()
    limits = [
        ("--seed", choice.seed, None),
        ("--examples", choice.examples, usual.examples),
        ("--seconds", choice.seconds, usual.seconds),
    ]
    options = [
        word
        for name, value, left_out in limits
        if value != left_out
        for word in (name, f"{value:g}")
    ]
    return shlex.join(["conform", "explore", target, *options, "-k", explored.property.id, "-v"])
