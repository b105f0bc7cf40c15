"""How many tests run at once."""

from __future__ import annotations

import os


def pytest_xdist_auto_num_workers() -> int:
    """More workers than cores, since many tests wait for the processes that they start."""
    return (os.cpu_count() or 1) + 2
