"""Runs one target from its name to its results: what pytest does for each case."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Self, assert_never

from msgspec.structs import replace
from packaging.version import Version

from conform.cases.model import Case, Inapplicable, Planned
from conform.core import manifest
from conform.core.errors import AdapterError, ConformError, TargetUnavailableError
from conform.core.identity import Source
from conform.core.observations import NOTHING, Observation
from conform.core.results import CaseLine, Line, RunError, RunLine, encode, now
from conform.engine.hangs import Hangs, Settled
from conform.engine.preparation import PreparedTarget, prepare
from conform.engine.snippets import snippet
from conform.schemas.catalog import Catalog
from conform.targets import names
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
from conform.verdicts.known import KnownList, read


class Worker:
    """One target, its cases, and the file that its results go to.

    Use it as a context manager.

    Args:
        name: the target, such as ``python==1.0.17``.
        results: the file that its JSON Lines are appended to.
        known: the user's list of known failures.
        cases_as_of: a suite version; cases that are newer are left out.

    Raises:
        OSError: the file cannot be written.
    """

    def __init__(
        self, name: str, results: Path, *, known: Path | None = None, cases_as_of: str = ""
    ) -> None:
        self._run = RunLine.opening(name)
        self._known_file = known
        self._known = KnownList()
        self._as_of = Version(cases_as_of) if cases_as_of else None
        self._stack = ExitStack()
        self._file = results.open("ab", buffering=0)
        self._has_failed = False
        self._prepared: PreparedTarget | None = None
        self._hangs: Hangs | None = None
        self._cases: tuple[Planned, ...] = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the target; an adapter that does not stop as it should is an error of the run."""
        with self._file:
            try:
                self._stack.close()
            except AdapterError as error:
                if not self._has_failed:
                    self.fail(error, after_cases=True)

    @property
    def descriptor(self) -> int:
        """The descriptor of the file of results."""
        return self._file.fileno()

    def prepare(self) -> None:
        """Install and start the target and plan its cases; it may turn out to be unavailable.

        Raises:
            ConformError: the name or the list of known failures is not valid, or the suite failed.
        """
        name = self._run.target
        known = read(self._known_file) if self._known_file else KnownList()
        about = manifest.named(names.sdk(name).sdk).manifest.adapter
        self._run = replace(self._run, untried=about.untried)
        try:
            prepared = self._stack.enter_context(prepare(name, Catalog.load()))
        except (TargetUnavailableError, AdapterError) as error:
            self._run = replace(self._run, unavailable=error.reason, fix=error.fix)
            return
        self._prepared, self._cases = prepared, prepared.cases
        self._hangs = Hangs(prepared.executor)
        self._known = known.about(about.name, prepared.release)
        # Only now are the cases known that the target's own page adds.
        self._known.check({case.id for case in self._cases})
        self._run = prepared.opening(planned=0)

    def planned(self, suite: str) -> tuple[Planned, ...]:
        """The cases of a suite; none where the target is unavailable."""
        return tuple(
            case for case in self._cases if case.suite == suite and not self._is_newer(case)
        )

    def begin(self, count: int, selection: str = "") -> None:
        """Open the results with what is about to be run.

        Args:
            count: how many cases were chosen.
            selection: the options that chose them, in words.
        """
        self._run = replace(
            self._run,
            planned=count,
            total=len(self._cases),
            selection=selection,
            cases_as_of=str(self._as_of or ""),
            newer_cases=sum(map(self._is_newer, self._cases)),
        )
        self._write(self._run)

    def check(self, planned: Planned) -> Verdict:
        """Execute and judge one case, and write its line.

        Raises:
            ConformError: the suite failed, and no later case can be trusted.
        """
        observation, restarts = NOTHING, self._restarts
        settled: Settled | None = None
        verdict: Verdict
        match planned:
            case Inapplicable(reason=reason):
                verdict = NotApplicable(reason=reason)
            case Case():
                assert self._prepared is not None
                assert self._hangs is not None
                try:
                    if settled := self._hangs.settle(planned):
                        verdict = settled.verdict
                    else:
                        observation = self._prepared.executor.execute(planned)
                        self._hangs.learn(planned, observation)
                        verdict = judge(planned, observation)
                    verdict = self._known.applied(planned.id, verdict, now().date())
                except AdapterError as error:
                    verdict = Errored(reason=error.reason)
            case _:
                assert_never(planned)
        line = line_of(self._run.target, planned, verdict, observation)
        line = replace(
            line,
            restarts=self._restarts - restarts,
            settled_by=settled.by if settled else None,
        )
        if line.verdict == "fail" and isinstance(planned, Case) and self._prepared is not None:
            adapter = manifest.named(self._prepared.target.manifest.adapter.name)
            code = snippet(planned, adapter, self._prepared.spelling)
            line = replace(line, snippet=code)
        self._write(line)
        return verdict

    def fail(self, error: ConformError, *, after_cases: bool = False) -> None:
        """End the results with an error.

        Args:
            error: the error.
            after_cases: whether every case had ended before it.
        """
        self._has_failed = True
        self._write(replace(self._run, error=RunError.of(error, after_cases=after_cases)))

    @property
    def _restarts(self) -> int:
        return self._prepared.executor.restarts if self._prepared else 0

    def _is_newer(self, case: Planned) -> bool:
        return self._as_of is not None and case.is_newer_than(self._as_of)

    def _write(self, line: Line) -> None:
        self._file.write(encode(line))


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
