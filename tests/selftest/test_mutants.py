"""A mutant is killed only if the right cases fail, each for its reason, and all others pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec.structs import replace
import pytest

from conform.cases import Case
from conform.core.errors import SuiteError
from conform.engine.preparation import prepare
from conform.schemas.catalog import Catalog
from conform.selftest import mutants
from conform.selftest.mutants import Mutant, MutantResult
from conform.selftest.reference import REFERENCE_CLIENT

Run = Callable[[Mutant], MutantResult]

FIELD = "session.create/fields/site_id/int64-beyond-double"
ROUNDED = next(each for each in mutants.mutants() if each.name == "values/rounded")


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Run a mutant on the cases of the reference client."""
    with prepare(REFERENCE_CLIENT, Catalog.load()) as reference:
        cases = {each.id: each for each in reference.cases if isinstance(each, Case)}
        yield lambda mutant: mutants.run_mutant(mutant, reference, cases)


def test_a_mutant_whose_cases_fail_for_the_right_reason_is_killed(run: Run) -> None:
    assert run(ROUNDED).killed


@pytest.mark.parametrize(
    ("fails", "passes", "problem"),
    [
        ({FIELD: "became 7"}, (), "does not contain 'became 7'"),
        ({}, (FIELD,), "It must pass, but its verdict is Fail"),
        (
            {"session.create/fields/site_id/int64-one": "x"},
            (),
            "It must fail, but its verdict is Pass",
        ),
        (
            {"session.create/fields/none/at-all": "x"},
            (),
            "No case session.create/fields/none/at-all applies",
        ),
    ],
)
def test_a_mutant_that_is_not_killed_gives_the_reason(
    run: Run, fails: dict[str, str], passes: tuple[str, ...], problem: str
) -> None:
    result = run(replace(ROUNDED, fails=fails, passes=passes))
    assert not result.killed
    (reason,) = result.wrong
    assert problem in reason


def test_a_mutant_that_cannot_be_started_is_not_killed(run: Run) -> None:
    result = run(replace(ROUNDED, name="values/unknown"))
    assert not result.killed
    assert "KeyError: 'values/unknown'" in result.wrong[0]


def test_mutants_that_cannot_be_listed_are_a_failure_of_the_suite(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(mutants, "_reference_client", lambda: tmp_path)
    with pytest.raises(SuiteError, match="cannot be listed") as refused:
        mutants.mutants()
    assert "No module named 'client'" in refused.value.why
