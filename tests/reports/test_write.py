"""Reports are written completely, or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from conform.core.errors import UsageError
from conform.core.results import Line
from conform.reports import files, html
from conform.reports.summary import Summary

REPORTS = ["index.html", "junit.xml", "summary.json", "summary.md"]


def write(lines: Iterable[Line], folder: Path, *, strict: bool = False) -> None:
    """Write the reports of some lines."""
    every = tuple(lines)
    files.write(every, Summary.of(every), folder, strict=strict)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_all_reports_are_written_into_a_new_folder(lines: tuple[Line, ...], tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"

    write(lines, folder)

    assert sorted(contents(folder)) == REPORTS
    assert all(contents(folder).values())


def test_the_same_lines_are_the_same_bytes(lines: tuple[Line, ...], tmp_path: Path) -> None:
    write(lines, tmp_path / "one")
    write(iter(lines), tmp_path / "two")

    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_other_files_of_the_folder_stay(lines: tuple[Line, ...], tmp_path: Path) -> None:
    (tmp_path / "results.jsonl").write_bytes(b"results\n")
    (tmp_path / "index.html").write_bytes(b"old")

    write(lines, tmp_path)

    assert (tmp_path / "results.jsonl").read_bytes() == b"results\n"
    assert (tmp_path / "index.html").read_bytes() != b"old"


def test_a_report_that_cannot_be_rendered_leaves_the_old_reports(
    lines: tuple[Line, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(lines, tmp_path)
    before = contents(tmp_path)

    def fail(*_: object, **__: object) -> str:
        raise RecursionError

    monkeypatch.setattr(html, "render", fail)
    with pytest.raises(RecursionError):
        write(lines[:3], tmp_path)

    assert contents(tmp_path) == before


def test_a_folder_that_cannot_be_made_is_named(lines: tuple[Line, ...], tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"kept")

    with pytest.raises(UsageError) as caught:
        write(lines, tmp_path / "file" / "reports")

    assert str(tmp_path / "file" / "reports") in caught.value.what
    assert caught.value.why
    assert "--report" in caught.value.fix
    assert contents(tmp_path) == {"file": b"kept"}


def test_a_report_that_cannot_be_replaced_leaves_no_leftovers(
    lines: tuple[Line, ...], tmp_path: Path
) -> None:
    (tmp_path / "summary.json").mkdir()

    with pytest.raises(UsageError):
        write(lines, tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["summary.json"]


def test_a_strict_run_is_reported_as_strict(lines: tuple[Line, ...], tmp_path: Path) -> None:
    write(lines, tmp_path, strict=True)

    assert b'"strict": true' in (tmp_path / "summary.json").read_bytes()
    assert "documented, security and convention" in (tmp_path / "index.html").read_text("utf-8")
