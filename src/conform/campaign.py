"""One target from its name to its results: what the pytest process of a target does."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Self, assert_never

from msgspec.structs import replace
from packaging.version import Version

from conform.cases.model import Case, Inapplicable, Planned, Source
from conform.errors import AdapterError, ConformError, TargetUnavailableError
from conform.execution import Spelling
from conform.known import KnownFailures, fingerprint, read
from conform.observations import NOTHING, Observation
from conform.results import CaseLine, Line, RunLine, encode, now
from conform.schemas.catalog import Catalog
from conform.snippets import snippet
from conform.stand import Stand, named, set_up
from conform.targets import manifest as manifests
from conform.verdicts import (
    Fail,
    Fault,
    Known,
    NotApplicable,
    Outdated,
    Pass,
    Unavailable,
    Verdict,
    judge,
)


class Campaign:
    """A target that is being held to its page: adapter, gateway, cases and results.

    Use it as a context manager.

    Args:
        name: the target, such as ``python==1.0.17``.
        results: the file that its JSON Lines are appended to.
        known: the user's list of known failures.
        as_of: a suite version; cases that are newer are left aside.

    Raises:
        UsageError: the name is of nothing that exists, or the list is none.
        OSError: the file cannot be written.
    """

    def __init__(
        self, name: str, results: Path, *, known: Path | None = None, as_of: str = ""
    ) -> None:
        self._catalog = Catalog.load()
        self._known = read(known) if known else KnownFailures()
        self._as_of = as_of
        self._name = name
        self._about = manifests.named(named(name).sdk).manifest.adapter
        self._stack = ExitStack()
        self._file = self._stack.enter_context(results.open("ab", buffering=0))
        self._stand: Stand | None = None
        self._cases: tuple[Planned, ...] = ()
        self._unavailable: ConformError | None = None
        try:
            stand = self._stack.enter_context(set_up(name, self._catalog))
            self._cases = stand.pages.plan(self._catalog, stand.subject)
            self._known = self._known.about(*_release(stand))
            self._stand, self._name = stand, stand.target.name
        except (TargetUnavailableError, AdapterError) as error:
            self._unavailable = error
        except BaseException:
            self._stack.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def planned(self, suite: str) -> tuple[Planned, ...]:
        """The cases of a suite; none where the target is unavailable."""
        return tuple(
            case for case in self._cases if case.suite == suite and not self._is_newer(case)
        )

    def begin(self, count: int) -> None:
        """Open the results with what is about to be run."""
        aside = sum(map(self._is_newer, self._cases))
        line = RunLine.opening(self._name, planned=count)
        line = replace(line, as_of=self._as_of, aside=aside, untried=self._about.untried)
        if (stand := self._stand) is not None:
            line = replace(
                line,
                adapter=stand.started.adapter,
                sdk=stand.started.sdk,
                runtime=stand.started.runtime,
                held_to=stand.pages.sentence,
                variant=stand.pages.variant,
            )
        if (error := self._unavailable) is not None:
            why = f"{error.what} {error.why}".strip()
            line = replace(line, unavailable=why, fix=error.fix)
        self._write(line)

    def hold(self, planned: Planned) -> Verdict:
        """Execute and judge one case, and write its line."""
        observation = NOTHING
        verdict: Verdict
        match planned:
            case Inapplicable(reason=reason):
                verdict = NotApplicable(reason=reason)
            case Case():
                assert self._stand is not None
                try:
                    observation = self._stand.bench.execute(planned)
                    verdict = judge(planned, observation)
                    verdict = self._known.applied(planned.id, verdict, now().date())
                except AdapterError as error:
                    verdict = Fault(reason=f"{error.what} {error.why}")
            case _:
                assert_never(planned)
        line = _line(self._name, planned, verdict, observation)
        if line.verdict == "fail" and isinstance(planned, Case) and self._stand is not None:
            manifest, page = self._stand.target.manifest, self._stand.pages.spelled_by
            code = snippet(planned, manifest, Spelling(manifest.naming, page))
            line = replace(line, snippet=code)
        self._write(line)
        return verdict

    def _is_newer(self, case: Planned) -> bool:
        return bool(self._as_of) and Version(case.since) > Version(self._as_of)

    def _write(self, line: Line) -> None:
        self._file.write(encode(line))


def _release(stand: Stand) -> tuple[str, str]:
    """The SDK of a target, and the release of it that is here."""
    return stand.target.manifest.adapter.name, stand.target.release or stand.started.sdk.version


def _line(target: str, planned: Planned, verdict: Verdict, observation: Observation) -> CaseLine:
    line = CaseLine.opening(target, planned)
    line = replace(line, observation=observation, seconds=observation.seconds)
    match verdict:
        case Pass():
            return line
        case Fail():
            return _failed(line, verdict)
        case Known(failure=failure, why=why):
            return replace(_failed(line, failure), verdict="known-failure", known=why)
        case Outdated(place=place, reason=reason, failure=failure):
            passed = Fail(blame="list", reason="", expected="the failure that is listed", seen="")
            # What a user's list says counts, whatever the level of the case.
            return replace(
                _failed(line, failure or passed),
                level="documented",
                source=Source(kind="list", reference=place),
                reason=reason,
            )
        case NotApplicable(reason=reason):
            return replace(line, verdict="not-applicable", reason=reason)
        case Unavailable(reason=reason):
            return replace(line, verdict="unavailable", reason=reason)
        case Fault(reason=reason):
            return replace(line, verdict="error", blame="suite", reason=reason)
        case _:
            assert_never(verdict)


def _failed(line: CaseLine, failure: Fail) -> CaseLine:
    return replace(
        line,
        verdict="fail",
        blame=failure.blame,
        reason=failure.reason,
        expected=failure.expected,
        seen=failure.seen,
        fingerprint=fingerprint(line.case, failure.expected, failure.reason),
    )
