"""Reads a file that a user names, within limits; and tells which file is at a path."""

from __future__ import annotations

import errno
import os
from pathlib import Path
import stat


def read(path: Path, limit: int) -> bytes:
    """The content of a file; the first ``limit + 1`` bytes if the file is larger than the limit.

    Raises:
        OSError: the file cannot be read, or is not a regular file. A named pipe or a device could
            block the program, or never end.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "It is not a regular file", str(path))
    with path.open("rb") as file:
        return file.read(limit + 1)


def is_at(path: Path, descriptor: int) -> bool:
    """Whether an open file is still the one at a path; another process may have replaced it."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
