"""Puts what was explored into lines of results, like those of any other case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
import re
from typing import Final

from msgspec.structs import replace

from conform.exploration.search import Explored, Finding
from conform.results import CaseLine, Line, RunLine
from conform.stand import Stand
from conform.verdicts import NotApplicable

_LONGEST_NAME: Final = 60


def lines(stand: Stand, explored: Iterable[Explored]) -> Iterator[Line]:
    """The line that opens the results of a target, and those of its properties."""
    cases = [line for each in explored for line in _lines(stand.target.name, each)]
    yield replace(
        RunLine.opening(stand.target.name, planned=len(cases)),
        adapter=stand.started.adapter,
        sdk=stand.started.sdk,
        runtime=stand.started.runtime,
        held_to=stand.pages.sentence,
        variant=stand.pages.variant,
        untried=stand.target.manifest.adapter.untried,
    )
    yield from cases


def _lines(target: str, explored: Explored) -> Iterator[CaseLine]:
    """One line of the property, with its first finding, and one for each further finding.

    The id of the property stays, so that two releases can be compared; that of a further finding
    says what kind of failure it is.
    """
    whole = explored.property.whole
    line = CaseLine.opening(target, whole)
    for index, finding in enumerate(explored.findings):
        case = f"{whole.id}/{_name(finding.kind)}" if index else whole.id
        yield _failed(replace(line, case=case), finding)
    if explored.findings:
        return
    match explored.stopped:
        case None:
            yield line
        case NotApplicable(reason=reason):
            yield replace(line, verdict="not-applicable", reason=reason)
        case fault:
            yield replace(line, verdict="error", blame="suite", reason=fault.reason)


def _failed(line: CaseLine, finding: Finding) -> CaseLine:
    return replace(
        line,
        level=finding.situation.case.level,
        verdict="fail",
        blame=finding.fail.blame,
        reason=finding.fail.reason,
        expected=finding.fail.expected,
        seen=finding.fail.seen,
        observation=finding.seen,
        seconds=finding.seen.seconds,
    )


def _name(kind: str) -> str:
    return re.sub(r"[^a-z0-9_]+", "-", kind.lower()).strip("-")[:_LONGEST_NAME] or "other"
