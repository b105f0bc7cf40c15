"""However a run is ended, nothing that it started or wrote for itself is left behind."""

from __future__ import annotations

from collections.abc import Iterator
import os
from pathlib import Path
import random
import resource
import signal
import subprocess
import sys
import time

import psutil
import pytest

from conform.core.results import CaseLine, RunLine, read

pytestmark = pytest.mark.once

MOMENTS = tuple(
    (number, random.Random(number).choice(["SIGINT", "SIGTERM", "SIGHUP"]))  # noqa: S311 - no secret
    for number in range(25)
)


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """The folder for temporary files of everything that a test starts."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.fixture
def nothing_left(tmp_path: Path) -> Iterator[None]:
    """Checks that no process lives, and no temporary file is there, after the test."""
    yield
    assert [each for each in psutil.process_iter() if _is_from(tmp_path, each)] == []
    assert list((tmp_path / "scratch").iterdir()) == []


def _is_from(folder: Path, process: psutil.Process) -> bool:
    try:
        return any(str(folder) in value for value in process.environ().values())
    except psutil.Error:
        return False


def start(scratch: Path, *arguments: str, largest_file: int | None = None) -> subprocess.Popen[str]:
    def limit() -> None:
        if largest_file is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

    # Coverage has a lock of its own, which a signal can leave locked, and writes files of its own.
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")}
    return subprocess.Popen(
        [sys.executable, "-m", "conform", *arguments],
        cwd=scratch.parent,
        env={**inherited, "TMPDIR": str(scratch), "COLUMNS": "80"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=limit,  # noqa: PLW1509 - the test has started no thread
    )


@pytest.mark.usefixtures("nothing_left")
@pytest.mark.parametrize(("number", "name"), MOMENTS)
def test_a_signal_at_any_moment_ends_everything(
    scratch: Path, tmp_path: Path, number: int, name: str
) -> None:
    sent = getattr(signal, name)
    process = start(scratch, "run", "http", "--suite", "faults", "--report", "out")
    time.sleep(random.Random(number).uniform(0.2, 6))  # noqa: S311 - any moment will do
    process.send_signal(sent)
    said, _ = process.communicate(timeout=30)
    # Before Python has read a line of ours, the system ends it.
    assert process.returncode in {128 + sent, -sent}, said
    unfinished = tmp_path / "out" / "unfinished"
    if unfinished.exists():
        assert f"Interrupted by {name}" in said
        assert "Report: out/unfinished/index.html" in said
        opened = [each for each in read(unfinished / "results.jsonl") if isinstance(each, RunLine)]
        assert all(each.error and each.error.exit_code == 130 for each in opened[1:])
    assert not (tmp_path / "out" / "index.html").exists()


@pytest.mark.usefixtures("nothing_left")
def test_an_unfinished_report_leaves_the_finished_one_in_place(
    scratch: Path, tmp_path: Path
) -> None:
    start(scratch, "run", "http", "-k", "site_id", "--report", "out").communicate(timeout=120)
    finished = (tmp_path / "out" / "results.jsonl").read_bytes()
    process = start(scratch, "run", "http", "--suite", "faults", "--report", "out")
    unfinished = tmp_path / "out" / "results.unfinished.jsonl"
    wait_for(lambda: unfinished.exists() and len(unfinished.read_bytes().splitlines()) > 3)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "planned cases not run" in said
    assert (tmp_path / "out" / "results.jsonl").read_bytes() == finished
    lines = read(tmp_path / "out" / "unfinished" / "results.jsonl")
    assert [each for each in lines if isinstance(each, CaseLine)]


@pytest.mark.usefixtures("nothing_left")
def test_an_interrupted_run_keeps_only_complete_observations(scratch: Path, tmp_path: Path) -> None:
    start(scratch, "run", "http", "-k", "site_id", "--keep", "kept").communicate(timeout=120)
    finished = (tmp_path / "kept" / "http.jsonl.gz").read_bytes()
    process = start(scratch, "run", "http", "--suite", "faults", "--keep", "kept")
    wait_for(lambda: list((tmp_path / "kept").glob(".unfinished-*/http.jsonl.gz")) != [])
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
    (left,) = (tmp_path / "kept").iterdir()
    assert (left.name, left.read_bytes()) == ("http.jsonl.gz", finished)


@pytest.mark.usefixtures("nothing_left")
def test_a_worker_ends_when_the_run_is_killed(scratch: Path) -> None:
    process = start(scratch, "run", "http", "--suite", "faults")
    wait_for(lambda: len(psutil.Process(process.pid).children(recursive=True)) > 1)
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.communicate(timeout=30)
    _, alive = psutil.wait_procs(children, timeout=30)
    assert alive == []
    for left in scratch.iterdir():
        # A process that is killed removes nothing.
        subprocess.run(["rm", "-rf", str(left)], check=True)  # noqa: S607


@pytest.mark.usefixtures("nothing_left")
def test_a_full_disk_ends_the_run_with_a_message(scratch: Path) -> None:
    process = start(scratch, "run", "http", "--report", "out", largest_file=200_000)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "The results cannot be written to out." in said
    assert "Traceback" not in said


@pytest.mark.usefixtures("nothing_left")
def test_a_disk_that_is_full_of_observations_ends_the_run(scratch: Path, tmp_path: Path) -> None:
    arguments = ("run", "http", "--suite", "fields", "--keep", "kept")
    process = start(scratch, *arguments, largest_file=20_000)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 2
    assert f"The observations cannot be kept in {tmp_path}/kept/" in said
    assert "Traceback" not in said
    assert list((tmp_path / "kept").iterdir()) == []


@pytest.mark.usefixtures("nothing_left")
def test_targets_side_by_side_do_not_crash_the_interpreter(scratch: Path) -> None:
    for _ in range(8):
        process = start(scratch, "run", "http", "python:installed", "-k", "no_such_case")
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 3, said


def wait_for(condition: object) -> None:
    deadline = time.monotonic() + 60
    assert callable(condition)
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
