"""Files that are generated from a committed source: written, or compared byte for byte."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile

from msgspec import Struct

from conform.core.errors import DriftError, UsageError


class GeneratedFiles(Struct, frozen=True, kw_only=True):
    """What a folder is to hold."""

    root: Path
    wanted: Mapping[str, bytes]
    """The content of every file, by its path below the folder."""
    present: Collection[str] = ()
    """Files of the folder that are generated; one that is not wanted any more is stale."""
    what: str
    """What they are, to follow a number, such as ``schema files``."""
    source: str
    """What they are generated from, such as ``the facts``."""
    command: str
    """What writes them."""

    def drifted(self) -> tuple[str, ...]:
        """The files that are not what they are to be, the stale ones among them."""
        stale = set(self.present) - self.wanted.keys()
        wrong = {
            name for name, content in self.wanted.items() if _content(self.root / name) != content
        }
        return tuple(sorted(stale | wrong))

    def write(self) -> tuple[str, ...]:
        """Bring the folder to what it is to hold, and name the files that changed.

        Raises:
            UsageError: it cannot be written.
        """
        changed = self.drifted()
        for name in changed:
            if name in self.wanted:
                write_whole(self.root / name, self.wanted[name])
            else:
                (self.root / name).unlink()
        return changed

    def check(self) -> int:
        """How many files there are, all of them what they are to be.

        Raises:
            DriftError: some are not; it names them.
        """
        if drifted := self.drifted():
            raise DriftError(
                f"{len(drifted)} {self.what} are not what {self.source} generate.",
                why=f"They differ: {', '.join(drifted)}.",
                fix=f"Run `{self.command}`, and look at the difference before committing it.",
            )
        return len(self.wanted)


def write_whole(path: Path, content: bytes) -> bool:
    """Write a file whole or not at all, and say whether that changed it.

    Raises:
        UsageError: the folder cannot be written.
    """
    try:
        if _content(path) == content:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(content)
        Path(file.name).chmod(0o644)
        Path(file.name).replace(path)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written.",
            why=f"{error.strerror or error}.",
            fix="Name a folder that can be written.",
        ) from error
    return True


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
