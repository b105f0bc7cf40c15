"""What the tests of the engine share: targets whose adapters are written for a test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
import sys
import textwrap

import pytest

from conform.core import manifest
from conform.targets import Target
from conform.targets.launch import CLEAN, Launch

Scripted = Callable[[str], Target]

ADAPTER = """
import json, os, sys, time

PROGRAM = {"name": "toy", "version": "1"}
STARTED = {
    "adapter": PROGRAM, "sdk": PROGRAM, "runtime": PROGRAM,
    "loaded": os.path.realpath(sys.argv[0]), "error_families": ["ToyError"],
}
RESULTS = {
    "start": STARTED,
    "configure": {"outcome": "configured", "applied": ["attempts"], "unsupported": []},
    "call": {"outcome": "returned", "value": {"kind": "string", "text": "done"}},
}

def write(request, **members):
    print(json.dumps({"jsonrpc": "2.0", "id": request["id"], **members}), flush=True)

def answer(request):
    write(request, result=RESULTS.get(request["method"], {}))

def serve(handle):
    for line in sys.stdin:
        request = json.loads(line)
        handle(request)
        if request["method"] == "stop":
            break
"""


@pytest.fixture
def scripted(tmp_path: Path) -> Scripted:
    """Makes a target with an adapter of a few lines of Python.

    The lines handle one ``request``; ``answer(request)`` sends the usual answer.
    """

    def make(lines: str) -> Target:
        path = tmp_path / "scripted.py"
        body = textwrap.indent(textwrap.dedent(lines), "    ")
        path.write_text(f"{ADAPTER}\ndef handle(request):\n{body}\n\nserve(handle)\n")
        return Target(
            name="toy==1.0",
            manifest=manifest.named("http").manifest,
            release="1.0",
            launch=Launch((sys.executable, "-S", str(path)), CLEAN),
            sdk=tmp_path,
        )

    return make
