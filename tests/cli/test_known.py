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
STALE = f"""\
known:
  - case: {CASE}
    sdk: http
    reason: it was so once
    failures:
      {CASE}: ["0123456789ab"]
"""


def test_what_passes_and_is_listed_makes_the_run_fail(conform: Command, tmp_path: Path) -> None:
    (tmp_path / "known.yaml").write_text(STALE)
    ran = conform("run", "http", "-k", "site_id", "--report", "out", "--known", "known.yaml")
    assert ran.returncode == 1
    assert "http does not conform" in ran.stdout
    lines = {each.case: each for each in read(tmp_path / "out/results.jsonl")[1:]}  # type: ignore[union-attr]
    stale = lines.pop(CASE)
    assert isinstance(stale, CaseLine)
    assert (stale.verdict, stale.level, stale.blame) == ("fail", "documented", "list")
    assert stale.source.reference == "known.yaml, line 2"
    assert {each.verdict for each in lines.values() if isinstance(each, CaseLine)} == {"pass"}
    failures = ET.parse(tmp_path / "out/junit.xml").findall(".//failure")
    assert ["is listed as failing" in each.get("message", "") for each in failures] == [True]
    page = (tmp_path / "out/index.html").read_text()
    assert "fault of the list of known failures" in page


def test_an_update_takes_out_what_passes(conform: Command, tmp_path: Path) -> None:
    (tmp_path / "known.yaml").write_text(STALE)
    conform("run", "http", "-k", "site_id", "--report", "out", "--known", "known.yaml")
    ran = conform("known", "update", "known.yaml", "out")
    assert ran.returncode == 0, ran.stderr
    assert "0 added, 1 removed" in ran.stdout
    assert "known.yaml, line 2" in ran.stdout
    assert "it was so once" in (tmp_path / "known.yaml").read_text()
    again = conform("run", "http", "-k", "site_id", "--known", "known.yaml")
    assert again.returncode == 0, again.stdout


def test_newer_cases_are_left_aside_and_counted(conform: Command, tmp_path: Path) -> None:
    ran = conform("run", "http", "--suite", "contract", "--report", "out", "--cases-as-of", "0.0.9")
    assert ran.returncode == 3
    (opened,) = read(tmp_path / "out/results.jsonl")
    assert isinstance(opened, RunLine)
    assert opened.planned == 0
    assert opened.aside > 1000
    told = f"{opened.aside:,} cases newer than 0.0.9 left aside"
    assert told in " ".join(ran.stdout.split())
    for report in ("index.html", "summary.md", "junit.xml"):
        assert told in (tmp_path / "out" / report).read_text()


def test_cases_as_of_this_version_are_all(conform: Command) -> None:
    ran = conform("run", "http", "-k", "site_id", "--cases-as-of", "99.0")
    assert ran.returncode == 0
    assert "0 cases newer than 99.0 left aside" in " ".join(ran.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "http", "--known", "none.yaml"], "none.yaml cannot be read"),
        (["run", "http", "--known", "bad.yaml"], "bad.yaml:2 is no list of known failures"),
        (["run", "http", "--cases-as-of", "soon"], "'soon' is no version"),
        (["known", "update", "bad.yaml", "none"], "none cannot be read"),
    ],
)
def test_bad_input_is_refused_before_anything_is_run(
    conform: Command, tmp_path: Path, arguments: list[str], says: str
) -> None:
    (tmp_path / "bad.yaml").write_text("known:\n  - case: x\n")
    ran = conform(*arguments)
    assert ran.returncode == 2
    assert says in ran.stderr
    assert "preparing" not in ran.stderr
    assert "Traceback" not in ran.stderr
