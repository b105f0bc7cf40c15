"""Reads what an SDK wrote to its log file since a mark, as far as it is kept."""

from __future__ import annotations

from functools import partial
from pathlib import Path
import stat
from typing import Final

from conform.targets.output import Output

STDERR: Final = "stderr"
"""The log sink that is not a file."""

_CHUNK: Final = 256 * 1024


class LogFile:
    """One log file of an SDK; it need not exist.

    Args:
        path: where the SDK writes. Only a regular file is read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._start = 0

    def mark(self) -> None:
        """Forget everything that was written until now."""
        self._start = self._size()

    def text(self) -> str:
        """What was written since the mark."""
        size = self._size()
        if not size:
            return ""
        output = Output()
        with self._path.open("rb") as file:
            # A file that became shorter was begun anew.
            file.seek(self._start if self._start <= size else 0)
            for chunk in iter(partial(file.read, _CHUNK), b""):
                output.add(chunk)
        return output.text()

    def _size(self) -> int:
        try:
            found = self._path.lstat()
        except OSError:
            return 0
        return found.st_size if stat.S_ISREG(found.st_mode) else 0
