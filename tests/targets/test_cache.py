"""A folder of the cache is whole or made anew, and the cache stays below its size."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
import errno
import os
from pathlib import Path
import shutil
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


@pytest.fixture
def whole(cache: Path) -> Path:
    """A folder that was made, with a program, a link and a folder in it."""

    def fill(into: Path) -> None:
        _fill(into)
        (into / "program").write_text("#!/bin/sh")
        (into / "program").chmod(0o755)
        (into / "link").symlink_to("file")
        (into / "lib").mkdir()
        (into / "lib" / "file").write_text("whole")

    made = kept.made("toy", "releases", "1.0", "key", make=fill)
    assert kept.made("toy", "releases", "1.0", "key", make=_never) == made
    assert made.is_relative_to(cache)
    return made


def _stamp(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.stamp")


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "file").unlink(),
        lambda folder: (folder / "file").write_text("half"),
        lambda folder: os.utime(folder / "file", (1, 1)),
        lambda folder: (folder / "program").chmod(0o644),
        lambda folder: ((folder / "link").unlink(), (folder / "link").symlink_to("program")),
        lambda folder: shutil.rmtree(folder / "lib"),
        shutil.rmtree,
        lambda folder: (shutil.rmtree(folder), folder.write_text("a file")),
        lambda folder: _stamp(folder).unlink(),
        lambda folder: _stamp(folder).write_text("{"),
        lambda folder: _stamp(folder).write_text("[]"),
    ],
)
def test_a_damaged_folder_is_made_anew(
    cache: Path, whole: Path, damage: Callable[[Path], object]
) -> None:
    damage(whole)
    assert kept.made("toy", "releases", "1.0", "key", make=_fill) == whole
    assert [path.name for path in whole.iterdir()] == ["file"]
    assert (whole / "file").read_text() == "whole"
    assert kept.made("toy", "releases", "1.0", "key", make=_never) == whole
    assert [path for path in (cache / ".unfinished").iterdir() if path.is_dir()] == []


def test_an_empty_folder_that_is_missing_is_made_anew(cache: Path) -> None:
    made = kept.made("toy", "releases", "1.0", "key", make=lambda _: None)
    made.rmdir()
    assert kept.made("toy", "releases", "1.0", "key", make=_fill).is_relative_to(cache)
    assert (made / "file").is_file()


def test_files_that_a_release_adds_are_not_damage(whole: Path) -> None:
    (whole / "lib" / "__pycache__").mkdir()
    (whole / "lib" / "__pycache__" / "sdk.pyc").touch()
    (whole / "log").touch()
    assert kept.made("toy", "releases", "1.0", "key", make=_never) == whole


USES = """
import sys
from conform.targets import cache
cache.made("toy", "releases", "1.0", "key", make=lambda into: (into / "file").write_text("whole"))
print("used", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def in_use(cache: Path) -> Iterator[Path]:
    """A folder that another process made and uses."""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", USES], stdin=pipe, stdout=pipe) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"used\n"
        yield cache / "toy" / "releases" / "1.0" / "key"
        other.kill()


def test_a_damaged_folder_that_another_command_uses_stays(in_use: Path) -> None:
    (in_use / "file").write_text("other")
    os.utime(in_use / "file", (1, 1))
    with pytest.raises(UsageError, match="is damaged") as caught:
        kept.made("toy", "releases", "1.0", "key", make=_fill)
    assert "another command uses it" in caught.value.why
    assert (in_use / "file").read_text() == "other"


def test_several_processes_use_one_folder(in_use: Path) -> None:
    assert kept.made("toy", "releases", "1.0", "key", make=_never) == in_use


MAKES = """
import sys
from conform.targets import cache
for release in sys.argv[1:]:
    cache.made("toy", "releases", release, "key", make=lambda into:
        (into / "file").write_bytes(bytes(1000)))
"""


def _make_elsewhere(*releases: str) -> None:
    subprocess.run([sys.executable, "-c", MAKES, *releases], check=True)


def _used(cache: Path, release: str, seconds: int) -> None:
    os.utime(cache / "toy" / "releases" / release / "key.stamp", (seconds, seconds))


def test_the_folders_that_were_used_last_stay(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _make_elsewhere("1.0", "1.1", "1.2", "1.3")
    for release, seconds in (("1.0", 40), ("1.1", 10), ("1.2", 30), ("1.3", 20)):
        _used(cache, release, seconds)
    monkeypatch.setenv("CONFORM_CACHE_SIZE", "3.5K")
    _make_elsewhere("1.4")
    assert {*kept.releases("toy")} == {"1.0", "1.2", "1.4"}
    assert {path.name for path in (cache / "toy" / "releases").iterdir()} == {"1.0", "1.2", "1.4"}


def test_use_counts_and_not_only_making(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _make_elsewhere("1.0", "1.1")
    _used(cache, "1.0", 10)
    _used(cache, "1.1", 20)
    _make_elsewhere("1.0")
    monkeypatch.setenv("CONFORM_CACHE_SIZE", "2500")
    _make_elsewhere("1.2")
    assert {*kept.releases("toy")} == {"1.0", "1.2"}


def test_what_a_running_command_uses_stays(
    cache: Path, in_use: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _used(cache, "1.0", 10)
    monkeypatch.setenv("CONFORM_CACHE_SIZE", "0")
    own = kept.made("toy", "releases", "1.1", "key", make=_fill)
    _make_elsewhere("1.2")
    assert {*kept.releases("toy")} == {"1.0", "1.1", "1.2"}
    _make_elsewhere("1.3")
    assert {*kept.releases("toy")} == {"1.0", "1.1", "1.3"}
    assert (own / "file").is_file()
    assert (in_use / "file").is_file()


def test_a_folder_without_a_stamp_is_removed_first(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = cache / "toy" / "checkouts" / "0123456789abcdef" / "key"
    old.mkdir(parents=True)
    (old / "file").write_bytes(bytes(1000))
    _make_elsewhere("1.0")
    assert old.is_dir()
    monkeypatch.setenv("CONFORM_CACHE_SIZE", "2500")
    _make_elsewhere("1.1")
    assert {path.name for path in (cache / "toy").iterdir()} == {"releases"}
    assert {*kept.releases("toy")} == {"1.0", "1.1"}


def test_what_a_killed_run_left_is_removed_by_the_next(cache: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED], check=False)
    left = cache / ".unfinished" / kept.key("toy", "releases", "1.0", "key")
    assert (left / "half").is_file()
    kept.made("toy", "releases", "2.0", "key", make=_fill)
    assert not left.exists()


@pytest.mark.parametrize("text", ["4 potatoes", "-1", "K", "1e3", "４G", "9" * 400])
def test_a_size_that_is_not_valid_is_refused(
    cache: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONFORM_CACHE_SIZE", text)
    with pytest.raises(UsageError, match="is not a valid size") as caught:
        kept.made("toy", "releases", "1.0", "key", make=_never)
    assert "500M" in caught.value.fix
    assert not cache.exists()


@pytest.mark.parametrize(
    ("text", "size"),
    [("", 4 * 1024**3), ("0", 0), ("1000", 1000), ("1.5k", 1536), ("2 GiB", 2 * 1024**3)],
)
def test_a_size_can_have_a_unit(text: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORM_CACHE_SIZE", text)
    assert kept.limit() == size


@pytest.mark.skipif(os.geteuid() == 0, reason="root can write everywhere")
def test_a_folder_that_cannot_be_written_is_named(cache: Path) -> None:
    cache.mkdir(mode=0o500)
    with pytest.raises(UsageError, match="cannot be used"):
        kept.made("toy", "releases", "1.0", "key", make=_fill)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="only Linux has this folder")
def test_a_cache_that_cannot_be_made_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORM_CACHE", "/proc/cache/conform")
    with pytest.raises(UsageError, match="The cache in /proc/cache/conform cannot be used"):
        kept.made("toy", "releases", "1.0", "key", make=_fill)


@pytest.mark.parametrize("place", [".", ".unfinished", "toy", "toy/releases", "toy/releases/1.0"])
def test_a_file_in_the_place_of_a_folder_is_named(cache: Path, place: str) -> None:
    (cache / place).parent.mkdir(parents=True, exist_ok=True)
    (cache / place).write_text("not a folder")
    with pytest.raises(UsageError, match="cannot be used") as caught:
        kept.made("toy", "releases", "1.0", "key", make=_fill)
    assert caught.value.exit_code is ExitCode.USED_WRONGLY
    assert str(cache / place) in caught.value.why
    assert "CONFORM_CACHE" in caught.value.fix


def test_a_full_disk_is_named(cache: Path) -> None:
    def fail(_: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(UsageError, match="cannot be used") as caught:
        kept.made("toy", "releases", "1.0", "key", make=fail)
    assert caught.value.why == f"{cache}: No space left on device."
    assert kept.releases("toy") == ()
    assert [path for path in (cache / ".unfinished").iterdir() if path.is_dir()] == []


@pytest.mark.usefixtures("cache")
def test_a_file_that_cannot_be_read_is_not_blamed_on_the_cache(tmp_path: Path) -> None:
    def fail(into: Path) -> None:
        shutil.copy2(tmp_path / "missing", into)

    with pytest.raises(UsageError, match="missing cannot be read or written"):
        kept.made("toy", "releases", "1.0", "key", make=fail)


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


def test_a_copy_of_what_is_read_only_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "from").mkdir()
    (tmp_path / "from" / "file").write_text("kept")
    (tmp_path / "from" / "file").chmod(0o444)
    kept.copy(tmp_path / "from", tmp_path / "to")
    assert (tmp_path / "to" / "file").stat().st_mode & 0o777 == 0o644


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


# ── equal files ──────────────────────────────────────────────────────────────────────────────────

BIG = bytes(range(256)) * 40


def _with(*contents: bytes) -> Callable[[Path], None]:
    """Fills a folder with files of these contents."""

    def make(into: Path) -> None:
        for number, data in enumerate(contents):
            (into / f"file{number}").write_bytes(data)

    return make


def _inode(path: Path) -> int:
    return path.stat().st_ino


@pytest.mark.usefixtures("cache")
def test_equal_files_of_two_folders_are_one_file_on_the_disk() -> None:
    first = kept.made("toy", "releases", "1.0", "key", make=_with(BIG, b"small", BIG + b"1"))
    second = kept.made("toy", "releases", "1.1", "key", make=_with(BIG, b"small", BIG + b"2"))
    assert _inode(first / "file0") == _inode(second / "file0")
    assert _inode(first / "file1") != _inode(second / "file1")
    assert (second / "file2").read_bytes() == BIG + b"2"
    assert kept.taken() == len(BIG) * 3 + 2 + 2 * len(b"small")
    assert sum(each.size for each in kept.stored()) == kept.taken() + len(BIG)


@pytest.mark.usefixtures("cache")
def test_programs_and_other_files_are_not_mixed() -> None:
    def executable(into: Path) -> None:
        (into / "file0").write_bytes(BIG)
        (into / "file0").chmod(0o755)

    plain = kept.made("toy", "releases", "1.0", "key", make=_with(BIG))
    program = kept.made("toy", "releases", "1.1", "key", make=executable)
    assert os.access(program / "file0", os.X_OK)
    assert not (plain / "file0").stat().st_mode & 0o111


@pytest.mark.usefixtures("cache")
def test_what_was_written_to_a_shared_file_reaches_no_new_folder() -> None:
    first = kept.made("toy", "releases", "1.0", "key", make=_with(BIG))
    (first / "file0").write_bytes(b"x" * len(BIG))
    second = kept.made("toy", "releases", "1.1", "key", make=_with(BIG))
    assert (second / "file0").read_bytes() == BIG
    third = kept.made("toy", "releases", "1.2", "key", make=_with(BIG))
    assert _inode(second / "file0") == _inode(third / "file0")


def test_the_last_folder_takes_its_shared_files_with_it(cache: Path) -> None:
    for release in ("1.0", "1.1"):
        program = "from pathlib import Path; from conform.targets import cache as kept; "
        make = f"lambda into: (into / 'file0').write_bytes({BIG!r})"
        made = f"kept.made('toy', 'releases', '{release}', 'key', make={make})"
        subprocess.run([sys.executable, "-c", program + made], check=True)
    assert len([*(cache / ".files").rglob("*-file")]) == 1
    assert [each.is_removed for each in kept.clear("toy")] == [True, True]
    assert [*(cache / ".files").rglob("*-file")] == []


@pytest.mark.usefixtures("cache")
def test_files_are_copies_where_there_are_no_hard_links(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refused)
    folders = [
        kept.made("toy", "releases", release, "key", make=_with(BIG)) for release in ("1", "2")
    ]
    assert [(folder / "file0").read_bytes() for folder in folders] == [BIG, BIG]
    assert [path.name for path in folders[1].iterdir()] == ["file0"]


@pytest.mark.usefixtures("cache")
def test_shared_files_count_once_for_the_largest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORM_CACHE_SIZE", str(len(BIG) * 2))
    for release in ("1.0", "1.1", "1.2"):
        kept.made("toy", "releases", release, "key", make=_with(BIG))
    assert {*kept.releases("toy")} == {"1.0", "1.1", "1.2"}
