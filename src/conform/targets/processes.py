"""Ends a process with everything that it started, so that no process outlives the run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
import os
import signal
import time
from typing import Final
import uuid

import psutil

_MARK: Final = "CONFORM_PROCESS"
_ROUNDS: Final = 5
_TICK: Final = 0.005


def new_mark() -> dict[str, str]:
    """A variable for the environment of one process, which whatever it starts inherits."""
    return {_MARK: str(uuid.uuid4())}


class Tree:
    """A process that leads a session of its own, and everything that it starts.

    A child is found through its parent, through the session, and, where it left both, through the
    mark in its environment.

    Args:
        pid: the process, just started.
        mark: from :func:`new_mark`, in the environment that it was started with.
    """

    def __init__(self, pid: int, mark: dict[str, str]) -> None:
        self._pid = pid
        self._mark = mark[_MARK]
        self._root = psutil.Process(pid)
        self._over = False

    def living(self) -> tuple[psutil.Process, ...]:
        """Every process of the tree that has not ended."""
        found = set(self._strays())
        with suppress(psutil.Error):
            found |= {*self._root.children(recursive=True), self._root}
        return tuple(each for each in found if _lives(each))

    def end(self, grace: float = 0.0) -> None:
        """End every process: asked first where there is grace, then killed.

        Args:
            grace: seconds between asking and killing.
        """
        if self._over:
            return
        if grace:
            asked = self.living()
            _signal(asked, signal.SIGTERM)
            _wait_for(asked, grace)
        # What forks while it is being killed is found in the next round.
        for _round in range(_ROUNDS):
            found = self.living()
            if not found:
                break
            _signal(found, signal.SIGKILL)
            _wait_for(found, 1)
        self._over = True

    def _strays(self) -> Iterator[psutil.Process]:
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                in_session = os.getsid(process.pid) == self._pid
                if in_session or process.environ().get(_MARK) == self._mark:
                    yield process


def _lives(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _wait_for(processes: Iterable[psutil.Process], seconds: float) -> None:
    """Wait until all have ended. Whether somebody reaps them is not ours to wait for."""
    deadline = time.monotonic() + seconds
    while any(map(_lives, processes)) and time.monotonic() < deadline:
        time.sleep(_TICK)


def _signal(processes: Iterable[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with suppress(psutil.Error):
            process.send_signal(number)
