"""Runs another program to its end, in bounded time, and captures everything it prints.

Its temporary files, and its home if it needs only a part of the user's, are in a folder that is
removed when it has ended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import os
from pathlib import Path
import re
import shlex
import subprocess
from tempfile import TemporaryFile
from typing import IO, Final

from msgspec import Struct

from conform.core.errors import TargetUnavailableError, UsageError
from conform.targets.homes import Home
from conform.targets.processes import Tree, new_mark
from conform.targets.scratch import private_places

COMMAND_SECONDS: Final = 900.0
"""Seconds that an installer or a compiler may take."""

_LONGEST_REASON: Final = 2000
_DISK_IS_FULL: Final = re.compile("no space left on device|disk quota exceeded", re.IGNORECASE)


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
    home: Home | None = None,
    within: float | None = None,
) -> Finished:
    """Run a program with the user's environment and some more variables.

    Args:
        command: the program and its arguments; no shell reads them.
        cwd: the folder to run it in.
        stdin: what it reads from its standard input.
        environment: variables added to the user's environment.
        home: what it needs of the user's home; without it, its home is the user's.
        within: seconds until it is ended with everything that it started; without it,
            ``COMMAND_SECONDS``.

    Raises:
        TargetUnavailableError: the program does not exist, or did not end in time.
        UsageError: there is no room for what it writes.
    """
    words = tuple(map(str, command))
    seconds = COMMAND_SECONDS if within is None else within
    mark = new_mark()
    with (
        private_places(home) as (folder, places),
        # Files, not pipes: a daemon that a tool leaves behind would keep a pipe open.
        TemporaryFile(dir=folder) as given,
        TemporaryFile(dir=folder) as stdout,
        TemporaryFile(dir=folder) as stderr,
    ):
        given.write(stdin.encode())
        given.seek(0)
        try:
            process = subprocess.Popen(
                words,
                cwd=cwd,
                env={**os.environ, **places, **(environment or {}), **mark},
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
            exit_code = process.wait(timeout=seconds)
        except subprocess.TimeoutExpired as error:
            raise TargetUnavailableError(
                f"{' '.join(words[:2])} did not end within {seconds:g} seconds.",
                why="The suite ended it. Most often, a registry does not answer.",
                fix="Check the network and the registry, then run the command again.",
            ) from error
        finally:
            tree.end()
            process.wait()
        finished = Finished(
            command=words, exit_code=exit_code, stdout=_text(stdout), stderr=_text(stderr)
        )
    if not finished.ok and _DISK_IS_FULL.search(finished.stdout + finished.stderr):
        raise UsageError(
            f"The disk is full; {words[0]} cannot write.",
            why=finished.reason,
            fix="Make room, or set CONFORM_CACHE and TMPDIR to folders on another disk.",
        )
    return finished


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")
