"""``conform selftest``: what it prints, and its exit code."""

from __future__ import annotations

from collections.abc import Callable
from subprocess import CompletedProcess
from typing import TYPE_CHECKING

from click.testing import CliRunner
from msgspec.structs import replace

from conform import selftest
from conform.cli.selftest import selftest as command
from conform.core.errors import ExitCode
from conform.engine import isolation
from conform.selftest.mutants import Mutant, MutantResult

if TYPE_CHECKING:
    import pytest

Command = Callable[..., CompletedProcess[str]]

SURVIVOR = MutantResult(
    mutant=Mutant(name="values/lost", does="It loses.", fails={}, passes=()),
    wrong=("It must fail.",),
)


def test_the_last_line_summarises_the_proof(conform: Command) -> None:
    ran = conform("selftest", "--no-mutants", "-k", "site_id")
    assert ran.returncode == 0, ran.stderr
    last = ran.stdout.splitlines()[-1]
    assert last.startswith("cases ")
    assert last.endswith("reference client passes")
    assert "rounded" in ran.stdout


def test_a_mutant_can_be_run_by_its_name(conform: Command) -> None:
    ran = conform("selftest", "-k", "values/rounded")
    assert ran.returncode == 0, ran.stderr
    assert "values/rounded" in ran.stdout
    assert ran.stdout.splitlines()[-1].startswith("mutants 1/1 killed, cases 0/0 can fail")


def test_a_name_that_does_not_exist_is_refused(conform: Command) -> None:
    ran = conform("selftest", "-k", "no such thing")
    assert ran.returncode == 2
    assert "No case and no mutant has 'no such thing' in its name." in ran.stderr
    assert ran.stdout == ""


def test_a_mutant_that_is_not_killed_is_named_and_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    proof = selftest.prove("site_id/int64-one", with_mutants=False)
    assert proof.complete
    monkeypatch.setattr(isolation, "problem", lambda: "The test runs in this process.")
    monkeypatch.setattr(selftest, "prove", lambda *_, **__: replace(proof, results=(SURVIVOR,)))
    ran = CliRunner().invoke(command, standalone_mode=False)
    assert ran.return_value == ExitCode.SUITE_FAILED
    assert "NOT KILLED" in ran.output
    assert "✗ values/lost is not killed: It must fail." in ran.output
    assert ran.output.splitlines()[-1].startswith("mutants 0/1 killed")
