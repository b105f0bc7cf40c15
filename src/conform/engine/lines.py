"""Makes the line of results of a case from what was seen in it.

A run and a later judgement of what it kept make their lines here, so that they are the same.
"""

from __future__ import annotations

from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from conform.cases.model import Case, Inapplicable, Planned
from conform.core.identity import Source
from conform.core.manifest import AdapterFolder
from conform.core.observations import NOTHING, Observation
from conform.core.results import CaseLine, SettledBy, now
from conform.engine.snippets import snippet
from conform.engine.spelling import Spelling
from conform.verdicts import (
    Errored,
    Fail,
    Inconclusive,
    KnownFailure,
    NotApplicable,
    OutdatedEntry,
    Pass,
    Verdict,
    cause_of,
    cause_of_doubt,
    judge,
)
from conform.verdicts.known import KnownList


class Settled(Struct, frozen=True, kw_only=True):
    """The verdict on a case that is not run, because it would only hang."""

    by: SettledBy
    verdict: Inconclusive


class Seen(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was seen in one case; nothing if the case does not apply to the target."""

    observation: Observation = NOTHING
    error: str = ""
    """Why nothing could be observed, as a sentence; empty if something was."""
    settled: Settled | None = None
    """What settled the case, if it was not run."""
    restarts: int = 0
    """How often the adapter was started again for the case."""


class JudgedCase(Struct, frozen=True, kw_only=True):
    """The verdict on one case, and its line of results."""

    verdict: Verdict
    line: CaseLine
    unlisted: CaseLine
    """The line as it is without a list of known failures, and without its snippet."""


class TargetJudge:
    """Judges what was seen in the cases of one target; it does nothing else.

    Args:
        target: the canonical name of the target.
        adapter: has the template of snippets.
        spelling: the SDK's own names, for snippets.
        known: the user's known failures that are about the target.
    """

    def __init__(
        self, target: str, adapter: AdapterFolder, spelling: Spelling, known: KnownList
    ) -> None:
        self._target = target
        self._adapter = adapter
        self._spelling = spelling
        self._known = known

    def judged(self, planned: Planned, seen: Seen) -> JudgedCase:
        """The verdict on what was seen in a case.

        Raises:
            UsageError: the template of snippets is not valid.
        """
        plain = _verdict(planned, seen)
        unlisted = line_of(self._target, planned, plain, seen.observation)
        verdict = self._known.applied(planned.id, plain, now().date())
        line = line_of(self._target, planned, verdict, seen.observation)
        by = seen.settled.by if seen.settled else None
        line = replace(line, restarts=seen.restarts, settled_by=by)
        if line.verdict == "fail" and isinstance(planned, Case):
            line = replace(line, snippet=snippet(planned, self._adapter, self._spelling))
        return JudgedCase(verdict=verdict, line=line, unlisted=unlisted)


def _verdict(planned: Planned, seen: Seen) -> Verdict:
    match planned:
        case Inapplicable(reason=reason):
            return NotApplicable(reason=reason)
        case Case() if seen.error:
            return Errored(reason=seen.error)
        case Case() if seen.settled:
            return seen.settled.verdict
        case Case():
            return judge(planned, seen.observation)
        case _:
            assert_never(planned)


def line_of(target: str, planned: Planned, verdict: Verdict, observation: Observation) -> CaseLine:
    """The line of a case that has its verdict."""
    line = CaseLine.opening(target, planned)
    line = replace(line, observation=observation, seconds=observation.seconds)
    match verdict:
        case Pass():
            return line
        case Fail():
            return _failed(line, verdict)
        case Inconclusive():
            return _unsaid(line, verdict)
        case KnownFailure(failure=listed, why=why):
            line = _failed(line, listed) if isinstance(listed, Fail) else _unsaid(line, listed)
            return replace(line, verdict="known-failure", known=why)
        case OutdatedEntry(place=place, reason=reason, failure=failure):
            outdated = _failed(line, failure) if failure else replace(line, verdict="fail")
            # What a user's list says counts, whatever the level of the case.
            return replace(
                outdated,
                level="documented",
                source=Source(kind="list", reference=place),
                reason=reason,
                blame=failure.blame if failure else "list",
                cause="The list of known failures has an outdated entry",
            )
        case NotApplicable(reason=reason):
            return replace(line, verdict="not-applicable", reason=reason)
        case Errored(reason=reason):
            return replace(line, verdict="error", blame="suite", reason=reason)
        case _:
            assert_never(verdict)


def _unsaid(line: CaseLine, verdict: Inconclusive) -> CaseLine:
    return replace(
        line,
        verdict="inconclusive",
        reason=verdict.reason,
        cause=cause_of_doubt(verdict),
        fingerprint=verdict.fingerprint(line.case),
    )


def _failed(line: CaseLine, failure: Fail) -> CaseLine:
    return replace(
        line,
        verdict="fail",
        level=failure.level or line.level,
        blame=failure.blame,
        reason=failure.reason,
        expected=failure.expected,
        seen=failure.seen,
        cause=cause_of(failure, line.suite, line.observation),
        fingerprint=failure.fingerprint(line.case),
    )
