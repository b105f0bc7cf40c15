"""Keeps installed and built folders, complete or not at all, for all runs of this user.

A folder is made under a temporary name and renamed when it is complete. So an interrupted run
leaves nothing that looks complete. A folder that is not as it was made is made anew.

A lock for each folder stops two runs from making the same folder twice. One lock for the whole
cache is held for the moment in which a folder comes or goes. The system releases a lock when its
owner dies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
import fcntl
import hashlib
import os
from pathlib import Path
import re
import shutil
import stat
from typing import Final
import uuid

from msgspec import Struct

from conform.core import paths
from conform.core.errors import UsageError
from conform.targets import sharing
from conform.targets.entries import SUFFIX, Entry, entries

IGNORED: Final = frozenset(
    {".git", ".hg", ".svn", "__pycache__", ".venv", ".tox", ".nox"}
    | {".mypy_cache", ".pytest_cache", ".ruff_cache"}
)
"""Folders of a checkout that are not part of its content."""

_LIMIT: Final = "4G"
_SIZE: Final = re.compile(r"([0-9]{1,15}(?:\.[0-9]+)?) ?([KMGT]?)(?:i?B)?", re.IGNORECASE)
_WHOLE_CACHE: Final = "cache"
"""The name of the lock for the moment in which a folder comes or goes."""


def key(*parts: str) -> str:
    """A short digest of everything that a folder depends on."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{len(part)}:{part}".encode())
    return digest.hexdigest()[:16]


def made(*path: str, make: Callable[[Path], None]) -> Path:
    """The folder at a path of the cache; it is made first if it does not exist or is damaged.

    It stays as long as this process lives. If the cache becomes too large, folders that no process
    uses are removed, those first that were not used for the longest time.

    Args:
        path: the names below the folder of the cache.
        make: fills the empty folder that it is given; if it raises, nothing is kept.

    Raises:
        UsageError: the cache cannot be used, its largest size is not valid, or the folder is
            damaged and another process uses it.
    """
    largest = limit()
    entry = Entry(paths.cache().joinpath(*path))
    with _usable():
        if entry.use():
            return entry.folder
        _unfinished().mkdir(parents=True, exist_ok=True)
        with _locked(key(*path)):
            if not entry.use():
                _make(entry, _unfinished() / key(*path), make)
        _keep_below(largest)
    return entry.folder


def _make(entry: Entry, unfinished: Path, make: Callable[[Path], None]) -> None:
    _remove(unfinished)
    unfinished.mkdir()
    try:
        make(unfinished)
        sharing.share(unfinished, unfinished.with_name(f"{unfinished.name}.link"))
        _place(entry, unfinished)
    except BaseException:
        _remove(unfinished)
        raise


def _place(entry: Entry, made: Path) -> None:
    entry.release()
    with _bin() as old, _locked(_WHOLE_CACHE):
        if not entry.take_out(old):
            raise UsageError(
                f"{entry.folder} in the cache is damaged.",
                why="It cannot be replaced, because another command uses it.",
                fix="Run the command again when the other one has ended.",
            )
        entry.place(made)
        entry.use()


def releases(sdk: str) -> tuple[str, ...]:
    """The installed releases of an SDK, in no particular order."""
    found = (paths.cache() / sdk / "releases").glob("*/*" + SUFFIX)
    return tuple({stamp.parent.name for stamp in found})


def limit() -> int:
    """The largest size of the cache in bytes, which ``CONFORM_CACHE_SIZE`` sets.

    Raises:
        UsageError: its value is not a size.
    """
    text = os.environ.get("CONFORM_CACHE_SIZE") or _LIMIT
    size = _SIZE.fullmatch(text.strip())
    if size is None:
        raise UsageError(
            f"{text!r} is not a valid size of the cache.",
            why="CONFORM_CACHE_SIZE is a number of bytes, or a number with K, M, G or T.",
            fix="Set it to a size like 4G or 500M, or leave it out.",
        )
    number, unit = size.groups()
    return int(float(number) * 1024 ** " KMGT".index(unit.upper() or " "))


def taken() -> int:
    """The bytes that all folders take on the disk; a file that several of them have counts once."""
    return sharing.taken(entry.folder for entry in stored())


def stored() -> tuple[Entry, ...]:
    """Every folder in the cache, whether it is whole or not.

    Raises:
        UsageError: the cache is not a folder.
    """
    with _usable():
        return tuple(entries())


class Cleared(Struct, frozen=True, kw_only=True):
    """A folder that was to be removed."""

    name: str
    size: int
    is_removed: bool
    """False if a process uses it."""


def clear(sdk: str | None = None) -> tuple[Cleared, ...]:
    """Remove every folder that no process uses: those of one SDK, or all.

    Raises:
        UsageError: the cache cannot be used.
    """
    with _usable():
        return tuple(_clear(entry for entry in entries() if sdk in {None, entry.sdk}))


def _clear(found: Iterable[Entry]) -> Iterator[Cleared]:
    for entry in found:
        _unfinished().mkdir(exist_ok=True)
        name, size = entry.name, entry.size
        with _bin() as old, _locked(_WHOLE_CACHE):
            is_removed = entry.take_out(old)
            if is_removed:
                _remove_empty(entry.folder.parent)
        yield Cleared(name=name, size=size, is_removed=is_removed)
    sharing.forget_unused()


def _keep_below(largest: int) -> None:
    """Remove what was not used for the longest time, and what killed runs left behind."""
    for left in _unfinished().iterdir():
        if left.is_dir():
            with suppress(BlockingIOError), _locked(left.name, wait=False):
                _remove(left)
    found = sorted(entries(), key=lambda entry: entry.last_used)
    excess = sharing.taken(entry.folder for entry in found) - largest
    for entry in found:
        if excess <= 0:
            break
        freed = sharing.own(entry.folder)
        excess -= sum(freed for each in _clear([entry]) if each.is_removed)


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
    """Copy all files that :func:`content` reads; the copies can be written."""
    for name in _files(folder):
        target = into / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(folder / name, target, follow_symlinks=False)
        if not target.is_symlink():
            target.chmod(target.stat().st_mode | stat.S_IWUSR)


def _files(folder: Path) -> Iterator[str]:
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - IGNORED)
        links = (name for name in folders if Path(where, name).is_symlink())
        for name in sorted([*files, *links]):
            path = Path(where, name)
            if path.is_symlink() or path.is_file():
                yield str(path.relative_to(folder))


def _unfinished() -> Path:
    return paths.cache() / ".unfinished"


@contextmanager
def _usable() -> Iterator[None]:
    """Turn an error of the system into one that says what to do about it."""
    try:
        yield
    except OSError as error:
        place = Path(error.filename2 or error.filename or paths.cache())
        if not (place.is_relative_to(paths.cache()) or paths.cache().is_relative_to(place)):
            raise UsageError(
                f"{place} cannot be read or written.",
                why=f"{error.strerror}.",
                fix="Change its permissions, or make room on its disk.",
            ) from error
        raise UsageError(
            f"The cache in {paths.cache()} cannot be used.",
            why=f"{place}: {error.strerror or error}.",
            fix="Make it a folder that can be written and has room, or set CONFORM_CACHE to one.",
        ) from error


@contextmanager
def _locked(name: str, *, wait: bool = True) -> Iterator[None]:
    with (_unfinished() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


@contextmanager
def _bin() -> Iterator[Path]:
    """A free path for what leaves the cache, which is removed in the end."""
    name = key(str(uuid.uuid4()))
    path = _unfinished() / name
    try:
        with _locked(name):
            yield path
            _remove(path)
    finally:
        (_unfinished() / f"{name}.lock").unlink(missing_ok=True)


def _remove_empty(folder: Path) -> None:
    """Remove a folder, and those above it up to the cache, as long as they are empty."""
    with suppress(OSError):
        while folder != paths.cache():
            folder.rmdir()
            folder = folder.parent


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
