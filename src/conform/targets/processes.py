"""Ends a process with everything that it started, so that no process outlives the run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
import os
import signal

import psutil


def descendants(pid: int, mark: str | None = None) -> tuple[psutil.Process, ...]:
    """Every living process that a process started, itself first.

    A child is found through its parent, through the session that the process leads, and, where it
    left both, through the mark that it inherited in its environment.

    Args:
        pid: the process, leader of a session of its own.
        mark: ``NAME=value`` of a variable that no other process has.
    """
    found: dict[int, psutil.Process] = {}
    with suppress(psutil.Error):
        root = psutil.Process(pid)
        found[pid] = root
        found |= {child.pid: child for child in root.children(recursive=True)}
    found |= {stray.pid: stray for stray in _strays(pid, mark) if stray.pid not in found}
    found.pop(os.getpid(), None)
    return tuple(found.values())


def end_tree(pid: int, mark: str | None = None, *, grace: float = 0.0) -> None:
    """End a process and everything it started: asked first where there is grace, then killed.

    Args:
        pid: the process, leader of a session of its own.
        mark: see :func:`descendants`.
        grace: seconds between asking and killing.
    """
    if grace:
        asked = descendants(pid, mark)
        _signal(asked, signal.SIGTERM)
        psutil.wait_procs(asked, timeout=grace)
    # Whoever forks while it is being killed is found in the next round.
    for _round in range(5):
        found = descendants(pid, mark)
        if not found:
            return
        _signal(found, signal.SIGKILL)
        psutil.wait_procs(found, timeout=1)


def _strays(pid: int, mark: str | None) -> Iterator[psutil.Process]:
    name, _, value = (mark or "").partition("=")
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if os.getsid(process.pid) == pid or (name and process.environ().get(name) == value):
                yield process


def _signal(processes: Iterable[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with suppress(psutil.Error):
            process.send_signal(number)
