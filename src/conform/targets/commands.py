"""Runs another program to its end, in bounded time, and captures everything it prints."""

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

COMMAND_SECONDS: Final = 900.0
"""Seconds that an installer or a compiler may take."""

_LONGEST_REASON: Final = 2000


class Finished(Struct, frozen=True, kw_only=True):
    """A program that has ended."""

    command: tuple[str, ...]
    exit_code: int
    stdout: str
    stderr: str

    @property
    def ok(self) -> bool:
        """Whether its exit code reports success."""
        return self.exit_code == 0

    @property
    def command_line(self) -> str:
        """The command as a person types it."""
        return shlex.join(self.command)

    @property
    def reason(self) -> str:
        """What it printed, on one line; only the end of a long text."""
        printed = " ".join((self.stderr.strip() or self.stdout).split())
        reason = printed.removeprefix("error: ") or f"It ended with exit code {self.exit_code}."
        return reason if len(reason) <= _LONGEST_REASON else f"… {reason[-_LONGEST_REASON:]}"


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    stdin: str = "",
    environment: Mapping[str, str] | None = None,
    within: float = COMMAND_SECONDS,
) -> Finished:
    """Run a program with the user's environment and some more variables.

    Args:
        command: the program and its arguments; no shell reads them.
        cwd: the folder to run it in.
        stdin: what it reads from its standard input.
        environment: variables added to the user's environment.
        within: seconds until it is ended with everything that it started.

    Raises:
        TargetUnavailableError: the program does not exist, or did not end in time.
    """
    words = tuple(map(str, command))
    mark = new_mark()
    # Files, not pipes: a daemon that a tool leaves behind would keep a pipe open.
    with TemporaryFile() as given, TemporaryFile() as stdout, TemporaryFile() as stderr:
        given.write(stdin.encode())
        given.seek(0)
        try:
            process = subprocess.Popen(
                words,
                cwd=cwd,
                env={**os.environ, **(environment or {}), **mark},
                stdin=given,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
        except OSError as error:
            raise TargetUnavailableError(
                f"{words[0]} cannot be run.",
                why=f"{error.strerror or error}.",
                fix="Install it; `conform targets` says how.",
            ) from error
        tree = Tree(process.pid, mark)
        try:
            exit_code = process.wait(timeout=within)
        except subprocess.TimeoutExpired as error:
            raise TargetUnavailableError(
                f"{words[0]} did not end within {within:g} seconds.",
                why="The suite ended it.",
                fix=f"Run it yourself to see more: {shlex.join(words)}",
            ) from error
        finally:
            tree.end()
            process.wait()
        return Finished(
            command=words, exit_code=exit_code, stdout=_text(stdout), stderr=_text(stderr)
        )


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")
