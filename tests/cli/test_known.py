"""``conform run --known`` and ``--cases-as-of``, and ``conform known update``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
import xml.etree.ElementTree as ET

import pytest

from conform.core.results import CaseLine, RunLine, read

Command = Callable[..., CompletedProcess[str]]

CASE = "session.create/fields/site_id/int64-max"
OTHER = "session.create/fields/language/string-ordinary"
OUTDATED = f"""\
schema: 2
known:
  - case: {CASE}
    sdk: http
    reason: an old defect
    failures:
      {CASE}: ["0123456789ab"]
"""
OLD = f"""\
known:
  - case: {CASE}
    sdk: http
    reason: an old defect # of ours
    failures:
      {CASE}: ["0123456789ab"]
  - case: {OTHER}
    sdk: http
    reason: another defect
    failures:
      {OTHER}: ["0123456789ab"]
"""


def test_a_listed_case_that_passes_makes_the_run_fail(conform: Command, tmp_path: Path) -> None:
    (tmp_path / "known.yaml").write_text(OUTDATED)
    ran = conform("run", "http", "-k", "site_id", "--report", "out", "--known", "known.yaml")
    assert ran.returncode == 1
    assert "http does not conform" in ran.stdout
    lines = {each.case: each for each in read(tmp_path / "out/results.jsonl")[1:]}  # type: ignore[union-attr]
    outdated = lines.pop(CASE)
    assert isinstance(outdated, CaseLine)
    assert (outdated.verdict, outdated.level, outdated.blame) == ("fail", "documented", "list")
    assert outdated.source.reference == "known.yaml, line 3"
    assert {each.verdict for each in lines.values() if isinstance(each, CaseLine)} == {"pass"}
    failures = ET.parse(tmp_path / "out/junit.xml").findall(".//failure")
    assert ["is listed as failing" in each.get("message", "") for each in failures] == [True]
    assert "list of known failures" in (tmp_path / "out/index.html").read_text()


def test_an_update_removes_what_passes(conform: Command, tmp_path: Path) -> None:
    (tmp_path / "known.yaml").write_text(OUTDATED)
    conform("run", "http", "-k", "site_id", "--report", "out", "--known", "known.yaml")
    ran = conform("known", "update", "known.yaml", "out")
    assert ran.returncode == 0, ran.stderr
    assert f"- http {CASE}" in ran.stdout
    assert "The entry at known.yaml, line 3 has no failures left; remove it." in ran.stdout
    assert "0 added, 1 removed" in ran.stdout
    assert "an old defect" in (tmp_path / "known.yaml").read_text()
    second = conform("run", "http", "-k", "site_id", "--known", "known.yaml")
    assert second.returncode == 0, second.stdout


def test_a_list_of_schema_1_is_refused_and_an_update_migrates_it(
    conform: Command, tmp_path: Path
) -> None:
    (tmp_path / "known.yaml").write_text(OLD)
    refused = conform("run", "http", "-k", "site_id", "--known", "known.yaml")
    assert refused.returncode == 2
    assert "known.yaml is a list of schema 1." in refused.stderr
    assert "`conform known update known.yaml RESULTS`" in refused.stderr
    conform("run", "http", "-k", "site_id", "--report", "out")
    migrated = conform("known", "update", "known.yaml", "out")
    assert migrated.returncode == 0, migrated.stderr
    assert f"- http {CASE}" in migrated.stdout
    assert f"? http {OTHER}: not in these results" in migrated.stdout
    text = (tmp_path / "known.yaml").read_text()
    assert text.startswith("schema: 2\n")
    assert "    reason: an old defect # of ours\n" in text
    assert "    reason: another defect\n" in text
    accepted = conform("run", "http", "-k", "site_id", "--known", "known.yaml")
    assert accepted.returncode == 0, accepted.stdout


def test_an_entry_about_a_case_that_does_not_exist_is_refused_before_a_case_is_run(
    conform: Command, tmp_path: Path
) -> None:
    (tmp_path / "known.yaml").write_text(OUTDATED.replace("int64-max", "int128-max"))
    ran = conform("run", "http", "-k", "site_id", "--report", "out", "--known", "known.yaml")
    assert ran.returncode == 2
    assert "int128-max (known.yaml, line 3)" in ran.stderr
    assert "`conform cases` lists all cases" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert [path.read_text() for path in (tmp_path / "out").iterdir()] == [""]


def test_newer_cases_are_left_out_and_counted(conform: Command, tmp_path: Path) -> None:
    ran = conform("run", "http", "--suite", "contract", "--report", "out", "--cases-as-of", "0.0.9")
    assert ran.returncode == 3
    (opened,) = read(tmp_path / "out/results.jsonl")
    assert isinstance(opened, RunLine)
    assert opened.planned == 0
    assert opened.newer_cases > 1000
    words = f"{opened.newer_cases:,} cases newer than 0.0.9 left out"
    assert words in " ".join(ran.stdout.split())
    for report in ("index.html", "summary.md", "junit.xml"):
        assert words in (tmp_path / "out" / report).read_text()


def test_cases_as_of_a_later_version_are_all_cases(conform: Command) -> None:
    ran = conform("run", "http", "-k", "site_id", "--cases-as-of", "99.0")
    assert ran.returncode == 0
    assert "0 cases newer than 99.0 left out" in " ".join(ran.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "http", "--known", "none.yaml"], "none.yaml cannot be read"),
        (
            ["run", "http", "--known", "bad.yaml"],
            "bad.yaml:3 is not a valid list of known failures",
        ),
        (["run", "http", "--cases-as-of", "soon"], "'soon' is not a valid version"),
        (["known", "update", "bad.yaml", "none"], "none cannot be read"),
        (["known", "update", "new.yaml", "none"], "none cannot be read"),
    ],
)
def test_wrong_input_is_refused_before_a_target_is_prepared(
    conform: Command, tmp_path: Path, arguments: list[str], message: str
) -> None:
    (tmp_path / "bad.yaml").write_text("schema: 2\nknown:\n  - case: x\n")
    ran = conform(*arguments)
    assert ran.returncode == 2
    assert message in ran.stderr
    assert "preparing" not in ran.stderr
    assert "Traceback" not in ran.stderr
