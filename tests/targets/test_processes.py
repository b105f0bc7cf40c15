"""A daemon that leaves its parent, its session and its environment is ended, too."""

from __future__ import annotations

import os
from pathlib import Path
import subprocess
import sys

import psutil
import pytest

from conform.targets.launch import CLEAN

ADAPTER = """
import os, pathlib, sys
if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))
    waiting = [sys.executable, "-S", "-c", "import time; time.sleep(600)"]
    os.execve(sys.executable, waiting, {})
while not (note := pathlib.Path(sys.argv[1])).exists() or not note.read_text():
    pass
for line in sys.stdin:
    print('{"jsonrpc": "2.0", "id": 1, "result": {}}', flush=True)
"""
WORKER = """
import sys
from conform.core.protocol import Reset
from conform.targets.adapter import Adapter
from conform.targets.launch import CLEAN, Launch
from conform.targets.processes import adopt_orphans

adopt_orphans()
with Adapter(Launch((sys.executable, "-S", "-c", sys.argv[1], sys.argv[2]), CLEAN)) as adapter:
    adapter.ask(Reset(), 30)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process adopt orphans")
def test_a_daemon_with_an_empty_environment_is_ended(tmp_path: Path) -> None:
    note = tmp_path / "daemon"
    command = [sys.executable, "-c", WORKER, ADAPTER, str(note)]
    subprocess.run(command, check=True, timeout=60, env={**os.environ, **CLEAN})
    assert not lives(int(note.read_text()))


def lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
