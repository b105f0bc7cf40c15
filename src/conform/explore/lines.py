"""Makes events and lines of results from findings, in the same form as for every other case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
import re
from typing import Final

from msgspec.structs import replace

from conform.core.results import CaseLine
from conform.engine.events import CaseEnded, Event, RunEnded, TargetBegan
from conform.engine.preparation import PreparedTarget
from conform.explore.search import Counterexample, Explored
from conform.verdicts import Errored, NotApplicable, cause_of

_LONGEST_NAME: Final = 60


def events(
    prepared: PreparedTarget, explored: Iterable[Explored], seconds: float
) -> Iterator[Event]:
    """The events of a run that has explored a target.

    Args:
        prepared: the target.
        explored: the result of each property.
        seconds: the duration.
    """
    cases = tuple(line for each in explored for line in _lines(prepared.target.name, each))
    opening = prepared.opening(planned=len(cases))
    yield TargetBegan(run=opening)
    for line in cases:
        yield CaseEnded(line=line)
    yield RunEnded(lines=(opening, *cases), seconds=seconds)


def _lines(target: str, explored: Explored) -> Iterator[CaseLine]:
    """One line for a property with its first finding, and one line for each further finding.

    The first line has the id of the property, so that two releases can be compared. The id of a
    further line names the kind of failure.
    """
    whole = explored.property.case
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
        case Errored(reason=reason):
            yield replace(line, verdict="error", blame="suite", reason=reason)


def _failed(line: CaseLine, finding: Counterexample) -> CaseLine:
    return replace(
        line,
        level=finding.situation.case.level,
        verdict="fail",
        blame=finding.fail.blame,
        reason=finding.fail.reason,
        expected=finding.fail.expected,
        seen=finding.fail.seen,
        cause=cause_of(finding.fail, line.suite, finding.seen),
        observation=finding.seen,
        seconds=finding.seen.seconds,
    )


def _name(kind: str) -> str:
    return re.sub(r"[^a-z0-9_]+", "-", kind.lower()).strip("-")[:_LONGEST_NAME] or "other"
