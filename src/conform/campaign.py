"""One target from its name to its results: what the pytest process of a target does."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Self, assert_never

import msgspec
from msgspec.structs import replace
from packaging.version import InvalidVersion, Version

from conform.cases.model import Case, Inapplicable, Planned
from conform.cases.plan import every_variant, plan
from conform.errors import AdapterError, TargetUnavailableError, UsageError
from conform.execution import Bench
from conform.observations import NOTHING, Observation
from conform.protocol import Program, Started
from conform.results import CaseLine, Line, RunLine
from conform.schemas.catalog import Catalog, Held
from conform.servers import Gateway
from conform.targets import manifest, names
from conform.targets.names import ServerName
from conform.targets.resolve import Target, resolve
from conform.verdicts import Fail, Fault, NotApplicable, Pass, Unavailable, Verdict, judge


class Campaign:
    """A target that is being held to its page: adapter, gateway, cases and results.

    Use it as a context manager.

    Args:
        name: the target, such as ``python==1.0.17``.
        results: the file that its JSON Lines are appended to.

    Raises:
        UsageError: the name is of nothing that exists.
        OSError: the file cannot be written.
    """

    def __init__(self, name: str, results: Path) -> None:
        self._catalog = Catalog.load()
        self._name = name
        self._stack = ExitStack()
        self._file = self._stack.enter_context(results.open("ab", buffering=0))
        self._encoder = msgspec.json.Encoder()
        self._unavailable: TargetUnavailableError | None = None
        self._started: Started | None = None
        self._cases: tuple[Planned, ...] = ()
        self._held_to = self._variant = ""
        try:
            self._prepare(name)
        except TargetUnavailableError as error:
            self._unavailable = error
        except AdapterError as error:
            self._unavailable = TargetUnavailableError(error.what, why=error.why, fix=error.fix)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def unavailable(self) -> bool:
        """Whether the target cannot be had here."""
        return self._unavailable is not None

    def planned(self, suite: str) -> tuple[Planned, ...]:
        """The cases of a suite; none where the target is unavailable."""
        return tuple(case for case in self._cases if case.suite == suite)

    def begin(self, count: int) -> None:
        """Open the results with what is about to be run."""
        line = RunLine.opening(self._name, planned=count)
        line = replace(line, held_to=self._held_to, variant=self._variant)
        if (about := self._started) is not None:
            line = replace(line, adapter=about.adapter, sdk=about.sdk, runtime=about.runtime)
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
                try:
                    observation = self._bench.execute(planned)
                    verdict = judge(planned, observation)
                except AdapterError as error:
                    verdict = Fault(reason=f"{error.what} {error.why}")
            case _:
                assert_never(planned)
        self._write(_line(self._name, planned, verdict, observation))
        return verdict

    def _prepare(self, name: str) -> None:
        parsed = names.parse(name, manifest.known())
        if isinstance(parsed, ServerName):
            raise UsageError(
                "Servers cannot be tested yet.",
                why="This version holds SDKs to their pages.",
                fix="Name an SDK; conform targets lists them.",
            )
        target = resolve(parsed)
        self._name = target.name
        gateway = self._stack.enter_context(Gateway())
        self._bench = self._stack.enter_context(Bench(target, gateway, self._catalog))
        self._started = self._bench.start()
        self._hold_to_pages(target, self._started.sdk)

    def _hold_to_pages(self, target: Target, sdk: Program) -> None:
        name = target.manifest.adapter.name
        if name in self._catalog.sdks:
            held = self._catalog.held(name, _version(target.release or sdk.version))
            pages: tuple[Held, ...] = (held,)
            self._held_to, self._variant = held.sentence, held.variant
            self._bench.hold_to(pages, spelled_by=held.facts)
            called = f"the page of {name} {held.release}"
        else:
            pages = every_variant(self._catalog)
            self._held_to = f"held to the {len(pages)} known variants"
            self._bench.hold_to(pages, spelled_by=None)
            called = "any known page"
        self._cases = plan(self._catalog, pages, held_to=called)

    def _write(self, line: Line) -> None:
        self._file.write(self._encoder.encode(line) + b"\n")


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _line(target: str, planned: Planned, verdict: Verdict, observation: Observation) -> CaseLine:
    line = CaseLine(
        target=target,
        case=planned.id,
        suite=planned.suite,
        title=planned.title,
        level=planned.level,
        source=planned.source,
        since=planned.since,
        verdict="pass",
        observation=observation,
        seconds=observation.seconds,
    )
    match verdict:
        case Pass():
            return line
        case Fail(blame=blame, reason=reason, expected=expected, seen=seen):
            return replace(
                line, verdict="fail", blame=blame, reason=reason, expected=expected, seen=seen
            )
        case NotApplicable(reason=reason):
            return replace(line, verdict="not-applicable", reason=reason)
        case Unavailable(reason=reason):
            return replace(line, verdict="unavailable", reason=reason)
        case Fault(reason=reason):
            return replace(line, verdict="error", blame="suite", reason=reason)
        case _:
            assert_never(verdict)
