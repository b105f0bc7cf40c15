"""``conform cache`` shows and clears the cache, and every problem with a folder is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import os
from pathlib import Path
import subprocess
import sys
import time

import pytest

from conform.core import paths
from conform.core.errors import ExitCode

Command = Callable[..., subprocess.CompletedProcess[str]]

MAKES = """
import sys
from conform.targets import cache
def make(into):
    (into / "file").write_bytes(bytes(1536))
for path in sys.argv[1:]:
    cache.made(*path.split("/"), make=make)
print("used", flush=True)
sys.stdin.read()
"""
RELEASE, BUILD = "python/releases/1.0.17/key", "go/builds/key"
CHECKOUT = "go/checkouts/0123456789abcdef/key"


def start(cache: Path, *made: str) -> subprocess.Popen[bytes]:
    """A command that makes folders, and uses them until it is ended."""
    process = subprocess.Popen(
        [sys.executable, "-c", MAKES, *made],
        env={**os.environ, "CONFORM_CACHE": str(cache)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"used\n"
    return process


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache with three folders that nobody uses."""
    with start(tmp_path / "cache", RELEASE, BUILD, CHECKOUT) as process:
        process.kill()
    return tmp_path / "cache"


@pytest.fixture
def using(cache: Path) -> Iterator[None]:
    """Another command uses a release."""
    with start(cache, RELEASE) as process:
        yield
        process.kill()


def folders(cache: Path) -> set[str]:
    return {str(path.parent.relative_to(cache)) for path in cache.rglob("file")}


def test_the_cache_is_shown(conform: Command, cache: Path) -> None:
    stamp = cache / "python" / "releases" / "1.0.17" / "key.stamp"
    os.utime(stamp, (1_600_000_000, 1_600_000_000))
    shown = conform("cache", CONFORM_CACHE=str(cache), CONFORM_CACHE_SIZE="2G", TZ="UTC")
    assert (shown.returncode, shown.stderr) == (0, "")
    *listed, total = shown.stdout.splitlines()
    build, checkout, release = sorted(listed)
    assert build.startswith("go, the built adapter  1.5 KiB, last used 20")
    assert checkout.startswith("go@sha256:0123456789ab  1.5 KiB, last used 20")
    assert release == "python==1.0.17  1.5 KiB, last used 2020-09-13 12:26"
    assert total == f"3 folders in {cache}: 4.5 KiB of at most 2.0 GiB."


def test_an_empty_cache_is_shown_and_not_made(conform: Command, tmp_path: Path) -> None:
    for arguments in (["cache"], ["cache", "clear"]):
        shown = conform(*arguments, CONFORM_CACHE="nowhere")
        assert (shown.returncode, shown.stderr) == (0, "")
        assert shown.stdout.startswith("0 folders ")
    assert list(tmp_path.iterdir()) == []


def test_the_cache_of_one_sdk_is_cleared(conform: Command, cache: Path) -> None:
    cleared = conform("cache", "clear", "go", CONFORM_CACHE=str(cache))
    assert cleared.returncode == 0
    assert {*cleared.stdout.splitlines()} == {
        "Removed go, the built adapter (1.5 KiB).",
        "Removed go@sha256:0123456789ab (1.5 KiB).",
        "2 folders removed, 3.0 KiB.",
    }
    assert folders(cache) == {RELEASE}


def test_the_whole_cache_is_cleared(conform: Command, cache: Path) -> None:
    cleared = conform("cache", "clear", CONFORM_CACHE=str(cache))
    assert cleared.stdout.splitlines()[-1] == "3 folders removed, 4.5 KiB."
    assert {path.name for path in cache.iterdir()} == {".unfinished"}
    assert [path for path in (cache / ".unfinished").iterdir() if path.is_dir()] == []


@pytest.mark.usefixtures("using")
def test_what_another_command_uses_is_kept(conform: Command, cache: Path) -> None:
    cleared = conform("cache", "clear", CONFORM_CACHE=str(cache))
    assert cleared.returncode == 0
    assert "Kept python==1.0.17: another command uses it.\n" in cleared.stdout
    assert cleared.stdout.splitlines()[-1] == "2 folders removed, 3.0 KiB."
    assert folders(cache) == {RELEASE}


def test_an_unknown_sdk_is_refused(conform: Command, cache: Path) -> None:
    cleared = conform("cache", "clear", "cobol", CONFORM_CACHE=str(cache))
    assert cleared.returncode == ExitCode.USED_WRONGLY
    what, why, fix = cleared.stderr.splitlines()
    assert what == "There is no SDK 'cobol'."
    assert "python" in why
    assert fix == "Name one of them, or none to remove everything."
    assert len(folders(cache)) == 3


@pytest.mark.parametrize("arguments", [["cache"], ["cache", "clear"]])
def test_a_file_in_the_place_of_the_cache_is_named(
    conform: Command, tmp_path: Path, arguments: list[str]
) -> None:
    (tmp_path / "cache").write_text("a file")
    shown = conform(*arguments, CONFORM_CACHE="cache")
    assert shown.returncode == ExitCode.USED_WRONGLY
    what, why, fix = shown.stderr.splitlines()
    assert what == f"The cache in {tmp_path / 'cache'} cannot be used."
    assert why == f"{tmp_path / 'cache'}: Not a directory."
    assert "CONFORM_CACHE" in fix


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout that is installed without a registry, as a copy."""
    folder = tmp_path / "sdk"
    (folder / "session").mkdir(parents=True)
    (folder / "session" / "client.go").write_text("package session")
    return folder


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder with a program that takes the part of go."""
    folder = tmp_path / "programs"
    folder.mkdir()
    return folder


def go(folder: Path, script: str) -> str:
    """The PATH with a go that does something other than building."""
    version = '[ "$1" = version ] && { echo go version go1.24.0; exit 0; }'
    (folder / "go").write_text(f"#!/bin/sh\n{version}\n{script}\n")
    (folder / "go").chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def test_a_relative_cache_is_in_the_folder_of_the_command(
    conform: Command, tmp_path: Path, checkout: Path, programs: Path
) -> None:
    """The built adapter ends at once; its worker finds it where the command made it."""
    build = "printf '#!/bin/sh\\nexit 7\\n' > adapter; chmod +x adapter"
    run = conform("run", f"go@{checkout}", PATH=go(programs, build), CONFORM_CACHE="relative")
    assert run.returncode == ExitCode.NOTHING_TESTED, run.stderr
    made = {path.name for path in (tmp_path / "relative" / "go").iterdir()}
    assert made == {"checkouts", "builds"}
    assert "exit code 7" in run.stderr
    assert not (paths.suites() / "relative").exists()


@pytest.mark.parametrize("words", ["No space left on device", "ENOSPC: no space left on device"])
def test_a_full_disk_is_not_blamed_on_the_registry(
    conform: Command, tmp_path: Path, programs: Path, words: str
) -> None:
    path = go(programs, f"echo 'write /x: {words}' >&2; exit 1")
    run = conform("run", "go==3.3.1", PATH=path, CONFORM_CACHE=str(tmp_path / "cache"))
    assert run.returncode == ExitCode.USED_WRONGLY
    what, why, fix = run.stderr.splitlines()[-3:]
    assert what == "The disk is full; go cannot write."
    assert words in why
    assert "CONFORM_CACHE" in fix
    assert "TMPDIR" in fix


def test_the_temporary_files_of_an_installer_are_removed(
    conform: Command, tmp_path: Path, checkout: Path, programs: Path
) -> None:
    (tmp_path / "tmp").mkdir()
    script = 'touch "$TMPDIR/left"; echo "in $TMPDIR" >&2; exit 1'
    run = conform(
        "run",
        f"go@{checkout}",
        PATH=go(programs, script),
        CONFORM_CACHE=str(tmp_path / "cache"),
        TMPDIR=str(tmp_path / "tmp"),
    )
    assert run.returncode == ExitCode.NOTHING_TESTED
    assert f"in {tmp_path / 'tmp'}/conform-" in run.stderr
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_second_run_into_one_folder_is_refused(conform: Command, tmp_path: Path) -> None:
    unfinished = tmp_path / "out" / "results.unfinished.jsonl"
    words = [sys.executable, "-m", "conform", "run", "http", "--suite", "faults", "--report", "out"]
    with subprocess.Popen(
        words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as first:
        deadline = time.monotonic() + 60
        while not unfinished.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        second = conform("run", "http", "-k", "site_id", "--report", "out")
        assert second.returncode == ExitCode.USED_WRONGLY
        assert second.stderr.splitlines()[0] == "Another run writes to out."
        assert first.wait(120) == ExitCode.CONFORMS
    assert (tmp_path / "out" / "index.html").is_file()
    assert not unfinished.exists()


@pytest.mark.parametrize("name", ["missing", "file"])
def test_a_folder_for_temporary_files_that_is_missing_is_named(
    conform: Command, tmp_path: Path, name: str
) -> None:
    (tmp_path / "file").write_text("a file")
    run = conform("run", "http", TMPDIR=name)
    assert run.returncode == ExitCode.USED_WRONGLY
    what, why, fix = run.stderr.splitlines()[-3:]
    assert what == "There is no folder for temporary files."
    assert str(tmp_path / name) in why
    assert fix == "Set TMPDIR to a folder that can be written and has room."
