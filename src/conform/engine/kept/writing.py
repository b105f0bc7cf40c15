"""Writes kept observations; a file gets its name in the folder when it is complete."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
import gzip
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import msgspec

from conform.core.errors import UsageError
from conform.core.identity import CaseId
from conform.engine.kept.format import (
    SUFFIX,
    Digest,
    KeptCase,
    KeptEnd,
    KeptLine,
    KeptTarget,
    digest,
)


def file_name(target: str) -> str:
    """The name of the file of a target; a colon is not allowed in a file name everywhere."""
    return target.replace(":", "-") + SUFFIX


class KeptFile:
    """A file that is being written; it is incomplete until it is finished.

    Use it as a context manager.

    Raises:
        UsageError: the file cannot be written.
    """

    def __init__(self, path: Path, target: KeptTarget) -> None:
        self._path = path
        self._digests: list[Digest] = []
        self._kept: set[CaseId] = set()
        with _writable(path):
            # Without a name and a time, the same lines are the same bytes.
            self._raw = path.open("wb")
            self._file = gzip.GzipFile("", "wb", fileobj=self._raw, mtime=0)
            self._write(target)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # What is not finished will be removed, so that it may also lack its end.
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            self._raw.close()

    def add(self, case: KeptCase) -> None:
        """Write the line of a case.

        Raises:
            UsageError: the file cannot be written.
        """
        self._kept.add(case.case)
        with _writable(self._path):
            self._write(case)

    def finish(self, planned: Iterable[CaseId]) -> None:
        """Write the line that closes the file.

        Args:
            planned: all cases of the target; those without a line were left out of the run.

        Raises:
            UsageError: the file cannot be written.
        """
        left_out = tuple(case for case in planned if case not in self._kept)
        with _writable(self._path):
            self._write(KeptEnd(left_out=left_out, lines=tuple(self._digests)))
            self._file.close()
            self._raw.close()

    def _write(self, line: KeptLine) -> None:
        encoded = msgspec.json.encode(line) + b"\n"
        self._digests.append(digest(encoded))
        self._file.write(encoded)


class KeptFolder:
    """A folder in which a run keeps observations.

    Use it as a context manager. A file gets its name in the folder when it is complete. Files of
    other targets stay.

    Args:
        folder: it is made if it is missing.

    Raises:
        UsageError: the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        with _writable(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._unfinished = TemporaryDirectory(
                dir=self._folder, prefix=".unfinished-", ignore_cleanup_errors=True
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._unfinished.cleanup()

    @property
    def unfinished(self) -> Path:
        """Where workers write their files."""
        return Path(self._unfinished.name)

    def accept(self, target: str) -> None:
        """Give the file of a target its name, in place of an older one.

        There is none if the target is unavailable.

        Raises:
            UsageError: the folder cannot be written.
        """
        file = self.unfinished / file_name(target)
        with _writable(self._folder):
            if file.exists():
                file.replace(self._folder / file.name)


@contextmanager
def _writable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(
            f"The observations cannot be kept in {path}.",
            why=f"{error.strerror or error}.",
            fix="Name another folder with --keep, or make room in this one.",
        ) from error
