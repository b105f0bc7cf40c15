"""Writes the results of a run into a folder, and the reports at its end.

A line is on the disk as soon as its case ends. At the end of the run, the lines are sorted by
target, and the file replaces that of an older run. Until then the run has a lock on the file, which
the system releases when the process ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import fcntl
import os
from pathlib import Path
from typing import IO, Final, Self

from conform.core.errors import UsageError
from conform.core.files import is_at
from conform.core.results import encode
from conform.engine.events import CaseEnded, Event, TargetBegan, TargetFailed
from conform.reports.conclusion import RunConcluded
from conform.reports.files import write

RESULTS: Final = "results.jsonl"
_UNFINISHED: Final = "results.unfinished.jsonl"


class Recorder:
    """A listener that writes one run into a folder.

    Use it as a context manager. If the process is killed, ``results.unfinished.jsonl`` has the
    lines until then.

    Args:
        folder: it is made if it is missing.
        strict: conventions count.

    Raises:
        UsageError: the folder cannot be written, or another run writes there.
    """

    def __init__(self, folder: Path, *, strict: bool = False) -> None:
        self._folder = folder
        self._strict = strict
        with self._writable():
            folder.mkdir(parents=True, exist_ok=True)
            self._file = self._opened()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __call__(self, event: Event | RunConcluded) -> None:
        """Take one event.

        Raises:
            UsageError: the folder cannot be written.
        """
        match event:
            case TargetBegan(run=line) | TargetFailed(run=line) | CaseEnded(line=line):
                with self._writable():
                    self._file.write(encode(line))
            case RunConcluded():
                self._conclude(event)

    def _conclude(self, run: RunConcluded) -> None:
        folder = run.report.parent if run.report else self._folder
        write(run.lines, run.summary, folder, strict=self._strict)
        with self._writable():
            self._file.seek(0)
            self._file.write(b"".join(map(encode, run.lines)))
            self._file.truncate()
            # Only then closed: a file that is still unfinished keeps its lock.
            (self._folder / _UNFINISHED).replace(folder / RESULTS)
            self._file.close()

    def _opened(self) -> IO[bytes]:
        """The empty file of unfinished results, locked."""
        path = self._folder / _UNFINISHED
        while True:
            file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), "r+b", buffering=0)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.close()
                raise UsageError(
                    f"Another run writes to {self._folder}.",
                    why=f"It has locked {path}.",
                    fix="Wait until it has ended, or name another folder with --report.",
                ) from None
            # A run that ended between these lines has renamed the file.
            if is_at(path, file.fileno()):
                file.truncate()
                return file
            file.close()

    @contextmanager
    def _writable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise UsageError(
                f"The results cannot be written to {self._folder}.",
                why=f"{error.strerror or error}.",
                fix="Name another folder with --report, or make room in this one.",
            ) from error
