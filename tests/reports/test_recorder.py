"""A run is recorded while it lasts, added up once at its end, and then reported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
import subprocess
import sys

from msgspec.structs import replace
import pytest

from conform.core.errors import ExitCode, UsageError
from conform.core.results import CaseLine, Line, RunError, RunLine, read
from conform.engine.events import (
    CaseEnded,
    Event,
    RunBegan,
    RunEnded,
    TargetBegan,
    TargetEnded,
    TargetFailed,
)
from conform.reports.conclusion import Conclusion, RunConcluded
from conform.reports.recorder import Recorder

RunOf = Callable[..., RunLine]
CaseOf = Callable[..., CaseLine]

REPORTS = {"index.html", "junit.xml", "results.jsonl", "summary.json", "summary.md"}


@pytest.fixture
def results(run_of: RunOf, case_of: CaseOf) -> tuple[RunLine, CaseLine]:
    """The lines of a run with one failure."""
    return run_of("php", planned=1), case_of("php", "session.create/fields/id/null", "fail")


def events(*lines: Line, interrupted: str = "") -> list[Event]:
    """The events of a run of one target."""
    run, *cases = lines
    assert isinstance(run, RunLine)
    return [
        RunBegan(targets=(run.target,)),
        TargetBegan(run=run),
        *(CaseEnded(line=case) for case in cases if isinstance(case, CaseLine)),
        TargetEnded(target=run.target),
        RunEnded(lines=lines, seconds=1.5, interrupted=interrupted),
    ]


def test_every_line_is_on_the_disk_as_soon_as_its_case_ends(
    results: tuple[RunLine, CaseLine], tmp_path: Path
) -> None:
    unfinished = tmp_path / "out" / "results.unfinished.jsonl"
    run, case = results
    failed = replace(run, error=RunError(what="It ended early."))
    with Recorder(tmp_path / "out") as recorder:
        assert unfinished.read_bytes() == b""
        recorder(TargetBegan(run=run))
        assert read(unfinished) == (run,)
        recorder(CaseEnded(line=case))
        assert read(unfinished) == (run, case)
        recorder(TargetFailed(run=failed))
        assert read(unfinished) == (run, case, failed)


def test_the_reports_replace_those_of_an_older_run(
    results: tuple[RunLine, CaseLine], tmp_path: Path
) -> None:
    for _ in range(2):
        with Recorder(tmp_path / "out") as recorder:
            conclusion = Conclusion(recorder, report=tmp_path / "out" / "index.html")
            for event in events(*results):
                conclusion(event)
        assert {path.name for path in (tmp_path / "out").iterdir()} == REPORTS
        assert read(tmp_path / "out" / "results.jsonl") == results


def test_an_interrupted_run_leaves_the_older_reports(
    results: tuple[RunLine, CaseLine], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    for lines, interrupted in ((results[:1], ""), (results, "SIGINT")):
        with Recorder(out) as recorder:
            conclusion = Conclusion(recorder, report=out / "index.html")
            for event in events(*lines, interrupted=interrupted):
                conclusion(event)
    assert read(out / "results.jsonl") == results[:1]
    assert {path.name for path in (out / "unfinished").iterdir()} == REPORTS
    assert read(out / "unfinished" / "results.jsonl") == results
    assert conclusion.exit_code == 130


def test_two_runs_cannot_write_into_one_folder(
    results: tuple[RunLine, CaseLine], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    unfinished = out / "results.unfinished.jsonl"
    with Recorder(out) as first:
        first(TargetBegan(run=results[0]))
        with pytest.raises(UsageError, match="Another run writes to") as caught:
            Recorder(out)
        assert str(unfinished) in caught.value.why
        assert "--report" in caught.value.fix
        first(CaseEnded(line=results[1]))
        assert read(unfinished) == results
    with Recorder(out):
        assert unfinished.read_bytes() == b""


KILLED = """
import os, pathlib, sys
from conform.reports.recorder import Recorder
recorder = Recorder(pathlib.Path(sys.argv[1]))
print("recording", flush=True)
sys.stdin.read()
"""


def test_a_killed_run_does_not_keep_its_folder(tmp_path: Path) -> None:
    words = [sys.executable, "-c", KILLED, str(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"recording\n"
        with pytest.raises(UsageError, match="Another run writes to"):
            Recorder(tmp_path)
        run.kill()
    with Recorder(tmp_path):
        pass


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"kept")
    with pytest.raises(UsageError, match="The results cannot be written to") as caught:
        Recorder(tmp_path / "file" / "out")
    assert "--report" in caught.value.fix


def test_every_listener_gets_every_event_and_the_conclusion(
    results: tuple[RunLine, CaseLine],
) -> None:
    first: list[Event | RunConcluded] = []
    second: list[Event | RunConcluded] = []
    conclusion = Conclusion(first.append, second.append)
    given = events(*results)
    for event in given:
        conclusion(event)

    assert first == second
    *passed_on, concluded = first
    assert passed_on == given
    assert isinstance(concluded, RunConcluded)
    assert concluded.lines == results
    assert concluded.summary.targets[0].count("fail") == 1
    assert (concluded.seconds, concluded.interrupted, concluded.report) == (1.5, "", None)
    assert first[-1] is second[-1]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({}, ExitCode.DOES_NOT_CONFORM),
        ({"exit_zero": True}, ExitCode.CONFORMS),
        ({"strict": True}, ExitCode.DOES_NOT_CONFORM),
    ],
)
def test_the_exit_code_follows_the_options(
    results: tuple[RunLine, CaseLine], options: dict[str, bool], code: ExitCode
) -> None:
    conclusion = Conclusion(**options)
    assert conclusion.exit_code is ExitCode.SUITE_FAILED
    for event in events(*results):
        conclusion(event)
    assert conclusion.exit_code == code


def test_the_option_exit_zero_forgives_nothing_else(run_of: RunOf) -> None:
    conclusion = Conclusion(exit_zero=True)
    for event in events(run_of("php", unavailable="There is no PHP.")):
        conclusion(event)
    assert conclusion.exit_code == ExitCode.NOTHING_TESTED


def test_unavailable_targets_can_be_left_out_of_the_exit_code(
    run_of: RunOf, results: tuple[RunLine, CaseLine]
) -> None:
    passed = replace(results[1], verdict="pass")
    gone = run_of("go", unavailable="There is no Go.")
    for allow, code in ((False, ExitCode.NOTHING_TESTED), (True, ExitCode.CONFORMS)):
        conclusion = Conclusion(allow_unavailable=allow)
        conclusion(RunEnded(lines=(results[0], passed, gone), seconds=1))
        assert conclusion.exit_code == code
