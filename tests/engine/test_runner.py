"""A run tells its listeners what happens, and how the worker of each target ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
import subprocess
import sys
import textwrap

import pytest

from conform.core.errors import ExitCode, UsageError
from conform.core.results import CaseLine, RunError, RunLine
from conform.engine import runner
from conform.engine.events import (
    CaseEnded,
    Event,
    RunBegan,
    RunEnded,
    TargetBegan,
    TargetEnded,
    TargetFailed,
    TargetPreparing,
)
from conform.engine.runner import CaseSelection

FakeWorker = Callable[[str], None]

WORKER = """
#!{python}
import os, sys
if "--conform-results" not in sys.argv:
    os.execv({python!r}, [{python!r}, *sys.argv[1:]])
from msgspec.structs import replace
from conform.core import results
from conform.core.errors import AdapterError, TargetUnavailableError
from conform.core.identity import Identity, Source

arguments = dict(zip(sys.argv, sys.argv[1:]))
file = open(arguments["--conform-results"], "ab", buffering=0)
opening = results.RunLine.opening(arguments["--conform-target"], planned=1)

def write(line):
    file.write(results.encode(line))

def case(id="session.create/fields/id/null"):
    source = Source(kind="page", reference="attribute id of session")
    identity = Identity(
        id=id, suite="fields", title="A case", level="documented", source=source, since="0.1.0"
    )
    return results.CaseLine.opening(opening.target, identity)

{body}
"""


@pytest.fixture
def worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeWorker:
    """Puts a few lines of Python in the place of the pytest process of a target."""

    def make(body: str) -> None:
        path = tmp_path / "worker"
        text = WORKER.lstrip().format(python=sys.executable, body=textwrap.dedent(body))
        path.write_text(text)
        path.chmod(0o755)
        monkeypatch.setattr(runner.sys, "executable", str(path))

    return make


def events_of(*targets: str, selection: CaseSelection | None = None) -> list[Event]:
    """The events of a run."""
    events: list[Event] = []
    runner.run(targets, selection or CaseSelection(), [events.append])
    return events


def test_the_events_of_a_run_come_in_order(worker: FakeWorker) -> None:
    worker("write(opening)\nwrite(case())")
    events = events_of("http")
    assert [type(each) for each in events] == [
        RunBegan,
        TargetPreparing,
        TargetBegan,
        CaseEnded,
        TargetEnded,
        RunEnded,
    ]
    began, preparing, target, case, ended, run = events
    assert isinstance(target, TargetBegan)
    assert isinstance(case, CaseEnded)
    assert began == RunBegan(targets=("http",))
    assert preparing == TargetPreparing(name="http")
    assert ended == TargetEnded(target="http")
    assert isinstance(run, RunEnded)
    assert run.lines == (target.run, case.line)
    assert run.interrupted == ""
    assert run.seconds > 0


def test_every_listener_gets_every_event(worker: FakeWorker) -> None:
    worker("write(opening)\nwrite(case())")
    first: list[Event] = []
    second: list[Event] = []
    runner.run(["http"], CaseSelection(), [first.append, second.append])
    assert first == second
    assert len(first) == 6


def test_two_names_of_one_target_are_one_target(worker: FakeWorker) -> None:
    worker("write(opening)\nwrite(case())")
    (*_, run) = events_of("http", "http")
    assert isinstance(run, RunEnded)
    assert [type(line) for line in run.lines] == [RunLine, CaseLine]


def failure_of(events: list[Event]) -> RunError:
    """The one error that ended a target early."""
    (failed,) = (each for each in events if isinstance(each, TargetFailed))
    assert failed.run.error is not None
    run = events[-1]
    assert isinstance(run, RunEnded)
    assert failed.run in run.lines
    assert isinstance(events[-2], TargetEnded)
    return failed.run.error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("AdapterError", ExitCode.SUITE_FAILED),
        ("TargetUnavailableError", ExitCode.NOTHING_TESTED),
    ],
)
def test_an_error_in_a_worker_arrives_with_its_exit_code(
    worker: FakeWorker, error: str, code: ExitCode
) -> None:
    worker(f"""
        write(opening)
        error = {error}("It broke.", why="It was old.", fix="Get a new one.")
        write(replace(opening, error=results.RunError.of(error)))
        sys.exit(int(error.exit_code))
    """)
    expected = RunError(what="It broke.", why="It was old.", fix="Get a new one.", exit_code=code)
    assert failure_of(events_of("http")) == expected


def test_a_worker_that_ends_early_is_an_error_with_its_last_words(worker: FakeWorker) -> None:
    worker("write(opening)\nsys.exit('no memory')")
    error = failure_of(events_of("http"))
    assert error.what == "The worker of http ended early."
    assert error.why.endswith("no memory")
    assert error.exit_code is ExitCode.SUITE_FAILED


def test_a_worker_that_ends_well_with_too_few_cases_is_an_error(worker: FakeWorker) -> None:
    worker("write(opening)")
    assert failure_of(events_of("http")).what == "The worker of http ended early."


def test_a_line_that_is_not_valid_is_an_error(worker: FakeWorker) -> None:
    worker("write(opening)\nfile.write(b'nonsense\\n')")
    assert "wrote a line that is not valid" in failure_of(events_of("http")).what


def test_the_failure_of_one_target_leaves_the_others(
    worker: FakeWorker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    worker("write(opening)\nwrite(case())")
    (*_, run) = events_of("ruby==1.1.713", "http")
    assert isinstance(run, RunEnded)
    targets = {line.target: line for line in run.lines if isinstance(line, RunLine)}
    assert "ruby is not on the PATH" in targets["ruby==1.1.713"].unavailable
    assert not targets["http"].unavailable
    assert any(isinstance(line, CaseLine) for line in run.lines)


PROGRAM = """
from pathlib import Path
from conform.core.errors import ConformError
from conform.engine import runner
from conform.engine.events import RunEnded, TargetBegan

def listen(event):
    if isinstance(event, {event}):
        raise ConformError("There is no room.")

try:
    runner.run(["http"], runner.CaseSelection({selection}), [listen])
except ConformError as error:
    print(type(error).__name__, int(error.exit_code), error)
"""


def ended(event: str = "RunEnded", selection: str = "") -> str:
    """How a run with a failing listener ends; in a process that can start nothing afterwards."""
    program = PROGRAM.format(event=event, selection=selection)
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_listener_that_fails_ends_the_run() -> None:
    assert ended("TargetBegan") == "ConformError 4 There is no room.\n"


def test_a_usage_error_in_a_worker_ends_the_run() -> None:
    output = ended(selection="known=Path('none.yaml'), suites=('contract',)")
    assert output.startswith("UsageError 2 ")
    assert "none.yaml cannot be read" in output


def test_an_expression_that_pytest_does_not_understand_ends_the_run() -> None:
    output = ended(selection="expression='site_id and'")
    assert output.startswith("UsageError 2 pytest does not understand which cases to run.\n")
    assert "site_id and" in output


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        (CaseSelection(suites=("feilds",)), "There is no suite 'feilds'"),
        (CaseSelection(cases_as_of="soon"), "'soon' is not a valid version"),
        (CaseSelection(known=Path("none.yaml")), r"none\.yaml cannot be read"),
    ],
)
def test_a_selection_that_is_not_valid_is_refused(selection: CaseSelection, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        runner.validate(selection)


def test_a_name_that_is_not_valid_is_refused_before_anything_runs() -> None:
    events: list[Event] = []
    with pytest.raises(UsageError, match="Did you mean http"):
        runner.run(["python", "htpp"], CaseSelection(), [events.append])
    assert events == []
