"""What the tests of targets share: adapters written for a test, and a cache of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path
import sys
import textwrap

import psutil
import pytest

from conform.core.manifest import AdapterFolder, read
from conform.targets.launch import CLEAN, Launch

Scripted = Callable[[str], Launch]

PRELUDE = """
import json, os, signal, subprocess, sys, time

def read():
    line = sys.stdin.readline()
    if not line:
        sys.exit(0)
    return json.loads(line)

def reply(request, result=None, **more):
    message = {"jsonrpc": "2.0", "id": request["id"], "result": result or {}, **more}
    write(json.dumps(message) + "\\n")

def write(text):
    sys.stdout.write(text)
    sys.stdout.flush()

def serve():
    while True:
        request = read()
        reply(request)
        if request["method"] == "stop":
            sys.exit(0)
"""


@pytest.fixture
def tag(tmp_path: Path) -> dict[str, str]:
    """A variable that every process of a test inherits."""
    return {"CONFORM_TEST": str(tmp_path)}


@pytest.fixture
def scripted(tmp_path: Path, tag: dict[str, str]) -> Scripted:
    """Makes an adapter of a few lines of Python; ``serve()`` answers every request with ``{}``."""

    def make(body: str) -> Launch:
        path = tmp_path / "scripted.py"
        path.write_text(PRELUDE + textwrap.dedent(body))
        return Launch((sys.executable, "-S", str(path)), {**CLEAN, **tag})

    return make


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache of this test alone."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("CONFORM_CACHE", str(folder))
    return folder


@pytest.fixture
def nothing_left(tag: dict[str, str]) -> Iterator[None]:
    """Checks that no process of the test is alive after it."""
    yield
    living = [each for each in psutil.process_iter() if _inherits(each, tag)]
    assert psutil.Process().children(recursive=True) == []
    assert living == []


def _inherits(process: psutil.Process, tag: dict[str, str]) -> bool:
    try:
        return tag.items() <= process.environ().items()
    except psutil.Error:
        return False


MANIFEST = """
[adapter]
name = "toy"
language = "Toy"
[sdk]
package = "toy-sdk"
installer = "none"
[start]
command = ["{python}", "{adapter}/adapter.py"]
[naming]
resource = "snake"
operation = "snake"
attribute = "snake"
[[requires]]
program = "{python}"
version = ["--version"]
minimum = "3.11"
[requires.get]
any = "sudo get-toy"
"""


Folder = Callable[..., AdapterFolder]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Makes the folder of an adapter; each argument replaces a text of its manifest."""

    def make(*changes: tuple[str, str]) -> AdapterFolder:
        text = MANIFEST
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "toy"
        path.mkdir()
        (path / "adapter.toml").write_text(text)
        return read(path)

    return make
