"""Runs targets, each in a pytest process of its own, and says what happens as events.

Targets run side by side; each process hands its lines over as the cases end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
import os
from pathlib import Path
import shlex
import subprocess
import sys
import tempfile
import threading
import time
from typing import IO, Final, Self

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from packaging.version import InvalidVersion, Version
import pytest

from conform import __version__
from conform.cases.written import written_cases
from conform.core import manifest, paths
from conform.core.errors import ExitCode, TargetUnavailableError, UsageError
from conform.core.interruption import Interrupted
from conform.core.results import CaseLine, Line, RunError, RunLine, decode
from conform.engine import isolation
from conform.engine.events import (
    CaseEnded,
    Event,
    Listener,
    RunBegan,
    RunEnded,
    TargetBegan,
    TargetEnded,
    TargetFailed,
    TargetPreparing,
)
from conform.engine.kept import KeptFolder
from conform.targets import names
from conform.targets.names import Checkout, Newest, SdkName
from conform.targets.processes import Tree, end_all, new_mark
from conform.targets.resolve import resolve
from conform.verdicts import known

_LAST_WORDS: Final = 2000
_GRACE: Final = 1.0
"""Seconds that workers and installers have to end once the run is interrupted."""
_ALL_WELL: Final = frozenset(
    {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED}
)


class CaseSelection(Struct, frozen=True, kw_only=True):
    """Which cases are run."""

    suites: tuple[str, ...] = ()
    """Names of suites; none means all."""
    expression: str = ""
    """As pytest's ``-k`` takes it."""
    known: Path | None = None
    """The file of known failures."""
    cases_as_of: str = ""
    """A suite version; cases that are newer are left out."""

    @property
    def words(self) -> str:
        """The options of ``conform run`` that choose cases, as they are typed; empty if none."""
        return shlex.join(
            (
                *(word for suite in self.suites for word in ("--suite", suite)),
                *(["-k", self.expression] if self.expression else []),
                *(["--cases-as-of", self.cases_as_of] if self.cases_as_of else []),
            )
        )

    @property
    def options(self) -> list[str]:
        """What pytest is told of it, beside the files of the suites."""
        return [
            f"--conform-selection={self.words}",
            *(["-k", self.expression] if self.expression else []),
            *(["--conform-known", str(self.known.resolve())] if self.known else []),
            *(["--conform-as-of", self.cases_as_of] if self.cases_as_of else []),
        ]


def suites() -> tuple[str, ...]:
    """The names of the suites that there are."""
    return tuple(p.stem.removeprefix("test_") for p in sorted(paths.suites().glob("test_*.py")))


def validate(selection: CaseSelection) -> None:
    """Refuse what cannot be run.

    Raises:
        UsageError: a suite is unknown, or a list, a version or a written case is not valid.
    """
    written_cases()
    for name in selection.suites:
        if name not in suites():
            raise UsageError(
                f"There is no suite {name!r}.",
                why=f"The suites are {', '.join(suites())}.",
                fix="Name one of them, or none to run them all.",
            )
    if selection.known:
        known.read(selection.known)
    try:
        Version(selection.cases_as_of or __version__)
    except InvalidVersion:
        raise UsageError(
            f"{selection.cases_as_of!r} is not a valid version of the suite.",
            why="Each case says since which version it exists.",
            fix=f"Write it like {__version__}.",
        ) from None


def run(
    targets: Sequence[str],
    selection: CaseSelection,
    listeners: Iterable[Listener],
    *,
    at_once: int = 0,
    keep: Path | None = None,
) -> None:
    """Run targets and tell the listeners, one event at a time.

    Args:
        targets: names such as ``python==1.0.17``.
        selection: which cases.
        listeners: told in the order given.
        at_once: how many targets run side by side; as many as there are processors without it.
        keep: the folder in which observations are kept; without it, none are.

    Raises:
        UsageError: a target does not exist, pytest does not understand the selection, or no
            observation can be kept in the folder.
        ConformError: a listener failed; everything that was started has ended then.
    """
    parsed = [names.sdk(name) for name in targets]
    at_once = at_once or min(len(targets), os.cpu_count() or 1)
    with KeptFolder(keep) if keep else nullcontext() as kept:
        _Run(selection, tuple(listeners), at_once, kept).run(parsed)


class _Run:
    """One run: its listeners, and the lines that came of it so far."""

    def __init__(
        self,
        selection: CaseSelection,
        listeners: tuple[Listener, ...],
        at_once: int,
        kept: KeptFolder | None,
    ) -> None:
        self._selection = selection
        self._listeners = listeners
        self._at_once = at_once
        self._kept = kept
        self._began = time.monotonic()
        self._lines: list[Line] = []
        self._lock = threading.Lock()
        self._is_ending = threading.Event()

    def run(self, targets: Sequence[SdkName]) -> None:
        self._tell(RunBegan(targets=tuple(map(str, targets))))
        interrupted = ""
        prepared: dict[str, str | None] = {}
        with ThreadPoolExecutor(self._at_once) as pool:
            try:
                # Two names of one target are one target.
                prepared.update(pool.map(self._prepare, targets))
                installed = filter(None, prepared.values())
                running = [pool.submit(self._run_one, name) for name in installed]
                for each in running:
                    each.result()
            except BaseException as error:
                self._is_ending.set()
                pool.shutdown(wait=False, cancel_futures=True)
                end_all(_GRACE)
                if not isinstance(error, Interrupted):
                    raise
                interrupted = error.signal.name
        seconds = time.monotonic() - self._began
        # Targets ran side by side; they are reported in the order in which they were named.
        order = {target: number for number, target in enumerate(prepared)}
        lines = tuple(sorted(self._lines, key=lambda line: order.get(line.target, len(order))))
        self._tell(RunEnded(lines=lines, seconds=seconds, interrupted=interrupted))

    def _tell(self, event: Event) -> None:
        with self._lock:
            match event:
                case TargetBegan(run=line) | TargetFailed(run=line) | CaseEnded(line=line):
                    self._lines.append(line)
            for listener in self._listeners:
                listener(event)

    def _prepare(self, name: SdkName) -> tuple[str, str | None]:
        """Install a target.

        Returns:
            The canonical name, and the name for a process in another folder; None for the latter
            if the target cannot be installed.
        """
        self._tell(TargetPreparing(name=str(name)))
        if isinstance(name.which, Checkout):
            name = SdkName(name.sdk, Checkout(name.which.path.expanduser().resolve()))
        try:
            target = resolve(name)
        except TargetUnavailableError as error:
            self._report_unavailable(name, error)
            return str(name), None
        return target.name, target.name if isinstance(name.which, Newest) else str(name)

    def _report_unavailable(self, name: SdkName, error: TargetUnavailableError) -> None:
        line = replace(
            RunLine.opening(str(name)),
            untried=manifest.named(name.sdk).manifest.adapter.untried,
            unavailable=error.reason,
            fix=error.fix,
        )
        self._tell(TargetBegan(run=line))
        self._tell(TargetEnded(target=line.target))

    def _run_one(self, name: str) -> None:
        """Run one target in a process of its own."""
        keep = self._kept.unfinished if self._kept else None
        with tempfile.TemporaryFile() as said, _Worker(name, self._selection, said, keep) as worker:
            opened, error = self._report_lines(name, worker, said)
        if self._is_ending.is_set():
            error = RunError(what="The run was interrupted.", exit_code=ExitCode.INTERRUPTED)
        if error is not None and error.exit_code is ExitCode.USED_WRONGLY:
            raise UsageError(error.what, why=error.why, fix=error.fix)
        if error is not None:
            self._tell(TargetFailed(run=replace(opened, error=error)))
        elif self._kept is not None:
            self._kept.accept(opened.target)
        self._tell(TargetEnded(target=opened.target))

    def _report_lines(
        self, name: str, worker: _Worker, said: IO[bytes]
    ) -> tuple[RunLine, RunError | None]:
        """Report what a worker writes; what it ran, and what ended it early."""
        opened = RunLine.opening(name)
        error: RunError | None = None
        ended = 0
        try:
            for line in map(decode, worker.lines):
                match line:
                    case RunLine(error=None):
                        opened = line
                        self._tell(TargetBegan(run=line))
                    case RunLine(error=error):
                        pass
                    case CaseLine():
                        ended += 1
                        self._tell(CaseEnded(line=line))
        except msgspec.MsgspecError as broken:
            what = f"The worker of {name} wrote a line that is not valid."
            return opened, RunError(what=what, why=f"{broken}.")
        code = worker.wait()
        if error is None and (code not in _ALL_WELL or ended != opened.planned):
            said.seek(0)
            error = _early_end(name, code, said.read())
        return opened, error


class _Worker:
    """The pytest process of one target; it ends, with all that it started, with the block."""

    def __init__(
        self, name: str, selection: CaseSelection, said: IO[bytes], keep: Path | None
    ) -> None:
        reading, writing = os.pipe()
        self.lines = os.fdopen(reading, "rb")
        # Removed here, since a worker that is ended early removes nothing.
        self._folder = tempfile.TemporaryDirectory(prefix="conform-", ignore_cleanup_errors=True)
        mark = new_mark()
        with os.fdopen(writing, "wb"):
            words = _command(name, selection, f"/dev/fd/{writing}", keep)
            problem = isolation.problem()
            self._process = subprocess.Popen(
                words if problem else isolation.command(words),
                env=_environment()
                | mark
                | {"TMPDIR": self._folder.name, isolation.PROBLEM: problem},
                cwd=paths.suites(),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                pass_fds=(writing,),
                # A signal of the terminal goes to the run, which ends the workers.
                start_new_session=True,
            )
        self._tree = Tree(self._process.pid, mark)

    def wait(self) -> int:
        """The exit code."""
        return self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._tree.end()
        self._process.wait()
        self.lines.close()
        self._folder.cleanup()


def _early_end(name: str, code: int, said: bytes) -> RunError:
    words = said.decode("utf-8", "replace")[-_LAST_WORDS:].strip()
    if code == pytest.ExitCode.USAGE_ERROR:
        return RunError(
            what="pytest does not understand which cases to run.",
            why=words.partition("ERROR: ")[2].partition("\n")[0] or words,
            fix="Write -k as pytest takes it, such as 'site_id and not null'.",
            exit_code=ExitCode.USED_WRONGLY,
        )
    return RunError(what=f"The worker of {name} ended early.", why=f"Exit code {code}: {words}")


def _command(name: str, selection: CaseSelection, results: str, keep: Path | None) -> list[str]:
    folder = paths.suites()
    chosen = [str(folder / f"test_{suite}.py") for suite in selection.suites] or [str(folder)]
    shielded = ["-c", str(folder / "pytest.ini"), "--rootdir", str(folder), "--noconftest"]
    plugin = ["-p", "conform.engine.pytest_plugin", "--conform-target", name]
    python = [sys.executable, "-m", "pytest", "-q", "--no-header", "--no-summary", "--tb=short"]
    written = ["--conform-results", results, *(["--conform-keep", str(keep)] if keep else [])]
    return [*python, *shielded, *plugin, *written, *selection.options, *chosen]


def _environment() -> dict[str, str]:
    """The user's environment without what would change pytest or Python."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "PYTHON"))}
    return kept | {
        # A worker runs in another folder, where a relative path means something else.
        "CONFORM_CACHE": str(paths.cache()),
        "PACT_DO_NOT_TRACK": "true",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
