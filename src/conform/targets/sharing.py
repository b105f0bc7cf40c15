"""Keeps equal files of the folders in the cache once: each is a hard link to one file.

Sixty checkouts of an SDK have the same packages beside them. The shared files are in ``.files/`` of
the cache, named by their content. Nothing depends on them: a file system without hard links, or one
that has no more of them, keeps a copy in each folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
import hashlib
import os
from pathlib import Path
import stat
from typing import Final

from conform.core import paths

SMALLEST: Final = 4096
"""Bytes from which a file is shared; a smaller one needs a block of the disk in any case."""


def share(folder: Path, scratch: Path) -> None:
    """Replace the files of a complete folder that the cache has already by links to these.

    Args:
        folder: what is going to be placed in the cache; nobody uses it yet.
        scratch: a path that is free, in the same file system.
    """
    for path in _files(folder):
        with suppress(OSError):
            _share(path, scratch)
    scratch.unlink(missing_ok=True)


def forget_unused() -> None:
    """Remove the shared files that no folder has any more."""
    for path in _files(_store()):
        with suppress(OSError):
            if path.lstat().st_nlink == 1:
                path.unlink()


def taken(folders: Iterator[Path]) -> int:
    """The bytes that folders take on the disk together, each shared file counted once."""
    sizes = {
        (status.st_dev, status.st_ino): status.st_size
        for folder in folders
        for status in _statuses(folder)
    }
    return sum(sizes.values())


def own(folder: Path) -> int:
    """The bytes that become free if a folder is removed: of its files that no other one shares."""
    return sum(status.st_size for status in _statuses(folder) if status.st_nlink <= _OF_ONE_FOLDER)


_OF_ONE_FOLDER: Final = 2
"""The links of a file that one folder has: in the folder, and among the shared files."""


def _share(path: Path, scratch: Path) -> None:
    status = path.lstat()
    if status.st_size < SMALLEST or status.st_nlink > 1:
        return
    digest = _digest(path)
    kind = "program" if status.st_mode & stat.S_IXUSR else "file"
    shared = _store() / digest[:2] / f"{digest}-{kind}"
    # Something may have written to it through the folder that it came from.
    if shared.exists() and _digest(shared) != digest:
        shared.unlink()
    if not shared.exists():
        shared.parent.mkdir(parents=True, exist_ok=True)
        os.link(path, shared)
        return
    scratch.unlink(missing_ok=True)
    os.link(shared, scratch)
    scratch.replace(path)


def _store() -> Path:
    return paths.cache() / ".files"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _statuses(folder: Path) -> Iterator[os.stat_result]:
    for path in _files(folder):
        with suppress(OSError):
            yield path.lstat()


def _files(folder: Path) -> Iterator[Path]:
    for where, _, names in os.walk(folder):
        yield from (path for name in names if not (path := Path(where, name)).is_symlink())
