"""Keeps installed and built folders, complete or not at all, for all runs of this user.

A folder is made under a temporary name and renamed when it is complete. So an interrupted run
leaves nothing that looks complete. A lock for each folder stops two runs from making the same
folder twice; the system releases the lock when its owner dies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import fcntl
import hashlib
import os
from pathlib import Path
import shutil
import stat
from typing import Final

from conform.core import paths
from conform.core.errors import UsageError

IGNORED: Final = frozenset(
    {".git", ".hg", ".svn", "__pycache__", ".venv", ".tox", ".nox"}
    | {".mypy_cache", ".pytest_cache", ".ruff_cache"}
)
"""Folders of a checkout that are not part of its content."""


def key(*parts: str) -> str:
    """A short digest of everything that a folder depends on."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{len(part)}:{part}".encode())
    return digest.hexdigest()[:16]


def made(*path: str, make: Callable[[Path], None]) -> Path:
    """The folder at a path of the cache; it is made first if it does not exist yet.

    Args:
        path: the names below the folder of the cache.
        make: fills the empty folder that it is given; if it raises, nothing is kept.

    Raises:
        UsageError: the cache cannot be written.
    """
    final = paths.cache().joinpath(*path)
    if final.is_dir():
        return final
    temporary = _writable(paths.cache() / ".unfinished")
    unfinished = temporary / key(*path)
    with _locked(temporary / f"{unfinished.name}.lock"):
        if final.is_dir():
            return final
        _remove(unfinished)
        unfinished.mkdir()
        try:
            make(unfinished)
            _writable(final.parent)
            unfinished.rename(final)
        except BaseException:
            _remove(unfinished)
            raise
    return final


def releases(sdk: str) -> tuple[str, ...]:
    """The installed releases of an SDK, in no particular order."""
    folder = paths.cache() / sdk / "releases"
    if not folder.is_dir():
        return ()
    return tuple(entry.name for entry in folder.iterdir() if entry.is_dir())


def content(folder: Path) -> str:
    """One SHA-256 of all files below a folder: their names, executable bits and bytes."""
    digest = hashlib.sha256()
    for name in _files(folder):
        path = folder / name
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            kind, data = "link", os.fsencode(path.readlink())
        else:
            kind, data = "program" if mode & stat.S_IXUSR else "file", path.read_bytes()
        digest.update(f"{kind} {len(os.fsencode(name))} {len(data)}\n".encode())
        digest.update(os.fsencode(name) + data)
    return digest.hexdigest()


def copy(folder: Path, into: Path) -> None:
    """Copy all files that :func:`content` reads."""
    for name in _files(folder):
        target = into / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(folder / name, target, follow_symlinks=False)


def _files(folder: Path) -> Iterator[str]:
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - IGNORED)
        links = (name for name in folders if Path(where, name).is_symlink())
        for name in sorted([*files, *links]):
            path = Path(where, name)
            if path.is_symlink() or path.is_file():
                yield str(path.relative_to(folder))


def _writable(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"The cache in {paths.cache()} cannot be written.",
            why=f"{error.filename}: {error.strerror}.",
            fix="Set CONFORM_CACHE to a folder that can be written.",
        ) from error
    return folder


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
