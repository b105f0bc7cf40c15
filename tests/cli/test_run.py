"""``conform run`` on the control: output, exit code and files."""

from __future__ import annotations

from collections.abc import Callable
import json
from pathlib import Path
from subprocess import CompletedProcess
import xml.etree.ElementTree as ET

from jsonschema import Draft202012Validator
import pytest

from conform.cli import formats
from conform.core.results import CaseLine, RunLine, read

Command = Callable[..., CompletedProcess[str]]

FILES = {"index.html", "junit.xml", "results.jsonl", "summary.json", "summary.md"}


def test_the_control_passes_every_case(conform: Command, tmp_path: Path) -> None:
    ran = conform("run", "http", "--suite", "contract", "--suite", "fields", "--report", "out")
    assert ran.returncode == 0, ran.stderr
    assert "http conforms" in ran.stdout
    assert "Report: out/index.html" in ran.stdout
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES
    opened, *cases = read(tmp_path / "out/results.jsonl")
    assert isinstance(opened, RunLine)
    assert opened.planned == len(cases)
    assert {case.verdict for case in cases if isinstance(case, CaseLine)} == {"pass"}
    assert ET.parse(tmp_path / "out/junit.xml").getroot().tag == "testsuites"


def test_two_runs_give_the_same_verdicts(conform: Command, tmp_path: Path) -> None:
    verdicts = []
    for folder in ("one", "two"):
        conform("run", "http", "-k", "site_id", "--report", folder)
        lines = read(tmp_path / folder / "results.jsonl")
        verdicts.append([(c.case, c.verdict) for c in lines if isinstance(c, CaseLine)])
    assert verdicts[0] == verdicts[1]
    assert verdicts[0]


def test_the_users_pytest_configuration_changes_nothing(conform: Command, tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    (tmp_path / "conftest.py").write_text("raise SystemExit(9)\n")
    shielded = {"PYTEST_ADDOPTS": "--no-such-option", "PYTEST_PLUGINS": "no_such_plugin"}
    ran = conform("run", "http", "-k", "site_id", PYTHONPATH=str(tmp_path), **shielded)
    assert ran.returncode == 0, ran.stderr


def test_lines_of_a_results_file_say_what_they_must(conform: Command, tmp_path: Path) -> None:
    conform("run", "http", "-k", "int64-max", "--report", "out", SOURCE_DATE_EPOCH="0")
    opened, *cases = map(json.loads, (tmp_path / "out/results.jsonl").read_bytes().splitlines())
    assert opened["started"] == "1970-01-01T00:00:00Z"
    for case in cases:
        assert {"target", "case", "level", "verdict", "seconds"} <= case.keys()
        assert case["observation"]["exchanges"][0]["request"]["method"] == "POST"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "pyhton"], "Did you mean python?"),
        (["run", "python=1.0"], "names no target"),
        (["run", "python@missing"], "There is no folder"),
        (["run", "http", "--suite", "feilds"], "There is no suite 'feilds'"),
        (["run", "http", "--report", "/proc/nowhere"], "cannot be written"),
        (["run"], "Missing argument"),
        (["cases", "pyhton"], "Did you mean python?"),
        (["docs", "read", "missing.md"], "missing.md"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_bad_input_gets_one_clear_answer(conform: Command, arguments: list[str], says: str) -> None:
    ran = conform(*arguments)
    assert ran.returncode == 2
    assert says in ran.stderr
    assert "Traceback" not in ran.stderr
    assert ran.stdout == ""


def test_an_unwritable_report_leaves_the_old_one(conform: Command, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    ran = conform("run", "http", "-k", "site_id", "--report", "out")
    assert ran.returncode == 2
    assert (tmp_path / "out").read_text() == "mine"


def test_no_case_is_no_conformance(conform: Command) -> None:
    ran = conform("run", "http", "-k", "no_such_case")
    assert ran.returncode == 3
    assert "not tested" in ran.stdout


def test_help_and_version_answer(conform: Command) -> None:
    assert "Exit codes: 0 conforms" in conform("--help").stdout
    assert conform("--version").stdout.startswith("conform, version ")


def test_help_imports_nothing_heavy(conform: Command) -> None:
    ran = conform("--help", PYTHONPROFILEIMPORTTIME="1")
    heavy = {"rich", "pact", "jinja2", "jsonschema", "requests", "pytest", "msgspec"}
    imported = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines()}
    assert "click" in imported
    assert not imported & heavy


def test_every_line_of_results_is_valid(conform: Command, tmp_path: Path) -> None:
    conform("run", "http", "--suite", "contract", "--report", "out")
    validator = Draft202012Validator(formats.schema("results/line.json"))
    lines = (tmp_path / "out/results.jsonl").read_bytes().splitlines()
    assert [
        error.message for line in lines for error in validator.iter_errors(json.loads(line))
    ] == []
    assert lines


def test_an_untried_adapter_says_so_even_where_it_is_unavailable(
    conform: Command, tmp_path: Path
) -> None:
    ran = conform("run", "dotnet", "-k", "site_id", "--report", "out", PATH=str(tmp_path))
    (opened,) = read(tmp_path / "out/results.jsonl")
    assert isinstance(opened, RunLine)
    assert opened.unavailable
    assert "untried" in opened.untried
    assert "The adapter for .NET is untried" in ran.stdout
