"""The worker of a target writes its results, and what went wrong beside its cases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
import sys
import textwrap

from msgspec.structs import replace
import pytest

from conform.cases.probes import PROBES
from conform.core import manifest
from conform.core.errors import ExitCode
from conform.core.observations import Hung
from conform.core.results import CaseLine, RunError, RunLine, read
from conform.engine import execution, gateway, hangs, preparation
from conform.engine.runner import suites
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

    The cases are those with one of some words in their ids. It gives the lines of the cases, and
    the error of the run.
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
                for suite in suites()
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
    assert sum(each.restarts for each in cases) == len(PROBES) + len(cases) - 1
    assert error is None


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shortens the time that a step may take."""
    monkeypatch.setattr(execution, "STEP_SECONDS", {"quick": 2.0, "default": 2.0})


RETRIES = """
def call(self, **more):
    while True:
        outcome = super().call(**more)
        if outcome["outcome"] == "returned":
            return outcome
"""


def hung(cases: list[CaseLine]) -> list[str]:
    """The cases in which a step hung."""
    return [
        each.case
        for each in cases
        if any(isinstance(step, Hung) for step in each.observation.steps)
    ]


@pytest.mark.usefixtures("impatient")
def test_a_target_that_never_answers_a_call_is_settled_by_one_probe(run: Run) -> None:
    cases, error = run("def call(self, **more): time.sleep(600)", "")
    first, *others = (each for each in cases if each.verdict != "not-applicable")
    assert error is None
    # A case that only makes an object sends nothing, and no probe covers it.
    assert hung(cases) == [first.case, "session.create/lifecycle/new"]
    assert first.verdict == "fail"
    others = [each for each in others if each.case not in hung(cases)]
    assert len(others) > 1000
    assert {each.settled_by for each in others} == {"probe"}
    assert {(each.verdict, each.reason, each.cause) for each in others} == {
        (
            "inconclusive",
            "session.create did not end within 2 s in a probe: a login that is answered.",
            "A probe does not end in time",
        )
    }
    summary = Summary.of([RunLine.opening("http", planned=len(cases)), *cases])
    assert summary.exit_code() is ExitCode.DOES_NOT_CONFORM
    assert summary.targets[0].settled_by_probes == len(others)
    assert summary.targets[0].restarts == 2


@pytest.mark.usefixtures("impatient")
def test_a_target_that_retries_for_ever_is_settled_where_it_does(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "MOST_EXCHANGES", 50)
    faults = ("close-before-status", "refused", "retries/bounded")
    chosen = ("/errors/status/", "/site_id/int64", *(f"/faults/{each}" for each in faults))
    cases, error = run(RETRIES, *chosen)
    by_id = {each.case: each for each in cases}
    assert error is None
    assert {each.verdict for each in cases if "/fields/" in each.case} == {"pass"}
    # The first case of each situation hangs once more, and has a verdict of its own.
    assert len(hung(cases)) == 4
    for name in hung(cases):
        assert by_id[name].verdict == "fail"
        assert len(by_id[name].observation.exchanges) <= 50
    assert any(each.observation.not_kept for each in cases)
    settled = [each for each in cases if each.settled_by == "probe"]
    assert len(settled) > 10
    assert "session.create/faults/retries/bounded-reset" in {each.case for each in settled}
    assert {each.verdict for each in settled} == {"inconclusive"}


@pytest.mark.usefixtures("impatient")
def test_a_probe_without_its_settings_settles_no_case_with_the_settings_of_the_sdk(
    run: Run,
) -> None:
    answered = {"outcome": "configured", "unsupported": ["attempts"]}
    unset = f"def configure(self, **more): return {answered}"
    cases, _ = run(f"{RETRIES}\n{unset}", "reset-before-status", "bounded-reset")
    settled = {each.case: each.settled_by for each in cases}
    assert settled["session.create/faults/reset-before-status"] is None
    assert settled["session.create/faults/retries/bounded-reset"] is None


@pytest.mark.usefixtures("impatient")
def test_an_operation_that_hangs_in_cases_in_a_row_is_not_called_again(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hangs, "MOST_IN_A_ROW", 2)
    hang = """
    def call(self, resource, **more):
        if resource == "user":
            time.sleep(600)
        return super().call(resource=resource, **more)
    """
    cases, _ = run(hang, "session.create/lifecycle", "user.find/lifecycle")
    others = [each for each in cases if each.settled_by]
    assert len(hung(cases)) == 2
    assert {each.verdict for each in cases if each.case in hung(cases)} == {"fail"}
    assert {each.settled_by for each in others} == {"cases"}
    assert {(each.verdict, each.reason, each.cause) for each in others} == {
        (
            "inconclusive",
            "user.find did not end in the 2 cases before it.",
            "A call does not end in time in other cases",
        )
    }
    assert len(others) > 5
    unaffected = (each for each in cases if each not in others and each.case not in hung(cases))
    assert {each.verdict for each in unaffected} <= {"pass", "not-applicable"}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("error", ["AnswerError", ""])
def test_cases_with_a_time_limit_are_settled_only_if_a_probe_hung(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: str
) -> None:
    monkeypatch.setattr(hangs, "MOST_IN_A_ROW", 2)
    hang = f"""
    def call(self, **more):
        outcome = super().call(**more)
        if outcome["outcome"] == "raised" and {error!r} in outcome["error"]:
            time.sleep(600)
        return outcome
    """
    bodies = [f"session.create/faults/body/{each}" for each in ("array", "number", "string")]
    cases, _ = run(hang, "session.create/errors/status/400", *bodies)
    faults = [each for each in cases if each.suite == "faults"]
    assert len(faults) == 4
    if error:
        assert hung(faults) == [each.case for each in faults]
    else:
        assert [each.settled_by for each in faults] == [None, None, "cases", "cases"]


@pytest.mark.usefixtures("impatient")
def test_a_target_that_hangs_in_some_cases_keeps_every_verdict(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hangs, "MOST_IN_A_ROW", 2)
    hang = """
    def call(self, **more):
        if {"site_id", "tls_disabled"} & set(more["read"]):
            time.sleep(600)
        return super().call(**more)
    """
    names = ("language", "site_id", "timeout_at", "tls_disabled", "trusted")
    ids = [f"session.create/fields/{name}/absent" for name in names]
    cases, _ = run(hang, *ids)
    assert [each.case for each in cases] == ids
    assert [each.verdict for each in cases] == ["pass", "fail", "pass", "fail", "pass"]
    assert {each.settled_by for each in cases} == {None}
