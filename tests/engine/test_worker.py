"""The worker of a target writes its results, and what went wrong beside its cases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
import sys
import textwrap

from msgspec.structs import replace
import pytest

from conform.core import manifest
from conform.core.errors import ExitCode
from conform.core.results import CaseLine, RunError, RunLine, read
from conform.engine import preparation
from conform.engine.worker import Worker
from conform.reports.summary import Summary
from conform.targets.names import sdk
from conform.targets.resolve import resolve

Results = tuple[list[CaseLine], RunError | None]
Run = Callable[..., Results]

ADAPTER = """
import os, sys, time
sys.path.insert(0, {folder!r})
import adapter, wire

class Changed(adapter.Adapter):
{body}

wire.serve(Changed())
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs cases on the reference client with some methods of its adapter replaced.

    It gives the lines of the cases, and the error of the run.
    """
    reference = resolve(sdk("http"))

    def run(body: str, *words: str) -> Results:
        program = tmp_path / "changed.py"
        folder = str(manifest.named("http").folder)
        body = textwrap.indent(textwrap.dedent(body), "    ")
        program.write_text(ADAPTER.format(folder=folder, body=body))
        launch = replace(reference.launch, command=(sys.executable, str(program)))
        target = replace(reference, launch=launch)
        monkeypatch.setattr(preparation, "resolve", lambda _name: target)
        results = tmp_path / "results.jsonl"
        with Worker("http", results) as worker:
            worker.prepare()
            chosen = [
                each
                for suite in ("errors", "faults", "fields", "lifecycle", "security")
                for each in worker.planned(suite)
                if any(word in each.id for word in words)
            ]
            worker.begin(len(chosen))
            for each in chosen:
                worker.check(each)
        lines = read(results)
        runs = [line for line in lines if isinstance(line, RunLine)]
        return [line for line in lines if isinstance(line, CaseLine)], runs[-1].error

    return run


def test_an_adapter_that_stops_well_is_no_error(run: Run) -> None:
    cases, error = run("pass", "/site_id/", "/tls/")
    assert {each.verdict for each in cases} == {"pass"}
    assert {each.restarts for each in cases} == {0}
    assert error is None


def test_an_adapter_that_crashes_whenever_it_is_stopped_is_an_error_of_the_run(run: Run) -> None:
    cases, error = run("def stop(self): os._exit(7)", "/site_id/", "/tls/")
    assert {each.verdict for each in cases} == {"pass"}
    assert error is not None
    assert error.what == "The adapter of http did not stop as it should."
    assert error.why == "It ended the process with exit code 7."
    assert error.after_cases
    opening = RunLine.opening("http", planned=len(cases))
    summary = Summary.of([opening, *cases, replace(opening, error=error)])
    assert summary.exit_code() is ExitCode.SUITE_FAILED


def test_every_verdict_of_an_adapter_that_crashes_in_every_call_is_honest(run: Run) -> None:
    cases, error = run("def call(self, **more): os._exit(3)", "/site_id/")
    assert {each.verdict for each in cases} == {"fail"}
    assert {each.cause for each in cases} == {"A call ends the process with exit code 3"}
    assert sum(each.restarts for each in cases) == len(cases) - 1
    assert error is None
