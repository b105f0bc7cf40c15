"""One folder of the cache: whether it is whole, how large it is, who uses it, and since when.

Next to a folder is its stamp, a file that lists what the folder had when it was complete. A process
that uses the folder has a shared lock on the stamp until it ends; so no other process removes the
folder. The time of the stamp says when the folder was last used.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
import fcntl
import os
from pathlib import Path
import stat
import threading
from typing import Final, Self

import msgspec
from msgspec import Struct

from conform.core import paths
from conform.core.files import is_at

SUFFIX: Final = ".stamp"
"""What the name of a stamp has after that of its folder."""
_COMPILED: Final = "__pycache__"
"""Python writes there while a release runs."""


class Stamp(Struct, frozen=True):
    """What a folder had when it was complete."""

    size: int
    """The bytes of all files."""
    files: dict[str, str]
    """What is known of each file without reading it."""

    @classmethod
    def of(cls, folder: Path) -> Self:
        """The stamp of a folder as it is now."""
        files: dict[str, str] = {}
        size = 0
        for where, folders, names in os.walk(folder):
            links = [name for name in folders if Path(where, name).is_symlink()]
            folders[:] = [name for name in folders if name != _COMPILED]
            for name in (*names, *links):
                path = Path(where, name)
                with suppress(FileNotFoundError):
                    files[_text(path.relative_to(folder))] = _known_of(path)
                    size += path.lstat().st_size
        return cls(size, files)

    def fits(self, folder: Path) -> bool:
        """Whether the folder still has every file, unchanged; it may have more."""
        return folder.is_dir() and self.files.items() <= self.of(folder).files.items()


# Made before any thread can need it; see docs/architecture.md.
_DECODER: Final = msgspec.json.Decoder(Stamp)
_USED: Final[dict[Path, int]] = {}
"""The stamps that this process has locked, each with its descriptor."""
_GUARD: Final = threading.Lock()


class Entry(Struct, frozen=True):
    """A folder of the cache, which need not exist."""

    folder: Path

    @property
    def sdk(self) -> str:
        """The name of the adapter."""
        return self.folder.relative_to(paths.cache()).parts[0]

    @property
    def name(self) -> str:
        """What the folder has: the name of a target, or the adapter of an SDK."""
        match self.folder.relative_to(paths.cache()).parts:
            case (sdk, "releases", release, _):
                return f"{sdk}=={release}"
            case (sdk, "checkouts", digest, _):
                return f"{sdk}@sha256:{digest[:12]}"
            case (sdk, *_):
                return f"{sdk}, the built adapter"
        raise AssertionError(self.folder)

    @property
    def size(self) -> int:
        """Its bytes."""
        stamp = self._read()
        return (stamp or Stamp.of(self.folder)).size

    @property
    def last_used(self) -> float:
        """In seconds since the epoch; 0 for a folder that nothing can use."""
        try:
            return self.stamp.stat().st_mtime
        except FileNotFoundError:
            return 0

    @property
    def stamp(self) -> Path:
        """The file that lists what the folder had when it was complete."""
        return self.folder.with_name(self.folder.name + SUFFIX)

    def use(self) -> bool:
        """Whether the folder is whole; if so, no other process removes it before this one ends."""
        try:
            descriptor = os.open(self.stamp, os.O_RDONLY)
        except (FileNotFoundError, NotADirectoryError):
            return False
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        stamp = self._read() if is_at(self.stamp, descriptor) else None
        if stamp is None or not stamp.fits(self.folder):
            os.close(descriptor)
            return False
        with suppress(OSError):  # The cache may be read-only.
            os.utime(self.stamp)
        self._hold(descriptor)
        return True

    def release(self) -> None:
        """End the use by this process."""
        self._hold(None)

    def place(self, made: Path) -> None:
        """Move a complete folder to its place, which is free."""
        stamp = made.with_name(made.name + SUFFIX)
        try:
            stamp.write_bytes(msgspec.json.encode(Stamp.of(made)))
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            stamp.replace(self.stamp)
        finally:
            stamp.unlink(missing_ok=True)
        made.rename(self.folder)

    def take_out(self, to: Path) -> bool:
        """Move the folder elsewhere, and remove its stamp; false if a process uses it."""
        try:
            descriptor = os.open(self.stamp, os.O_RDWR)
        except FileNotFoundError:
            descriptor = None
        try:
            if descriptor is not None:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self.stamp.unlink()
            if os.path.lexists(self.folder):
                self.folder.rename(to)
        except BlockingIOError:
            return False
        finally:
            if descriptor is not None:
                os.close(descriptor)
        return True

    def _hold(self, descriptor: int | None) -> None:
        with _GUARD:
            before = _USED.pop(self.stamp, None)
            if descriptor is not None:
                _USED[self.stamp] = descriptor
        if before is not None:
            os.close(before)

    def _read(self) -> Stamp | None:
        try:
            return _DECODER.decode(self.stamp.read_bytes())
        except (FileNotFoundError, msgspec.MsgspecError):
            return None


def entries() -> Iterator[Entry]:
    """Every folder in the cache.

    Raises:
        OSError: the cache is not a folder.
    """
    if paths.cache().exists():
        next(paths.cache().iterdir(), None)
    for pattern in ("*/releases/*/*", "*/checkouts/*/*", "*/builds/*"):
        yield from (Entry(path) for path in sorted(paths.cache().glob(pattern)) if path.is_dir())


def _known_of(path: Path) -> str:
    """Where a link leads; of a file its size, its time, and whether it can be executed."""
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return f"-> {_text(path.readlink())}"
    # An archive of the cache keeps whole seconds.
    return f"{status.st_size} {int(status.st_mtime)} {bool(status.st_mode & stat.S_IXUSR)}"


def _text(path: Path) -> str:
    """A path as JSON can have it, whatever its bytes are."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
