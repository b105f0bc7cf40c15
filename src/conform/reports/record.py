"""A listener that keeps the results of a run in a folder, with every report of them at its end.

Lines are on the disk as soon as their cases end; when all have, the lines of each target are put
together, and the file takes the place of an older run's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from conform.errors import UsageError
from conform.events import Event
from conform.reports.write import write
from conform.results import CaseLine, Line, RunLine, encode, in_order

RESULTS: Final = "results.jsonl"
_UNFINISHED: Final = "results.unfinished.jsonl"


class Recorder:
    """Writes one run into a folder.

    Use it as a context manager; what an ended run left is in ``results.unfinished.jsonl``.

    Args:
        folder: made when it is missing.
        strict: conventions count.

    Raises:
        UsageError: the folder cannot be written.
    """

    def __init__(self, folder: Path, *, strict: bool = False) -> None:
        self._folder = folder
        self._strict = strict
        self._lines: list[Line] = []
        with self._writable():
            folder.mkdir(parents=True, exist_ok=True)
            self._file = (folder / _UNFINISHED).open("wb", buffering=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._file.close()

    def hear(self, event: Event) -> None:
        """Take one event."""
        if isinstance(event, RunLine | CaseLine):
            self._lines.append(event)
            with self._writable():
                self._file.write(encode(event))

    def finish(self) -> Path:
        """Put the results and all reports in place; the path of the one to open.

        Raises:
            UsageError: the folder cannot be written.
        """
        # A target that ended early has two such lines.
        opened = {line.target for line in self._lines if isinstance(line, RunLine)}
        lines = in_order(self._lines, sorted(opened))
        page = write(lines, self._folder, strict=self._strict)
        with self._writable():
            self._file.seek(0)
            self._file.write(b"".join(map(encode, lines)))
            self._file.close()
            (self._folder / _UNFINISHED).replace(self._folder / RESULTS)
        return page

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
