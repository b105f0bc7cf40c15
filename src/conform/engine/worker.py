"""Runs one target from its name to its results: what pytest does for each case."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Self

from msgspec.structs import replace
from packaging.version import Version

from conform.cases.model import Case, Planned
from conform.core import manifest
from conform.core.errors import AdapterError, ConformError, TargetUnavailableError
from conform.core.results import Line, RunError, RunLine, encode
from conform.engine.digests import CaseDigests
from conform.engine.hangs import Hangs
from conform.engine.kept import KeptCase, KeptFile, KeptTarget, KeptVerdict, file_name
from conform.engine.lines import Seen, TargetJudge
from conform.engine.preparation import PreparedTarget, prepare
from conform.schemas.catalog import Catalog
from conform.targets import names
from conform.verdicts import Verdict
from conform.verdicts.known import KnownList, read


class Worker:
    """One target, its cases, and the file that its results go to.

    Use it as a context manager.

    Args:
        name: the target, such as ``python==1.0.17``.
        results: the file that its JSON Lines are appended to.
        known: the user's list of known failures.
        cases_as_of: a suite version; cases that are newer are left out.
        keep: the folder for the file of kept observations; without it, none are kept.

    Raises:
        OSError: the file cannot be written.
    """

    def __init__(
        self,
        name: str,
        results: Path,
        *,
        known: Path | None = None,
        cases_as_of: str = "",
        keep: Path | None = None,
    ) -> None:
        self._run = RunLine.opening(name)
        self._known_file = known
        self._as_of = Version(cases_as_of) if cases_as_of else None
        self._stack = ExitStack()
        self._file = results.open("ab", buffering=0)
        self._has_failed = False
        self._target: _Target | None = None
        self._cases: tuple[Planned, ...] = ()
        self._keep = keep
        self._kept: KeptFile | None = None

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
        self._cases = prepared.cases
        listed = known.about(about.name, prepared.release)
        # Only now are the cases known that the target's own page adds.
        listed.check({case.id for case in self._cases})
        self._target = _Target(prepared, listed)
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

        Raises:
            UsageError: no observation can be kept in the folder.
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
        if self._keep is not None and self._target is not None:
            opening = KeptTarget(schema=2, run=self._run, profile=self._target.prepared.profile)
            path = self._keep / file_name(self._run.target)
            self._kept = self._stack.enter_context(KeptFile(path, opening))

    def check(self, planned: Planned) -> Verdict:
        """Execute and judge one case, and write its line.

        Raises:
            ConformError: the suite failed, and no later case can be trusted.
        """
        assert self._target is not None
        seen = self._target.seen(planned)
        judged = self._target.judge.judged(planned, seen)
        if self._kept is not None:
            done = self._target.digests.of(planned) if isinstance(planned, Case) else None
            verdict = KeptVerdict.of(judged.unlisted)
            self._kept.add(KeptCase(case=planned.id, done=done, seen=seen, verdict=verdict))
        self._write(judged.line)
        return judged.verdict

    def finish(self) -> None:
        """Close the file of kept observations, after the last case.

        Raises:
            UsageError: it cannot be written.
        """
        if self._kept is not None:
            self._kept.finish(case.id for case in self._cases if not self._is_newer(case))

    def fail(self, error: ConformError, *, after_cases: bool = False) -> None:
        """End the results with an error.

        Args:
            error: the error.
            after_cases: whether every case had ended before it.
        """
        self._has_failed = True
        self._write(replace(self._run, error=RunError.of(error, after_cases=after_cases)))

    def _is_newer(self, case: Planned) -> bool:
        return self._as_of is not None and case.is_newer_than(self._as_of)

    def _write(self, line: Line) -> None:
        self._file.write(encode(line))


class _Target:
    """A prepared target, and what judges it."""

    def __init__(self, prepared: PreparedTarget, known: KnownList) -> None:
        spelling = prepared.spelling
        adapter = manifest.named(prepared.target.manifest.adapter.name)
        self.prepared = prepared
        self._hangs = Hangs(prepared.executor)
        self.judge = TargetJudge(prepared.target.name, adapter, spelling, known)
        self.digests = CaseDigests(prepared.documentation, spelling, prepared.catalog)

    def seen(self, planned: Planned) -> Seen:
        """Execute a case, if it applies to the target and would not only hang.

        Raises:
            ConformError: the suite failed.
        """
        if not isinstance(planned, Case):
            return Seen()
        executor = self.prepared.executor
        before = executor.restarts
        try:
            if settled := self._hangs.settle(planned):
                return Seen(settled=settled, restarts=executor.restarts - before)
            observation = executor.execute(planned)
            self._hangs.learn(planned, observation)
        except AdapterError as error:
            return Seen(error=error.reason, restarts=executor.restarts - before)
        return Seen(observation=observation, restarts=executor.restarts - before)
