"""Ends a worker, with all that it started, when it is told to or when nobody reads its results."""

from __future__ import annotations

import os
import select
import signal
import threading

from conform.targets import processes


def hold_on_to(results: int) -> None:
    """End this process when it gets SIGTERM, or when the reader of its results is gone.

    Args:
        results: the descriptor that the results are written to.
    """
    processes.adopt_orphans()
    signal.signal(signal.SIGTERM, _end)
    threading.Thread(target=_watch, args=(results,), name="lifeline", daemon=True).start()


def _watch(results: int) -> None:
    reader = select.poll()
    # Without an event to wait for, poll returns when the other end of a pipe is closed.
    reader.register(results, 0)
    reader.poll()
    os.kill(os.getpid(), signal.SIGTERM)


def _end(number: int, _frame: object) -> None:
    processes.end_all(grace=0)
    os._exit(128 + number)
