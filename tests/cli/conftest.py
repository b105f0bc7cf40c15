"""What the tests of the command line share: the real command."""

from __future__ import annotations

from collections.abc import Callable
import os
from pathlib import Path
import subprocess
import sys

import pytest

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def conform(tmp_path: Path) -> Command:
    """Run ``conform`` with arguments in an empty folder."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "conform", *arguments],
            cwd=tmp_path,
            env={**os.environ, "COLUMNS": "80", **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return run
