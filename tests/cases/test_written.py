"""Written cases are read unchanged; one that is not valid is refused with file and line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from jsonschema import Draft202012Validator
from packaging.version import Version
import pytest
import yaml

from conform.cases.expectations import Raises
from conform.cases.model import CallStep, ConfigureStep, Needs
from conform.cases.replies import Answer, Script
from conform.cases.written import written_cases
from conform.cli import formats
from conform.core import paths
from conform.core.errors import UsageError
from conform.core.values import String

CASE: Final = """\
about: One case.

shared:
  motor: &motor {kind: string, text: motor}

cases:
  - id: session.create/errors/refused
    suite: errors
    title: A refusal is an error
    level: convention
    source: {kind: practice, reference: what most clients do}
    since: 0.1.0
    server:
      kind: script
      replies:
        - {reply: answer, status: 401, json: {error: Refused., list: [1, null, true]}}
    steps:
      - {do: configure, credentials: {session_id: abc}}
      - do: call
        operation: session.create
        parameters: {username: *motor}
        read: [id]
    expect:
      - {must: raises, http_status: 401}
    needs: {operation: session.create, parameter: otp}
"""


def read(folder: Path, text: str = CASE) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "one.yaml").write_text(text)
    return folder


def test_a_case_is_read_unchanged(tmp_path: Path) -> None:
    (case,) = written_cases(read(tmp_path))
    assert case.id == "session.create/errors/refused"
    refusal = {"error": "Refused.", "list": [1, None, True]}
    assert case.server == Script(replies=(Answer(status=401, json=refusal),))
    configure, call = case.steps
    assert isinstance(configure, ConfigureStep)
    assert configure.credentials.session_id == "abc"
    assert isinstance(call, CallStep)
    assert call.parameters == {"username": String(text="motor")}
    assert case.expect == (Raises(http_status=401),)
    assert case.needs == Needs(operation="session.create", parameter="otp")


@pytest.mark.parametrize(
    ("changed", "version", "is_newer"),
    [
        ("", "0.0.9", True),
        ("", "0.1.0", False),
        ("", "0.1.0rc1", True),
        ("    changed: 0.3.0\n", "0.2.0", True),
        ("    changed: 0.3.0\n", "0.3.0", False),
        ("    changed: 0.10.0\n", "0.9.0", True),
    ],
)
def test_a_case_is_as_new_as_the_last_change_of_its_meaning(
    tmp_path: Path, changed: str, version: str, *, is_newer: bool
) -> None:
    (case,) = written_cases(read(tmp_path, CASE.replace("0.1.0\n", f"0.1.0\n{changed}")))
    assert case.is_newer_than(Version(version)) is is_newer


@pytest.mark.parametrize(
    ("right", "wrong", "line", "problem"),
    [
        ("title:", "titel:", 9, "titel"),
        ("{must: raises,", "{must: raise,", 24, "raise"),
        ("http_status: 401", "http_statuss: 401", 24, "http_statuss"),
        ("http_status: 401", "step: 2", 24, "there is no step 2"),
        ("http_status: 401", "step: -3", 24, "there is no step -3"),
        ("http_status: 401", "step: 0", 24, "a step that changes settings"),
        ("must: raises, http_status: 401", "must: matches", 24, "no Pact server"),
        (
            "must: raises, http_status: 401",
            "must: lacks, attribute: language",
            24,
            "does not read language",
        ),
        (
            "must: raises, http_status: 401",
            "must: hides, secret: 0123456789, of: it, places: [elsewhere]",
            24,
            "no other origin",
        ),
        ("must: raises, http_status: 401", "must: refuses", 23, "no earlier step is the same call"),
        ("session_id: abc", "session: abc", 18, "session"),
        ("reply: answer, status: 401", "reply: answer, status: 1000", 16, "<= 599"),
        ("reply: answer, status", "reply: answr, status", 16, "answr"),
        ("kind: script\n", "kind: contract\n", 15, "replies"),
        ("text: motor}", "text: motor, txet: motor}", 4, "no key 'txet'"),
        ("level: convention", "level: convention\n    level: documented", 11, "twice"),
        ("level: convention", "level: must", 10, "must"),
        ("since: 0.1.0", "since: soon", 12, "soon is not a valid version"),
        ("since: 0.1.0", "since: 0.1.0\n    changed: soon", 13, "soon is not a valid version"),
        ("since: 0.1.0", "since: 0.1.0\n    changed: 0.0.9", 13, "0.0.9 is before 0.1.0"),
        (
            "needs: {operation: session.create, parameter",
            "needs: {parameter",
            25,
            "no operation is named",
        ),
        ("errors/refused", "faults/refused", 7, "does not name the suite errors"),
        (
            "do: call",
            "do: call\n        'on': it",
            20,
            "no earlier step keeps an object under 'it'",
        ),
        ("about: One case.", "about: [", 4, "expected"),
        (CASE, "", 1, "`about`"),
        (CASE, "\0", 1, "character"),
        (CASE, "- 1", 1, "object"),
    ],
)
def test_a_case_that_is_not_valid_is_refused_with_its_line(
    tmp_path: Path, right: str, wrong: str, line: int, problem: str
) -> None:
    assert CASE.count(right) == 1
    with pytest.raises(UsageError) as refused:
        written_cases(read(tmp_path, CASE.replace(right, wrong)))
    assert refused.value.what == f"{tmp_path / 'one.yaml'}:{line} is not a valid case."
    assert problem in refused.value.why


def test_a_premise_that_can_never_be_met_is_refused_with_its_line(tmp_path: Path) -> None:
    server = CASE[CASE.index("      kind: script") : CASE.index("    steps:")]
    hides = "must: hides, secret: 0123456789, of: the password, places: [output]"
    text = CASE.replace(server, "      kind: closed\n")
    text = text.replace("must: raises, http_status: 401", hides)
    with pytest.raises(UsageError, match="the password reaches no server") as refused:
        written_cases(read(tmp_path, text))
    assert refused.value.what == f"{tmp_path / 'one.yaml'}:21 is not a valid case."


def test_an_id_that_is_used_in_another_file_is_refused(tmp_path: Path) -> None:
    read(tmp_path / "a")
    read(tmp_path / "b")
    with pytest.raises(UsageError) as refused:
        written_cases(tmp_path)
    assert refused.value.what.startswith(f"{tmp_path / 'b' / 'one.yaml'}:7 ")
    assert "is already used at one.yaml:7" in refused.value.why


def test_every_file_follows_the_committed_schema() -> None:
    validator = Draft202012Validator(formats.schema("cases/file.json"))
    files = sorted((paths.suites() / "cases").glob("**/*.yaml"))
    assert files
    for path in files:
        content = json.loads(json.dumps(yaml.safe_load(path.read_bytes())))
        assert list(validator.iter_errors(content)) == [], path.name


def test_the_shipped_cases_have_unique_ids_that_name_their_suite() -> None:
    cases = written_cases()
    assert len({case.id for case in cases}) == len(cases)
    for case in cases:
        assert case.id.split("/")[1] == case.suite
