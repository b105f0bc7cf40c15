"""Generated files are written once, and every difference from their source is drift."""

from __future__ import annotations

from pathlib import Path

import pytest

from conform.core.errors import DriftError, UsageError
from conform.core.generated import GeneratedFiles, write_whole


def wanted(root: Path, **contents: bytes) -> GeneratedFiles:
    return GeneratedFiles(
        root=root,
        wanted={f"{name}.json": content for name, content in contents.items()},
        present=[path.name for path in root.glob("*.json")],
        noun="letter",
        source="the alphabets",
        command="conform letters build",
    )


def test_writing_reaches_what_is_wanted_and_names_each_change(tmp_path: Path) -> None:
    (tmp_path / "stale.json").write_bytes(b"0")
    (tmp_path / "kept.json").write_bytes(b"1")
    (tmp_path / "changed.json").write_bytes(b"2")
    files = wanted(tmp_path, kept=b"1", changed=b"3", missing=b"4")
    assert files.drifted() == ("changed.json", "missing.json", "stale.json")
    assert files.write() == ("changed.json", "missing.json", "stale.json")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "kept.json": b"1",
        "changed.json": b"3",
        "missing.json": b"4",
    }
    assert wanted(tmp_path, kept=b"1", changed=b"3", missing=b"4").check() == 3


def test_writing_twice_changes_nothing(tmp_path: Path) -> None:
    wanted(tmp_path, a=b"1").write()
    assert wanted(tmp_path, a=b"1").write() == ()


def test_drift_says_what_differs_and_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "stale.json").write_bytes(b"0")
    with pytest.raises(DriftError) as drift:
        wanted(tmp_path, a=b"1").check()
    assert drift.value.what == "2 letters differ from what the alphabets generate."
    assert drift.value.why == "Changed, missing or no longer generated: a.json, stale.json."
    assert drift.value.fix.startswith("Run `conform letters build`")
    (tmp_path / "stale.json").unlink()
    with pytest.raises(DriftError, match="1 letter differs from what the alphabets generate"):
        wanted(tmp_path, a=b"1").check()


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UsageError, match="cannot be written") as refused:
        wanted(tmp_path / "file" / "folder", a=b"1").write()
    assert refused.value.why == "Not a directory."


def test_a_file_is_written_with_its_folders_and_only_if_it_changed(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "down" / "file"
    assert write_whole(path, b"1")
    assert not write_whole(path, b"1")
    assert write_whole(path, b"2")
    assert path.read_bytes() == b"2"
    assert list(path.parent.iterdir()) == [path]
