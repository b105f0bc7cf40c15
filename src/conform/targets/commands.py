"""Runs another program to its end, in bounded time, with everything it says captured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import os
from pathlib import Path
import shlex
import subprocess
from tempfile import TemporaryFile
from typing import IO, Final

from msgspec import Struct

from conform.core.errors import TargetUnavailableError
from conform.targets.processes import Tree, new_mark

PATIENCE: Final = 900.0
"""Seconds that an installer or a compiler may take."""

_LONGEST_REASON: Final = 2000


class Ran(Struct, frozen=True, kw_only=True):
    """A program that ended."""

    command: tuple[str, ...]
    exit_code: int
    stdout: str
    stderr: str

    @property
    def ok(self) -> bool:
        """Whether it says that it did what it was asked."""
        return self.exit_code == 0

    @property
    def command_line(self) -> str:
        """The command as it would be typed."""
        return shlex.join(self.command)

    @property
    def reason(self) -> str:
        """What it said, on one line, the end of it where it said much."""
        said = " ".join((self.stderr.strip() or self.stdout).split())
        said = said.removeprefix("error: ") or f"It ended with exit code {self.exit_code}."
        return said if len(said) <= _LONGEST_REASON else f"… {said[-_LONGEST_REASON:]}"


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    stdin: str = "",
    environment: Mapping[str, str] | None = None,
    within: float = PATIENCE,
) -> Ran:
    """Run a program with the user's own environment and the given variables beside it.

    Args:
        command: the program and its arguments; no shell reads them.
        cwd: the folder to run in.
        stdin: what it reads from its standard input.
        environment: variables added to the user's own.
        within: seconds until it is ended with everything that it started.

    Raises:
        TargetUnavailableError: the program does not exist, or did not end in time.
    """
    words = tuple(map(str, command))
    mark = new_mark()
    # Files, not pipes: a daemon that a tool leaves behind would hold a pipe open.
    with TemporaryFile() as asked, TemporaryFile() as stdout, TemporaryFile() as stderr:
        asked.write(stdin.encode())
        asked.seek(0)
        try:
            process = subprocess.Popen(
                words,
                cwd=cwd,
                env={**os.environ, **(environment or {}), **mark},
                stdin=asked,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
        except OSError as error:
            raise TargetUnavailableError(
                f"{words[0]} cannot be run.",
                why=error.strerror or str(error),
                fix="Install it; conform targets says how.",
            ) from error
        tree = Tree(process.pid, mark)
        try:
            exit_code = process.wait(timeout=within)
        except subprocess.TimeoutExpired as error:
            raise TargetUnavailableError(
                f"{words[0]} did not end within {within:g} seconds.",
                why="It was ended.",
                fix=f"Run it by hand to see more: {shlex.join(words)}",
            ) from error
        finally:
            tree.end()
            process.wait()
        return Ran(command=words, exit_code=exit_code, stdout=_all(stdout), stderr=_all(stderr))


def _all(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")
