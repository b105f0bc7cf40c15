"""Runs another program to its end, in bounded time, with everything it says captured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import os
from pathlib import Path
import shlex
import subprocess
from typing import Final

from msgspec import Struct

from conform.errors import TargetUnavailableError
from conform.targets.processes import end_tree

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
    try:
        process = subprocess.Popen(
            words,
            cwd=cwd,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        raise TargetUnavailableError(
            f"{words[0]} cannot be run.",
            why=error.strerror or str(error),
            fix="Install it; conform targets says how.",
        ) from error
    with process:
        try:
            stdout, stderr = process.communicate(stdin, timeout=within)
        except subprocess.TimeoutExpired as error:
            raise TargetUnavailableError(
                f"{words[0]} did not end within {within:g} seconds.",
                why="It was ended.",
                fix=f"Run it by hand to see more: {shlex.join(words)}",
            ) from error
        finally:
            if process.poll() is None:
                end_tree(process.pid)
    return Ran(command=words, exit_code=process.returncode, stdout=stdout, stderr=stderr)
