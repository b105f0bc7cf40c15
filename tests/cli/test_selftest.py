"""``conform selftest``: what it prints, and its exit code."""

from __future__ import annotations

from collections.abc import Callable
from subprocess import CompletedProcess
from typing import TYPE_CHECKING

from click.testing import CliRunner
from msgspec.structs import replace

from conform.cli.selftest import selftest
from conform.core.errors import ExitCode
from conform.selftest import proof as proof
from conform.selftest.mutants import Mutant, MutantResult

if TYPE_CHECKING:
    import pytest

Command = Callable[..., CompletedProcess[str]]

LOST = MutantResult(
    sibling=Mutant(name="values/lost", does="It loses.", fails={}, passes=()),
    wrong=("It had to fail.",),
)


def test_the_last_line_says_what_was_proved(conform: Command) -> None:
    ran = conform("selftest", "--no-siblings", "-k", "site_id")
    assert ran.returncode == 0, ran.stderr
    last = ran.stdout.splitlines()[-1]
    assert last.startswith("cases ")
    assert last.endswith("control clean")
    assert "rounded" in ran.stdout


def test_a_sibling_can_be_run_by_its_name(conform: Command) -> None:
    ran = conform("selftest", "-k", "values/rounded")
    assert ran.returncode == 0, ran.stderr
    assert "values/rounded" in ran.stdout
    assert ran.stdout.splitlines()[-1].startswith("siblings 1/1 caught, cases 0/0 can fail")


def test_a_name_that_nothing_has_is_refused(conform: Command) -> None:
    ran = conform("selftest", "-k", "no such thing")
    assert ran.returncode == 2
    assert "Nothing holds 'no such thing'" in ran.stderr
    assert ran.stdout == ""


def test_what_is_not_proved_is_named_and_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = proof.run("site_id/int64-one", with_siblings=False)
    monkeypatch.setattr(proof, "run", lambda *_, **__: replace(whole, held=(LOST,)))
    ran = CliRunner().invoke(selftest, standalone_mode=False)
    assert ran.return_value == ExitCode.SUITE_FAILED
    assert "NOT CAUGHT" in ran.output
    assert "✗ values/lost is not caught: It had to fail." in ran.output
    assert ran.output.splitlines()[-1].startswith("siblings 0/1 caught")
