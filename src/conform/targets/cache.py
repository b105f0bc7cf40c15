"""Keeps what was installed or built, whole or not at all, for every run of this user.

A folder is made under a temporary name and renamed when it is complete, so an interrupted run
leaves nothing that looks finished. A lock for each folder keeps two runs from making the same one
twice; the system drops it when its holder dies.
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
"""Folders of a checkout that are no part of its content."""


def key(*parts: str) -> str:
    """A short name for everything that a folder depends on."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{len(part)}:{part}".encode())
    return digest.hexdigest()[:16]


def made(*path: str, make: Callable[[Path], None]) -> Path:
    """The folder at a path of the cache, made first where it is not there yet.

    Args:
        path: the names from the cache's own folder down.
        make: fills the empty folder that it is given; what it raises is raised, and nothing stays.

    Raises:
        UsageError: the cache cannot be written.
    """
    final = paths.cache().joinpath(*path)
    if final.is_dir():
        return final
    workshop = _writable(paths.cache() / ".unfinished")
    unfinished = workshop / key(*path)
    with _locked(workshop / f"{unfinished.name}.lock"):
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
    """The releases of an SDK that are installed here, in no particular order."""
    folder = paths.cache() / sdk / "releases"
    if not folder.is_dir():
        return ()
    return tuple(entry.name for entry in folder.iterdir() if entry.is_dir())


def content(folder: Path) -> str:
    """The SHA-256 of every file below a folder: names, whether they can be run, and bytes."""
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
    """Copy everything that :func:`content` reads."""
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
            fix="Name a folder that can be written in the variable CONFORM_CACHE.",
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
