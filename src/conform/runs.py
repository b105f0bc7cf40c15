"""Runs targets, each in a pytest process of its own, and tells listeners what happens.

Targets run side by side; each process hands its lines over as the cases end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
import os
from pathlib import Path
import subprocess
import sys
import tempfile
import threading
from typing import Final

import msgspec
from msgspec import Struct
from packaging.version import InvalidVersion, Version

from conform import __version__, locations
from conform.cases.written import written_cases
from conform.errors import TargetUnavailableError, UsageError
from conform.events import Event, Listener, RunBegan, TargetEnded, TargetPreparing
from conform.known import read
from conform.results import RunLine, decode
from conform.targets import manifest, names
from conform.targets.names import Checkout, Newest, ServerName
from conform.targets.resolve import resolve

_LAST_WORDS: Final = 2000
_TESTED: Final = frozenset({0, 1, 5})
"""Exit codes of pytest that say nothing against it: passed, failed, no case chosen."""


class Choice(Struct, frozen=True, kw_only=True):
    """Which cases are run."""

    suites: tuple[str, ...] = ()
    """Names of suites; none means all."""
    expression: str = ""
    """As pytest's ``-k`` takes it."""
    known: Path | None = None
    """The file of known failures."""
    as_of: str = ""
    """A suite version; cases that are newer are left aside."""

    @property
    def options(self) -> list[str]:
        """What pytest is told of it, beside the files of the suites."""
        return [
            *(["-k", self.expression] if self.expression else []),
            *(["--conform-known", str(self.known.resolve())] if self.known else []),
            *(["--conform-as-of", self.as_of] if self.as_of else []),
        ]


def suites() -> tuple[str, ...]:
    """The names of the suites that there are."""
    return tuple(p.stem.removeprefix("test_") for p in sorted(locations.suites().glob("test_*.py")))


def run(
    targets: Sequence[str], choice: Choice, listeners: Iterable[Listener], *, at_once: int = 0
) -> None:
    """Run targets and tell the listeners, one event at a time.

    Args:
        targets: names such as ``python==1.0.17``.
        choice: which cases.
        listeners: told in the order given.
        at_once: how many targets run side by side; as many as there are processors without it.

    Raises:
        UsageError: a name is of nothing that exists; nothing has been run then.
    """
    lock = threading.Lock()
    told = tuple(listeners)

    def tell(event: Event) -> None:
        with lock:
            for listener in told:
                listener.hear(event)

    tell(RunBegan(targets=tuple(targets)))
    workers = at_once or min(len(targets), os.cpu_count() or 1)
    with ThreadPoolExecutor(workers) as pool:
        prepared = list(pool.map(lambda name: _prepare(name, tell), targets))
        for done in [pool.submit(_run_one, name, choice, tell) for name in prepared]:
            done.result()


def _prepare(name: str, tell: Callable[[Event], None]) -> str:
    """Put a target in place; its name as another process, in another folder, must be given it."""
    parsed = names.parse(name, manifest.known())
    tell(TargetPreparing(name=name))
    if isinstance(parsed, ServerName):
        return name
    if isinstance(parsed.which, Checkout):
        name = f"{parsed.sdk}@{parsed.which.path.expanduser().resolve()}"
    try:
        target = resolve(parsed)
    except TargetUnavailableError:
        # Its own process finds the same, and says so in its results.
        return name
    return target.name if isinstance(parsed.which, Newest) else name


def _run_one(name: str, choice: Choice, tell: Callable[[Event], None]) -> None:
    """Run one target; where its process ends early, its last line says so."""
    opened = RunLine.opening(name)
    ended = 0
    problem = ""
    with tempfile.TemporaryFile() as said:
        reading, writing = os.pipe()
        with os.fdopen(reading, "rb") as lines:
            process = subprocess.Popen(
                _command(name, choice, f"/dev/fd/{writing}"),
                env=_environment(),
                cwd=locations.suites(),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                pass_fds=(writing,),
            )
            os.close(writing)
            try:
                for line in map(decode, lines):
                    if isinstance(line, RunLine):
                        opened = line
                    else:
                        ended += 1
                    tell(line)
            except msgspec.MsgspecError as error:
                process.kill()
                problem = f"A line of its results is broken: {error}."
            finally:
                code = process.wait()
        if code not in _TESTED or ended != opened.planned:
            said.seek(0)
            words = said.read().decode("utf-8", "replace")[-_LAST_WORDS:].strip()
            problem = problem or f"Its process ended with exit code {code}: {words}"
    if problem:
        tell(msgspec.structs.replace(opened, fault=problem))
    tell(TargetEnded(target=opened.target))


def _command(name: str, choice: Choice, results: str) -> list[str]:
    folder = locations.suites()
    chosen = [str(folder / f"test_{suite}.py") for suite in choice.suites] or [str(folder)]
    shielded = ["-c", str(folder / "pytest.ini"), "--rootdir", str(folder), "--noconftest"]
    plugin = ["-p", "conform.pytest_plugin", "--conform-target", name]
    python = [sys.executable, "-m", "pytest", "-q", "--no-header", "--no-summary", "--tb=short"]
    return [*python, *shielded, *plugin, "--conform-results", results, *choice.options, *chosen]


def _environment() -> dict[str, str]:
    """The user's environment without what would change pytest or Python."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "PYTHON"))}
    return kept | {
        "PACT_DO_NOT_TRACK": "true",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def check(choice: Choice) -> None:
    """Refuse what cannot be run: an unknown suite, a broken list, a version that is none.

    Raises:
        UsageError: there is such a thing in the choice, or a written case is none.
    """
    written_cases()
    for name in choice.suites:
        if name not in suites():
            raise UsageError(
                f"There is no suite {name!r}.",
                why=f"The suites are {', '.join(suites())}.",
                fix="Name one of them, or none to run them all.",
            )
    if choice.known:
        read(choice.known)
    try:
        Version(choice.as_of or __version__)
    except InvalidVersion:
        raise UsageError(
            f"{choice.as_of!r} is no version of the suite.",
            why="Each case says since which version it exists.",
            fix=f"Write it like {__version__}.",
        ) from None
