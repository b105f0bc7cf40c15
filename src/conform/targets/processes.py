"""Ends a process with everything that it started, so that no process outlives the run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
import ctypes
import os
import signal
import sys
import threading
import time
from typing import Final
import uuid

import psutil

from conform.core.errors import InterruptedRunError

_MARK: Final = "CONFORM_PROCESS"
_ROUNDS: Final = 5
_TICK: Final = 0.005
_MEASURED_EVERY: Final = 1.0
_SET_CHILD_SUBREAPER: Final = 36
"""The option of Linux's prctl(2)."""


def new_mark() -> dict[str, str]:
    """A variable for the environment of one process, which whatever it starts inherits."""
    return {_MARK: str(uuid.uuid4())}


class Tree:
    """A process that leads a session of its own, and everything that it starts.

    A child is found through its parent, through the session, through the mark in its environment,
    and, where this process adopts orphans, as a child that nobody here started.

    Args:
        pid: the process, just started.
        mark: from :func:`new_mark`, in the environment that it was started with.

    Raises:
        InterruptedRunError: the run is being ended; the process has been ended at once.
    """

    def __init__(self, pid: int, mark: dict[str, str]) -> None:
        self.pid = pid
        self._mark = mark[_MARK]
        self._root = psutil.Process(pid)
        self._over = False
        self._memory, self._measured = 0, 0.0
        if not _STARTED.add(self):
            self.end()
            raise InterruptedRunError("The run is being ended.", why="It was interrupted.")

    def living(self) -> tuple[psutil.Process, ...]:
        """Every process of the tree that has not ended."""
        found = {*self._strays(), *_STARTED.adopted()}
        with suppress(psutil.Error):
            found |= {*self._root.children(recursive=True), self._root}
        return tuple(each for each in found if _lives(each))

    def memory(self) -> int:
        """Bytes of memory in use by the process and its children; measured once a second."""
        now = time.monotonic()
        if now - self._measured >= _MEASURED_EVERY:
            self._measured = now
            self._memory = sum(map(_memory_of, (self._root, *_children(self._root))))
        return self._memory

    def end(self, grace: float = 0.0) -> None:
        """End every process: asked first where there is grace, then killed.

        Args:
            grace: seconds between asking and killing.
        """
        if self._over:
            return
        found: set[psutil.Process] = set()
        if grace:
            found.update(self.living())
            _signal(found, signal.SIGTERM)
            _wait_for(found, grace)
        # What forks while it is being killed is found in the next round.
        for _round in range(_ROUNDS):
            found = {*filter(_lives, found), *self.living()}
            if not found:
                break
            _signal(found, signal.SIGKILL)
            _wait_for(found, 1)
        self._over = True
        _STARTED.remove(self)

    def _strays(self) -> Iterator[psutil.Process]:
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                in_session = os.getsid(process.pid) == self.pid
                if in_session or process.environ().get(_MARK) == self._mark:
                    yield process


class _Started:
    """What this process has started and not yet ended."""

    def __init__(self) -> None:
        self._trees: set[Tree] = set()
        self._lock = threading.Lock()
        self._is_closed = False
        self._adopts = False

    def add(self, tree: Tree) -> bool:
        """Remember a tree; false where nothing more may be started."""
        with self._lock:
            self._trees.add(tree)
            return not self._is_closed

    def remove(self, tree: Tree) -> None:
        with self._lock:
            self._trees.discard(tree)

    def close(self) -> tuple[Tree, ...]:
        """Let nothing more be started, and give what there is."""
        with self._lock:
            self._is_closed = True
            return tuple(self._trees)

    def adopt(self) -> None:
        self._adopts = True

    def adopted(self) -> Iterator[psutil.Process]:
        """Orphans that became children of this process, with their own children."""
        if not self._adopts:
            return
        with self._lock:
            own = {tree.pid for tree in self._trees}
        for child in psutil.Process().children():
            if child.pid not in own:
                yield child
                with suppress(psutil.Error):
                    yield from child.children(recursive=True)


_STARTED: Final = _Started()


def end_all(grace: float) -> None:
    """End everything that this process has started, and let it start nothing more.

    Args:
        grace: seconds between asking and killing, for all together.
    """
    trees = _STARTED.close()
    if grace:
        asked = {process for tree in trees for process in tree.living()}
        _signal(asked, signal.SIGTERM)
        _wait_for(asked, grace)
    for tree in trees:
        tree.end()


def adopt_orphans() -> None:
    """Become the parent of every descendant that loses its own, where the system is Linux.

    So a daemon that left its session and its environment is found, too.
    """
    if sys.platform == "linux" and not ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        _STARTED.adopt()


def _children(process: psutil.Process) -> list[psutil.Process]:
    with suppress(psutil.Error):
        return process.children(recursive=True)
    return []


def _memory_of(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        used: int = process.memory_info().rss
        return used
    return 0


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
