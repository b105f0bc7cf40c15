"""Files are read in bounded time, or refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from conform.core import files, jsonfile
from conform.core.errors import SuiteError


def test_no_more_is_read_than_shows_that_a_file_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 100)
    assert len(files.read(path, 100)) == 100
    assert len(files.read(path, 50)) == 51


def test_only_a_regular_file_is_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (tmp_path, pipe, Path("/dev/zero")):
        with pytest.raises(OSError, match="It is not a regular file"):
            files.read(path, 100)


@pytest.mark.parametrize("content", [None, b"{", b'{"a": 1}', b'{"a": "\xff"}'])
def test_a_shipped_file_that_is_missing_or_not_valid_fails_the_suite(
    content: bytes | None, tmp_path: Path
) -> None:
    path = tmp_path / "file.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SuiteError, match=r"file\.json cannot be read") as refused:
        jsonfile.read(path, dict[str, str], fix="Make it.")
    assert refused.value.fix == "Make it."
