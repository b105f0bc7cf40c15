"""Writes the files that are generated from a committed source, or compares them byte for byte."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from msgspec import Struct

from conform.core.errors import DriftError, UsageError
from conform.core.text import counted


class GeneratedFiles(Struct, frozen=True, kw_only=True):
    """The files that a folder must contain."""

    root: Path
    wanted: Mapping[str, bytes]
    """The content of every file, by its path below the folder."""
    present: Collection[str] = ()
    """The generated files that the folder contains now; one that is not wanted is stale."""
    noun: str
    """What one of the files is called, such as ``schema file``."""
    source: str
    """What generates them, in the plural, such as ``the facts``."""
    command: str
    """The command that writes them."""

    def drifted(self) -> tuple[str, ...]:
        """The files that are changed, missing or stale, in order."""
        stale = set(self.present) - self.wanted.keys()
        wrong = {
            name for name, content in self.wanted.items() if _content(self.root / name) != content
        }
        return tuple(sorted(stale | wrong))

    def write(self) -> tuple[str, ...]:
        """Write, replace and remove files until nothing has drifted; return those that changed.

        Raises:
            UsageError: the folder cannot be written.
        """
        changed = self.drifted()
        for name in changed:
            if name in self.wanted:
                write_whole(self.root / name, self.wanted[name])
            else:
                with _writing(self.root / name):
                    (self.root / name).unlink()
        return changed

    def check(self) -> int:
        """The number of files, if none has drifted.

        Raises:
            DriftError: some have; the error names them.
        """
        if drifted := self.drifted():
            verb = "differs" if len(drifted) == 1 else "differ"
            raise DriftError(
                f"{counted(len(drifted), self.noun)} {verb} from what {self.source} generate.",
                why=f"Changed, missing or no longer generated: {', '.join(drifted)}.",
                fix=f"Run `{self.command}`, and review the difference before you commit it.",
            )
        return len(self.wanted)


def write_whole(path: Path, content: bytes) -> bool:
    """Write a file completely or not at all; return whether its content changed.

    Raises:
        UsageError: the file cannot be written.
    """
    with _writing(path):
        if _content(path) == content:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(content)
        Path(file.name).chmod(0o644)
        Path(file.name).replace(path)
    return True


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written.",
            why=f"{error.strerror or error}.",
            fix="Choose a folder that you can write to.",
        ) from error


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
