"""Describes findings as text for people; the same findings always give the same text."""

from __future__ import annotations

from collections.abc import Iterator
import re
import shlex
from typing import Final

from conform.core.escapes import visible
from conform.core.text import counted
from conform.explore.search import MOST_KINDS, Counterexample, Explored
from conform.explore.target import ExploreOptions
from conform.reports.evidence import observation_text, of_text, sentence
from conform.verdicts import Errored, NotApplicable

_VARYING: Final = re.compile(r"(?<=127\.0\.0\.1:)\d+|(?<=0x)[0-9a-f]{6,}")
"""Ports and memory addresses in texts of an SDK, which vary between runs."""


def describe(
    target: str, explored: Explored, options: ExploreOptions, *, verbose: bool = False
) -> str:
    """The result of one property as plain text of several lines, without control characters.

    Args:
        target: the name of the target in the command.
        explored: the result.
        options: the options of the command.
        verbose: whether to show the complete observation of each smallest situation.
    """
    return "\n".join(_lines(target, explored, options, verbose=verbose))


def _lines(
    target: str, explored: Explored, options: ExploreOptions, *, verbose: bool
) -> Iterator[str]:
    whole = explored.property.case
    yield f"{whole.id}  [{whole.level}]  {whole.title}"
    yield f"  {_outcome(explored)}"
    for finding in explored.findings:
        yield from _finding(finding, explored)
        yield f"    reproduce: {_command(target, explored, options)}"
        if verbose:
            lines = observation_text(finding.seen).splitlines()
            yield "".join(f"\n    | {line}" for line in lines) + "\n"


def _outcome(explored: Explored) -> str:
    kinds = len(explored.findings)
    failures = f"{counted(kinds, 'kind')} of failure" if kinds else "no failure"
    notes = [f"{counted(explored.tried, 'situation')} tried: {failures}"]
    match explored.stopped:
        case None:
            pass
        case NotApplicable(reason=reason):
            notes.append(f"not applicable: {sentence(reason)}")
        case Errored(reason=reason):
            notes.append(f"the suite failed: {sentence(reason)}")
    if explored.timed_out:
        notes.append("time ran out before all examples were tried")
    if kinds == MOST_KINDS:
        notes.append("the search ended there")
    return "; ".join(notes)


def _finding(finding: Counterexample, explored: Explored) -> Iterator[str]:
    level = finding.situation.case.level
    of_level = "" if level == explored.property.case.level else f" ({level})"
    once = "" if finding.reproduced else " It could not be reproduced."
    yield f"  - {sentence(_without_varying(finding.fail.reason))}{once}{of_level}"
    if finding.also:
        yield f"    also of:   {_one_line(', '.join(finding.also))}"
    yield f"    smallest:  {_one_line(finding.situation.given)}"
    yield f"    expected:  {_one_line(_without_varying(finding.fail.expected))}"
    yield f"    seen:      {_one_line(_without_varying(finding.fail.seen))}"


def _without_varying(text: str) -> str:
    return _VARYING.sub("…", text)


def _one_line(text: str) -> str:
    shown = of_text(text)
    note = f" [{shown.note}]" if shown.note else ""
    return visible(shown.text.replace("\n", "\\n").replace("\t", "\\t")) + note


def _command(target: str, explored: Explored, options: ExploreOptions) -> str:
    usual = ExploreOptions()
    limits = [
        ("--seed", options.seed, None),
        ("--examples", options.examples, usual.examples),
        ("--seconds", options.seconds, usual.seconds),
    ]
    words = [
        word
        for name, value, left_out in limits
        if value != left_out
        for word in (name, f"{value:g}")
    ]
    return shlex.join(["conform", "explore", target, *words, "-k", explored.property.id, "-v"])
