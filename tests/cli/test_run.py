"""``conform run`` on the reference client: output, exit code and files."""

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

CASE = "session.create/fields/site_id/null"
FILES = {"index.html", "junit.xml", "results.jsonl", "summary.json", "summary.md"}


def test_the_reference_client_passes_every_case(conform: Command, tmp_path: Path) -> None:
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


def test_the_pytest_configuration_of_the_user_changes_nothing(
    conform: Command, tmp_path: Path
) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    (tmp_path / "conftest.py").write_text("raise SystemExit(9)\n")
    shielded = {"PYTEST_ADDOPTS": "--no-such-option", "PYTEST_PLUGINS": "no_such_plugin"}
    ran = conform("run", "http", "-k", "site_id", PYTHONPATH=str(tmp_path), **shielded)
    assert ran.returncode == 0, ran.stderr


def test_the_lines_of_results_have_the_required_members(conform: Command, tmp_path: Path) -> None:
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
        (["run", "python=1.0"], "is not a valid name of a target"),
        (["run", "go==latest"], "'latest' is not a valid release."),
        (["run", "http", "-k", "site_id and"], "pytest does not understand which cases to run."),
        (["run", "python@missing"], "There is no folder"),
        (["run", "http", "--suite", "feilds"], "There is no suite 'feilds'"),
        (["run", "http", "--report", "/proc/nowhere"], "cannot be written"),
        (["run"], "Missing argument"),
        (["cases", "pyhton"], "Did you mean python?"),
        (["docs", "read", "missing.md"], "missing.md"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_wrong_input_is_refused_with_one_message(
    conform: Command, arguments: list[str], says: str
) -> None:
    ran = conform(*arguments)
    assert ran.returncode == 2
    assert says in ran.stderr
    assert "Traceback" not in ran.stderr
    assert ran.stdout == ""


def test_a_report_that_cannot_be_written_leaves_the_old_file(
    conform: Command, tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("mine")
    ran = conform("run", "http", "-k", "site_id", "--report", "out")
    assert ran.returncode == 2
    assert (tmp_path / "out").read_text() == "mine"


def test_a_run_without_cases_does_not_conform(conform: Command) -> None:
    ran = conform("run", "http", "-k", "no_such_case")
    assert ran.returncode == 3
    assert "not tested" in ran.stdout


def test_help_and_version_are_printed(conform: Command) -> None:
    help_text = conform("--help").stdout
    assert "\n  Exit codes:\n    0  it conforms\n    1  it does not conform\n" in help_text
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


def test_an_untried_adapter_is_marked_even_if_it_is_unavailable(
    conform: Command, tmp_path: Path
) -> None:
    ran = conform("run", "dotnet", "-k", "site_id", "--report", "out", PATH=str(tmp_path))
    (opened,) = read(tmp_path / "out/results.jsonl")
    assert isinstance(opened, RunLine)
    assert opened.unavailable
    assert "untried" in opened.untried
    assert "The adapter for .NET is untried" in ran.stdout


def test_two_names_of_one_target_are_one_target(conform: Command, tmp_path: Path) -> None:
    ran = conform("run", "http", "http", "-k", "site_id", "--report", "out")
    assert ran.returncode == 0, ran.stderr
    assert "http conforms (" in ran.stdout
    opened, *cases = read(tmp_path / "out/results.jsonl")
    assert isinstance(opened, RunLine)
    assert opened.planned == len(cases)
    assert all(isinstance(case, CaseLine) for case in cases)


def test_targets_that_run_side_by_side_are_all_reported(conform: Command, tmp_path: Path) -> None:
    nowhere = {"PATH": str(tmp_path)}
    targets = ("http", "go==1.x", "ruby==1.0.1", "php==1.0.1", "java==1.0.1")
    ran = conform("run", *targets, "-k", "site_id", "--report", "out", **nowhere)
    assert ran.returncode == 3, ran.stderr
    assert "Traceback" not in ran.stderr
    lines = read(tmp_path / "out/results.jsonl")
    opened = {line.target: line for line in lines if isinstance(line, RunLine)}
    assert {name for name, line in opened.items() if line.unavailable} == {*targets} - {"http"}
    assert tuple(opened) == targets, "in the order in which they were named"
    assert "http conforms (" in ran.stdout
    allowed = conform("run", *targets, "-k", "site_id", "--allow-unavailable", **nowhere)
    assert allowed.returncode == 0


def test_a_failing_case_is_reported_and_can_be_reproduced(conform: Command, tmp_path: Path) -> None:
    known = f"""\
schema: 2
known:
  - case: {CASE}
    sdk: http
    reason: an old defect
    failures:
      {CASE}: ["0123456789ab"]
"""
    (tmp_path / "known.yaml").write_text(known)
    ran = conform("run", "http", "-k", "site_id", "--known", "known.yaml", "-v")
    assert ran.returncode == 1
    assert f"reproduce: conform run http -k {CASE}" in ran.stdout
    forgiven = conform("run", "http", "-k", "site_id", "--known", "known.yaml", "--exit-zero")
    assert forgiven.returncode == 0
    assert "http does not conform (" in forgiven.stdout
    assert "exit code 0." in forgiven.stdout


def test_a_run_of_some_cases_says_so_in_every_report(conform: Command, tmp_path: Path) -> None:
    ran = conform("run", "http", "--suite", "fields", "-k", "site_id and int64", "--report", "out")
    opened, *cases = read(tmp_path / "out/results.jsonl")
    assert isinstance(opened, RunLine)
    assert opened.selection == "--suite fields -k 'site_id and int64'"
    assert 0 < len(cases) < opened.total
    verdict = f"({len(cases)} of {opened.total:,} cases chosen)"
    assert f"http conforms {verdict}." in ran.stdout
    for report in FILES - {"results.jsonl"}:
        assert verdict in (tmp_path / "out" / report).read_text()
    (target,) = json.loads((tmp_path / "out/summary.json").read_bytes())["targets"]
    assert target["selection"] == opened.selection


def test_failures_with_one_cause_are_one_finding(conform: Command, tmp_path: Path) -> None:
    known = """\
schema: 2
known:
  - case: session.create/fields/site_id/*
    sdk: http
    reason: an old defect
    failures:
      session.create/fields/site_id/int64-max: ["0123456789ab"]
      session.create/fields/site_id/int64-min: ["0123456789ab"]
"""
    (tmp_path / "known.yaml").write_text(known)
    ran = conform("run", "http", "-k", "site_id", "--known", "known.yaml")
    assert "does not conform: 1 cause in 2 cases" in ran.stdout
    assert "The list of known failures has an outdated entry (2 documented cases" in ran.stdout
