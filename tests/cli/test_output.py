"""The command prints its help at once, and ends quietly if the reader of its output ends first."""

from __future__ import annotations

from collections.abc import Iterator
import os
import signal
import subprocess
import sys

import pytest

CONFORM = (sys.executable, "-m", "conform")
ENDED = 128 + signal.SIGPIPE


@pytest.fixture
def closed_pipe() -> Iterator[int]:
    """The writing end of a pipe without a reader."""
    reading, writing = os.pipe()
    os.close(reading)
    yield writing
    os.close(writing)


def test_help_loads_no_large_library() -> None:
    program = (
        "import sys; from conform.cli import conform; "
        "conform.main(['--help'], standalone_mode=False); print(*sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "selftest" in run.stdout
    loaded = set(run.stdout.splitlines()[-1].split())
    assert loaded.isdisjoint(
        {"msgspec", "rich", "pytest", "hypothesis", "yaml", "jsonschema", "pact"}
    )


@pytest.mark.parametrize(
    "arguments", [["cases"], ["cases", "--help"], ["schemas", "compare"], ["--version"]]
)
def test_output_without_a_reader_ends_the_command_quietly(
    arguments: list[str], closed_pipe: int
) -> None:
    run = subprocess.run(
        [*CONFORM, *arguments],
        stdout=closed_pipe,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    assert (run.returncode, run.stderr) == (ENDED, b"")


@pytest.mark.parametrize("arguments", [["unknown"], ["call", "http@nowhere", "session.create"]])
def test_errors_without_a_reader_end_the_command_quietly(
    arguments: list[str], closed_pipe: int
) -> None:
    run = subprocess.run(
        [*CONFORM, *arguments],
        stdout=subprocess.PIPE,
        stderr=closed_pipe,
        timeout=60,
        check=False,
    )
    assert (run.returncode, run.stdout) == (ENDED, b"")


def test_a_reader_gets_the_first_lines() -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen([*CONFORM, "cases"], stdout=pipe, stderr=pipe) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        assert run.stdout.readline().startswith(b"session.")
        run.stdout.close()
        assert (run.wait(60), run.stderr.read()) == (ENDED, b"")
