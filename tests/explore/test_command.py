"""``conform explore``: what it prints, the same each time, and how to reproduce a finding."""

from __future__ import annotations

from collections.abc import Callable
import os
from pathlib import Path
import re
import shlex
import subprocess
import sys

from click.testing import CliRunner, Result
import pytest

from conform.cli.explore import explore
from conform.core.results import CaseLine, RunLine, read

ERRORS = "session.create/explored/errors"

pytestmark = pytest.mark.once


@pytest.fixture
def conform(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run ``conform`` in an empty folder."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "conform", *arguments],
            cwd=tmp_path,
            env=dict(os.environ),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return run


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run ``conform explore`` in this process, where the reference client can be broken."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(explore, arguments, standalone_mode=False, catch_exceptions=False)

    return run


def test_the_reference_client_conforms_and_no_file_is_left(
    conform: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    first = conform("explore", "http", "--about", "errors", "--examples", "30")
    assert first.returncode == 0, first.stderr
    assert first.stderr == ""
    assert "checked against the 15 known variants; seed 0, 30 examples" in first.stdout
    assert re.search(r"\d+ situations tried: no failure", first.stdout)
    second = conform("explore", "http", "--about", "errors", "--examples", "30")
    assert second.stdout == first.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_finding_is_printed_with_its_smallest_situation(
    command: Callable[..., Result], break_client: Callable[..., None]
) -> None:
    break_client("needs_a_type")
    ran = command("http", "-k", ERRORS, "--seed", "3", "--strict")
    assert ran.return_value == 1
    assert "session.create raised KeyError, which is not an error of the SDK's own." in ran.stdout
    assert "smallest:  400 application/json: {}" in ran.stdout
    assert "seen:      KeyError: 'type'" in ran.stdout
    assert "--- sent ---" not in ran.stdout


def test_the_printed_command_reproduces_a_finding(
    command: Callable[..., Result], break_client: Callable[..., None]
) -> None:
    break_client("rounds_through_double", "needs_a_type")
    first = command("http", "--seed", "5", "--examples", "60", "--about", "objects").stdout
    printed = re.search(r"reproduce: +conform explore (.*)", first)
    assert printed
    second = command(*shlex.split(printed[1])).stdout
    finding = first[first.index("session.create/explored/objects") :]
    for line in finding.partition("\n\n")[0].splitlines():
        assert line in second.splitlines()
    assert "--- sent ---" in second


def test_conventions_count_only_with_strict(
    command: Callable[..., Result], break_client: Callable[..., None]
) -> None:
    break_client("needs_a_type")
    assert command("http", "-k", ERRORS).return_value == 0
    break_client("drops_long_texts")
    assert command("http", "-k", "create/explored/objects", "--examples", "40").return_value == 1


def test_an_adapter_that_violates_the_protocol_is_a_failure_of_the_suite(
    command: Callable[..., Result], break_client: Callable[..., None]
) -> None:
    break_client("violates_the_protocol")
    ran = command("http", "-k", "create/explored/objects")
    assert ran.return_value == 4
    assert "the suite failed: The adapter violated the protocol" in ran.stdout


def test_findings_are_lines_of_results(
    command: Callable[..., Result], break_client: Callable[..., None], tmp_path: Path
) -> None:
    break_client("rounds_through_double", "drops_long_texts")
    ran = command("http", "--about", "objects", "--examples", "40", "--report", "out")
    assert ran.return_value == 1
    opened, *lines = read(tmp_path / "out/results.jsonl")
    assert isinstance(opened, RunLine)
    assert (opened.target, opened.planned) == ("http", 3)
    found = {line.case: line for line in lines if isinstance(line, CaseLine)}
    whole = "session.create/explored/objects"
    changed, missing = f"{whole}/was-changed", f"{whole}/the-object-has-no"
    further = (found.keys() & {changed, missing}).pop()
    assert found.keys() == {whole, further, "session.create/explored/unknown-members"}
    assert found[whole].verdict == found[further].verdict == "fail"
    assert found[whole].reason != found[further].reason
    assert found[whole].observation.requests
    assert found["session.create/explored/unknown-members"].verdict == "pass"
    assert "explored" in (tmp_path / "out/index.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["http", "-k", "nothing"], "No property is selected."),
        (["htpp"], "Did you mean http?"),
        (["http", "--examples", "0"], "0 is not in the range x>=1"),
        (["http", "--about", "faults"], "'faults' is not one of"),
    ],
    ids=["property", "target", "examples", "about"],
)
def test_bad_input_gets_one_clear_answer(
    conform: Callable[..., subprocess.CompletedProcess[str]], arguments: list[str], says: str
) -> None:
    ran = conform("explore", *arguments)
    assert ran.returncode == 2
    assert says in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.registry
def test_a_real_release_is_explored(
    conform: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    ran = conform("explore", "python==1.6.456", "-k", ERRORS, "--strict")
    assert ran.returncode == 1
    assert "session.create raised KeyError, which is not an error of the SDK's own." in ran.stdout
    assert re.search(r'smallest:  400 application/json: \{"errors?": (""|\[""\])\}', ran.stdout)


@pytest.mark.registry
def test_a_release_that_does_not_exist_is_unavailable(
    conform: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    assert conform("explore", "python==9.9.9").returncode == 3
