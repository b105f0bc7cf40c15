"""``conform run --keep`` and ``conform judge``: the same results, without the SDK."""

from __future__ import annotations

from collections.abc import Callable
import gzip
import json
from pathlib import Path
import shutil
import subprocess
from subprocess import CompletedProcess
import sys

from jsonschema import Draft202012Validator
from msgspec.structs import replace
import pytest

from conform.cli import formats
from conform.engine.kept import KeptFile, KeptRun, KeptVerdict, read

Command = Callable[..., CompletedProcess[str]]
FILES = ("index.html", "junit.xml", "results.jsonl", "summary.json", "summary.md")
CASE = "session.create/fields/site_id/null"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what a run of some cases kept, and with its report."""
    folder = tmp_path_factory.mktemp("ran")
    command = [sys.executable, "-m", "conform", "run", "http", "-k", "null"]
    subprocess.run([*command, "--report", "out", "--keep", "kept"], cwd=folder, check=True)
    return folder


@pytest.fixture
def kept(ran: Path, tmp_path: Path) -> Path:
    """The file of that run, in the folder in which the command runs."""
    shutil.copytree(ran, tmp_path, dirs_exist_ok=True)
    (path,) = (tmp_path / "kept").iterdir()
    assert len(read(path).cases) > 20
    return path


def rewrite(path: Path, edit: Callable[[KeptRun], KeptRun]) -> None:
    """Keep the same observations as another suite would have kept them."""
    run = edit(read(path))
    with KeptFile(path, run.target) as file:
        for case in run.cases:
            file.add(case)
        file.finish(run.left_out)


def test_the_same_suite_writes_the_same_report(
    conform: Command, kept: Path, tmp_path: Path
) -> None:
    assert kept.name == "http.jsonl.gz"
    judged = conform("judge", "kept", "--report", "again")
    assert judged.returncode == 0, judged.stderr
    assert "http conforms (" in judged.stdout
    assert "from the run" not in judged.stdout
    assert {path.name for path in (tmp_path / "again").iterdir()} == set(FILES)
    for name in FILES:
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "out" / name).read_bytes()


def test_every_kept_line_is_valid(kept: Path) -> None:
    validator = Draft202012Validator(formats.schema("kept/line.json"))
    lines = tuple(map(json.loads, gzip.decompress(kept.read_bytes()).splitlines()))
    assert [error.message for line in lines for error in validator.iter_errors(line)] == []
    assert {line["kind"] for line in lines} == {"target", "case", "end"}


def test_judging_starts_nothing(conform: Command, kept: Path) -> None:
    nowhere = {"PATH": "", "CONFORM_CACHE": "/proc/nowhere"}
    judged = conform("judge", str(kept.parent), PYTHONPROFILEIMPORTTIME="1", **nowhere)
    assert judged.returncode == 0, judged.stderr
    imported = {line.rpartition("|")[2].strip() for line in judged.stderr.splitlines()}
    assert "conform.verdicts.judging" in imported
    assert not imported & {"pytest", "pact", "h11", "dns", "conform.engine.preparation"}


def test_the_differences_are_named(conform: Command, kept: Path) -> None:
    def edit(run: KeptRun) -> KeptRun:
        failed = KeptVerdict(name="fail", fingerprint="0" * 12, reason="It was wrong.")
        cases = (replace(case, verdict=failed) for case in run.cases if case.done)
        return replace(run, cases=tuple(cases))

    rewrite(kept, edit)
    number = len(read(kept).cases)
    judged = conform("judge", "kept")
    assert judged.returncode == 0
    assert f"http: {number} verdicts differ from the run:" in judged.stdout
    assert judged.stdout.count(": fail → pass: before: It was wrong.\n") == 10
    assert judged.stdout.splitlines()[-1] == f"  and {number - 10} more; -v shows all"
    every = conform("judge", "kept", "-v").stdout
    assert every.count(": fail → pass: before: It was wrong.\n") == number
    assert f"  {CASE}: fail → pass" in every
    assert "shows all" not in every


def test_cases_that_were_not_observed_are_named_and_count(conform: Command, kept: Path) -> None:
    def edit(run: KeptRun) -> KeptRun:
        _, second, third, *others = (case for case in run.cases if case.done)
        gone = replace(third, case="session.create/fields/site_id/gone")
        return replace(run, cases=(replace(second, done="0" * 16), third, gone, *others))

    rewrite(kept, edit)
    judged = conform("judge", "kept")
    assert judged.returncode == 3
    assert "http — unavailable for part of its cases" in judged.stdout
    assert "What to do: Run the target again with --keep." in judged.stdout
    for heading in (
        "http: 1 new case, not observed:",
        "http: 1 changed case, not observed as it is now:",
        "http: 1 removed case, not judged:",
    ):
        assert heading in judged.stdout
    assert "  session.create/fields/site_id/gone" in judged.stdout.splitlines()
    assert conform("judge", "kept", "--allow-unavailable").returncode == 0


@pytest.mark.usefixtures("kept")
def test_a_failure_counts_as_in_a_run(conform: Command, tmp_path: Path) -> None:
    known = tmp_path / "known.yaml"
    known.write_text(
        f"schema: 2\nknown:\n  - case: {CASE}\n    sdk: http\n    reason: an old defect\n"
        f'    failures: {{{CASE}: ["0123456789ab"]}}\n'
    )
    judged = conform("judge", "kept", "--known", "known.yaml", "-v")
    assert judged.returncode == 1
    assert f"reproduce: conform run http -k {CASE}" in judged.stdout
    assert conform("judge", "kept", "--known", "known.yaml", "--exit-zero").returncode == 0
    assert conform("judge", "kept", "-k", "user_id").returncode == 0


def test_what_cannot_be_judged_is_refused(conform: Command, kept: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for arguments, says in (
        (["judge", "missing"], "There is no such folder."),
        (["judge", "empty"], "There are no kept observations in empty."),
        (["judge", "kept", "--suite", "feilds"], "There is no suite 'feilds'."),
    ):
        refused = conform(*arguments)
        assert refused.returncode == 2
        assert says in refused.stderr
        assert "Traceback" not in refused.stderr
    kept.write_bytes(kept.read_bytes()[:-40])
    refused = conform("judge", "kept", "--report", "again")
    assert refused.returncode == 2
    assert "The kept observations in kept/http.jsonl.gz are incomplete." in refused.stderr
    assert "run the target again with --keep" in refused.stderr
    assert not (tmp_path / "again" / "results.jsonl").exists()


def test_a_folder_that_cannot_be_written_is_refused_before_the_run(conform: Command) -> None:
    ran = conform("run", "http", "-k", "site_id", "--keep", "/proc/nowhere")
    assert ran.returncode == 2
    assert "The observations cannot be kept in /proc/nowhere." in ran.stderr
    assert "preparing" not in ran.stderr


def test_an_unavailable_target_is_not_kept(conform: Command, tmp_path: Path) -> None:
    nowhere = {"PATH": str(tmp_path)}
    ran = conform("run", "http", "go==1.x", "-k", "int64-max", "--keep", "kept", **nowhere)
    assert ran.returncode == 3, ran.stderr
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["http.jsonl.gz"]
