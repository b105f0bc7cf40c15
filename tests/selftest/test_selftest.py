"""The proof of the suite as it is: everything can fail, and everything is caught."""

from __future__ import annotations

from collections import Counter
from typing import get_args

import pytest

from conform.cases.expectations import Expectation
from conform.cases.model import Planned
from conform.cases.plan import every_variant, plan
from conform.core.errors import UsageError
from conform.schemas.catalog import Catalog
from conform.selftest import proof
from conform.selftest.mutants import mutants
from conform.selftest.proof import Proof
from conform.selftest.trials import MUTATIONS


def every() -> tuple[Planned, ...]:
    """Every case there is, whoever it applies to."""
    catalog = Catalog.load()
    return plan(catalog, every_variant(catalog), held_to="any page")


def test_the_proof_is_complete(report: Proof) -> None:
    assert list(report.problems) == []
    assert report.complete
    assert report.is_clean


def test_every_case_there_is_takes_part(report: Proof) -> None:
    assert {each.recorded.case.id for each in report.proved} == {each.id for each in every()}


def test_every_kind_of_expectation_decides_some_case(report: Proof) -> None:
    deciding = {
        type(expected)
        for each in report.proved
        for place, expected in enumerate(each.recorded.case.expect)
        if place not in each.blind
    }
    broken = {type(expected) for case, _ in report.broken for expected in case.expect}
    assert deciding | broken == set(get_args(Expectation))


def test_every_deviation_is_noticed_somewhere(report: Proof) -> None:
    unnoticed = [row.deviation.name for row in report.rows if not sum(row.noticed.values())]
    assert unnoticed == []


def test_deviations_are_named_once_and_say_what_they_do() -> None:
    assert not [n for n, times in Counter(each.name for each in MUTATIONS).items() if times > 1]
    assert all(each.does.endswith(".") for each in MUTATIONS)


def test_every_sibling_is_wrong_in_a_way_of_its_own() -> None:
    family = siblings()
    assert len(family) >= 50
    assert len({each.name for each in family}) == len(family)
    for sibling in family:
        assert sibling.does.startswith(("It ", "Its ", "All its "))
        assert sibling.fails
        assert sibling.passes
        assert not set(sibling.fails) & set(sibling.passes)
        assert all(len(says) > 5 for says in sibling.fails.values())


def test_siblings_break_cases_of_every_suite() -> None:
    broken = {case.split("/")[1] for each in mutants() for case in each.fails}
    assert broken == {each.suite for each in every()}


def test_a_pattern_that_nothing_holds_is_refused() -> None:
    with pytest.raises(UsageError, match="Nothing holds 'no such thing'"):
        proof.run("no such thing")
