"""Results are lines of JSON that every later version can read or refuse with a reason."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from conform.core import results
from conform.core.errors import ExitCode, TargetUnavailableError, UsageError
from conform.core.identity import Identity, Source
from conform.core.results import CaseLine, RunError, RunLine

CASE = Identity(
    id="session.create/fields/id/text",
    suite="fields",
    title="id keeps its text",
    level="documented",
    source=Source(kind="page", reference="Session: attribute id (string)"),
    since="0.1.0",
)


@pytest.fixture(autouse=True)
def _pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")


def test_lines_are_read_as_they_were_written(tmp_path: Path) -> None:
    lines = (RunLine.opening("python==1.0.17", planned=1), CaseLine.opening("python==1.0.17", CASE))
    path = tmp_path / "results.jsonl"
    path.write_bytes(b"".join(map(results.encode, lines)))
    assert results.read(path) == lines


def test_the_time_of_a_run_can_be_pinned() -> None:
    assert RunLine.opening("http").started == "1970-01-01T00:00:00Z"


def test_unknown_members_are_ignored() -> None:
    line = RunLine.opening("http")
    more = json.loads(results.encode(line)) | {"invented": 1}
    assert results.decode(json.dumps(more).encode()) == line


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'{"kind": "run"', "truncated"),
        (b'{"kind": "song"}', "Invalid value 'song'"),
        (results.encode(RunLine.opening("http")).replace(b'"schema":2', b'"schema":1'), "schema"),
    ],
)
def test_anything_else_is_refused_with_the_schema_that_is_read(
    content: bytes, why: str, tmp_path: Path
) -> None:
    path = tmp_path / "results.jsonl"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="is not a valid results file") as refused:
        results.read(path)
    assert why in refused.value.why
    assert "this suite reads schema 2" in refused.value.fix


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        results.read(tmp_path / "results.jsonl")


def test_an_error_is_kept_with_its_exit_code() -> None:
    error = TargetUnavailableError("No Ruby.", why="It is not installed.", fix="Install it.")
    kept = RunError.of(error)
    assert kept.exit_code is ExitCode.NOTHING_TESTED
    assert str(kept) == "No Ruby. It is not installed. Install it."
    line = msgspec.structs.replace(RunLine.opening("ruby"), error=kept)
    assert results.decode(results.encode(line)) == line


@pytest.mark.parametrize(
    ("cases_as_of", "newer_cases", "about_cases"),
    [
        ("", 0, ""),
        ("0.1.0", 1, "; 1 case newer than 0.1.0 left out"),
        ("0.1.0", 1234, "; 1,234 cases newer than 0.1.0 left out"),
    ],
)
def test_the_terms_of_a_run_are_one_sentence(
    cases_as_of: str, newer_cases: int, about_cases: str
) -> None:
    line = msgspec.structs.replace(
        RunLine.opening("python"),
        checked_against="checked against the page of 1.0.17",
        cases_as_of=cases_as_of,
        newer_cases=newer_cases,
    )
    assert line.terms == f"checked against the page of 1.0.17{about_cases}"
