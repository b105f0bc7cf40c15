"""A folder of the cache is complete or missing, and is made only once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
import os
from pathlib import Path
import subprocess
import sys
import threading

import pytest

from conform.core.errors import ExitCode, UsageError
from conform.targets import cache as kept


def _fill(into: Path) -> None:
    (into / "file").write_text("whole")


def test_a_folder_that_was_made_is_kept(cache: Path) -> None:
    made = kept.made("toy", "releases", "1.0", "key", make=_fill)
    assert made == cache / "toy" / "releases" / "1.0" / "key"
    assert (made / "file").read_text() == "whole"
    assert kept.made("toy", "releases", "1.0", "key", make=_never) == made
    assert kept.releases("toy") == ("1.0",)


def _never(into: Path) -> None:
    raise AssertionError(f"{into} is made a second time")


def test_a_failure_leaves_nothing(cache: Path) -> None:
    def fail(into: Path) -> None:
        _fill(into)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kept.made("toy", "releases", "1.0", "key", make=fail)
    assert kept.releases("toy") == ()
    assert not [path for path in cache.rglob("*") if path.name == "file"]
    assert (kept.made("toy", "releases", "1.0", "key", make=_fill) / "file").is_file()


KILLED = """
import os, sys
from conform.targets import cache
def die(into):
    (into / "half").write_text("half")
    os._exit(9)
cache.made("toy", "releases", "1.0", "key", make=die)
"""


@pytest.mark.usefixtures("cache")
def test_a_killed_run_leaves_nothing_that_looks_complete() -> None:
    ended = subprocess.run([sys.executable, "-c", KILLED], check=False, env=dict(os.environ))
    assert ended.returncode == 9
    assert kept.releases("toy") == ()
    made = kept.made("toy", "releases", "1.0", "key", make=_fill)
    assert [path.name for path in made.iterdir()] == ["file"]


@pytest.mark.usefixtures("cache")
def test_several_threads_make_a_folder_once() -> None:
    together = threading.Barrier(4)
    made = []

    def make(into: Path) -> None:
        made.append(into)
        _fill(into)

    def get() -> Path:
        together.wait()
        return kept.made("toy", "releases", "1.0", "key", make=make)

    with ThreadPoolExecutor(4) as pool:
        folders = [pool.submit(get) for _ in range(4)]
        assert len({each.result() for each in folders}) == 1
    assert len(made) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root can write everywhere")
def test_a_folder_that_cannot_be_written_is_named(cache: Path) -> None:
    cache.mkdir(mode=0o500)
    with pytest.raises(UsageError, match="cannot be written"):
        kept.made("toy", "releases", "1.0", "key", make=_fill)


def test_a_cache_that_is_a_file_is_named(cache: Path) -> None:
    cache.write_text("not a folder")
    with pytest.raises(UsageError, match="cannot be written") as caught:
        kept.made("toy", "releases", "1.0", "key", make=_fill)
    assert caught.value.exit_code is ExitCode.USED_WRONGLY
    assert "CONFORM_CACHE" in caught.value.fix


def test_a_key_depends_on_where_its_parts_end() -> None:
    assert kept.key("ab", "c") != kept.key("a", "bc")
    assert kept.key("ab", "c") == kept.key("ab", "c")


def _checkout(folder: Path) -> Path:
    (folder / "lib").mkdir(parents=True)
    (folder / "lib" / "sdk.rb").write_text("puts 1")
    (folder / "_VERSION").write_text("1.0.0")
    (folder / "bin").symlink_to("lib")
    return folder


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "lib" / "sdk.rb").write_text("puts 2"),
        lambda folder: (folder / "lib" / "sdk.rb").rename(folder / "lib" / "sdq.rb"),
        lambda folder: (folder / "lib" / "sdk.rb").chmod(0o755),
        lambda folder: (folder / "lib" / "new.rb").touch(),
        lambda folder: (folder / "_VERSION").unlink(),
        lambda folder: ((folder / "bin").unlink(), (folder / "bin").symlink_to("lab")),
    ],
)
def test_any_change_of_a_checkout_changes_its_content(
    tmp_path: Path, change: Callable[[Path], object]
) -> None:
    folder = _checkout(tmp_path / "sdk")
    before = kept.content(folder)
    change(folder)
    assert kept.content(folder) != before


def test_content_depends_neither_on_the_place_nor_on_files_of_tools(tmp_path: Path) -> None:
    one, other = _checkout(tmp_path / "one"), _checkout(tmp_path / "other")
    (other / ".git").mkdir()
    (other / ".git" / "HEAD").write_text("ref: refs/heads/main")
    (other / "lib" / "__pycache__").mkdir()
    (other / "lib" / "__pycache__" / "sdk.pyc").touch()
    assert kept.content(one) == kept.content(other)


def test_a_copy_has_the_same_content(tmp_path: Path) -> None:
    folder = _checkout(tmp_path / "sdk")
    kept.copy(folder, tmp_path / "copy")
    assert kept.content(tmp_path / "copy") == kept.content(folder)
    assert (tmp_path / "copy" / "bin").is_symlink()


def test_a_pipe_in_a_checkout_does_not_block(tmp_path: Path) -> None:
    folder = _checkout(tmp_path / "sdk")
    before = kept.content(folder)
    os.mkfifo(folder / "pipe")
    assert kept.content(folder) == before
