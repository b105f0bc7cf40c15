"""``conform run`` on real releases of the Python SDK, installed from their registry."""

from __future__ import annotations

from collections.abc import Callable
import os
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from conform.core.results import CaseLine, RunLine, read

Command = Callable[..., CompletedProcess[str]]

pytestmark = pytest.mark.registry

KEPT = ("--report", "out", "--keep", "kept")


@pytest.mark.parametrize(
    ("release", "sentence", "variant", "tested"),
    [
        ("1.0.17", "documented by the page of 1.0.17", "string-id", 165),
        ("1.6.456", "documented by the page of 1.6.456", "compact", 50),
    ],
)
def test_a_release_is_checked_against_its_page(
    conform: Command, tmp_path: Path, release: str, sentence: str, variant: str, tested: int
) -> None:
    suites = ("--suite", "contract", "--suite", "fields")
    ran = conform("run", f"python=={release}", *suites, "--report", "out")
    opened, *cases = read(tmp_path / "out/results.jsonl")
    assert isinstance(opened, RunLine)
    assert opened.sdk is not None
    assert (opened.target, opened.sdk.version) == (f"python=={release}", release)
    assert (opened.checked_against, opened.variant) == (sentence, variant)
    verdicts = [case.verdict for case in cases if isinstance(case, CaseLine)]
    assert verdicts.count("pass") >= tested
    assert "error" not in verdicts
    assert ran.returncode in {0, 1}


def test_the_newest_release_is_checked_against_the_newest_known_page(
    conform: Command, tmp_path: Path
) -> None:
    conform("run", "python", "-k", "contract", "--report", "out")
    opened, *_ = read(tmp_path / "out/results.jsonl")
    assert isinstance(opened, RunLine)
    assert opened.sdk is not None
    assert opened.target == f"python=={opened.sdk.version}"
    assert opened.checked_against.startswith("checked against the page of 1.6.")


def test_a_documented_sample_that_fails_is_reported_with_its_evidence(
    conform: Command, tmp_path: Path
) -> None:
    case = "session.delete/samples/arguments-1"
    ran = conform("run", "python==1.0.17", "-k", case, "--report", "out", "-v")
    assert ran.returncode == 1
    (line,) = (each for each in read(tmp_path / "out/results.jsonl") if isinstance(each, CaseLine))
    assert (line.verdict, line.blame) == ("fail", "page")
    assert "InvalidParameterError" in line.reason
    assert f"conform run python==1.0.17 -k {case}" in ran.stdout


def test_the_printed_exit_code_is_that_of_the_command(conform: Command) -> None:
    ran = conform("run", "python==1.0.17", "--suite", "samples", "--exit-zero")
    assert ran.returncode == 0
    assert "python==1.0.17 does not conform (" in ran.stdout
    assert "exit code 0." in ran.stdout


def test_a_release_that_does_not_exist_is_unavailable(conform: Command, tmp_path: Path) -> None:
    ran = conform("run", "python==9.9.9", "http", "-k", "site_id", "--report", "out")
    assert ran.returncode == 3
    assert "Files.com 9.9.9 is not on PyPI." in ran.stdout
    opened = {
        line.target: line
        for line in read(tmp_path / "out/results.jsonl")
        if isinstance(line, RunLine)
    }
    assert opened["python==9.9.9"].unavailable
    assert not opened["http"].unavailable


def test_a_registry_that_cannot_be_reached_is_named(conform: Command) -> None:
    nowhere = {"UV_OFFLINE": "1", "UV_NO_CACHE": "1"}
    ran = conform("run", "python==1.0.18", "-k", "site_id", **nowhere)
    assert ran.returncode == 3
    assert "Traceback" not in ran.stderr


@pytest.mark.skipif(
    "CONFORM_CHECKOUT_PYTHON" not in os.environ,
    reason="no checkout of the python SDK: CONFORM_CHECKOUT_PYTHON names none",
)
def test_a_checkout_may_be_named_by_a_relative_path(conform: Command, tmp_path: Path) -> None:
    (tmp_path / "sdk").symlink_to(os.environ["CONFORM_CHECKOUT_PYTHON"])
    ran = conform("run", "python@sdk", "-k", "contract", "--report", "out")
    opened, *_ = read(tmp_path / "out/results.jsonl")
    assert isinstance(opened, RunLine)
    assert opened.target.startswith("python@sha256:")
    assert opened.checked_against == "checked against the page that came with it"
    assert ran.returncode in {0, 1}, ran.stderr


def test_a_failure_has_the_code_that_reproduces_it(conform: Command, tmp_path: Path) -> None:
    conform("run", "python==1.0.17", "--suite", "errors", "--report", "out")
    cases = [line for line in read(tmp_path / "out/results.jsonl") if isinstance(line, CaseLine)]
    codes: dict[str, list[str]] = {line.verdict: [] for line in cases}
    for line in cases:
        codes[line.verdict].append(line.snippet)
    assert all("files_sdk.base_url = " in code for code in codes.pop("fail"))
    assert not any(code for others in codes.values() for code in others)


def test_a_real_release_is_judged_again_without_its_runtime(
    conform: Command, tmp_path: Path
) -> None:
    ran = conform("run", "python==1.0.17", "--suite", "samples", "--suite", "errors", *KEPT)
    judged = conform("judge", "kept", "--report", "again", PATH="", CONFORM_CACHE="/proc/nowhere")
    assert judged.returncode == ran.returncode == 1, judged.stderr
    results = (tmp_path / "out/results.jsonl").read_bytes()
    assert (tmp_path / "again/results.jsonl").read_bytes() == results


@pytest.mark.parametrize("sdk", ["python==2.0.4", "javascript==1.2.314", "go==3.3.308"])
def test_the_log_of_a_real_release_works(conform: Command, tmp_path: Path, sdk: str) -> None:
    """A release that logs nothing would pass every case about its log, so none is inconclusive."""
    ran = conform("run", sdk, "-k", "logs", "--report", "out")
    if ran.returncode == 3 and "is unavailable" in ran.stdout:
        pytest.skip(f"the runtime of {sdk} is missing")
    lines = [each for each in read(tmp_path / "out/results.jsonl") if isinstance(each, CaseLine)]
    assert {each.verdict for each in lines} == {"pass", "fail"}
    assert all("/logs-debug/" in each.case for each in lines if each.verdict == "fail")
