"""The proof of the suite as it is: every case can fail, and every mutant is killed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Set as AbstractSet
from typing import get_args

import pytest

from conform.cases import Documentation, Planned, plan
from conform.cases.expectations import Expectation
from conform.core.errors import UsageError
from conform.schemas.catalog import Catalog
from conform.selftest import Proof, prove
from conform.selftest.mutants import mutants
from conform.selftest.trials import MUTATIONS


def every_case() -> tuple[Planned, ...]:
    """Every case of every variant."""
    catalog = Catalog.load()
    return plan(catalog, Documentation.of_every_variant(catalog))


def test_the_whole_proof_is_complete() -> None:
    # One test, because the proof takes long, and each worker of pytest would make its own.
    proof = prove()
    assert list(proof.problems) == []
    assert proof.complete
    assert proof.reference_passes
    assert proved_cases(proof) == {each.id for each in every_case()}
    assert deciding_expectations(proof) == set(get_args(Expectation))
    assert mutations_that_no_case_notices(proof) == []


def proved_cases(proof: Proof) -> AbstractSet[str]:
    return {each.recorded.case.id for each in proof.proved}


def deciding_expectations(proof: Proof) -> AbstractSet[type[Expectation]]:
    """The kinds of expectations that decide the verdict on some case."""
    deciding = {
        type(expected)
        for each in proof.proved
        for place, expected in enumerate(each.recorded.case.expect)
        if place not in each.blind
    }
    return deciding | {type(expected) for case, _ in proof.broken for expected in case.expect}


def mutations_that_no_case_notices(proof: Proof) -> list[str]:
    return [each.mutation.name for each in proof.tallies if not sum(each.noticed.values())]


def test_mutations_have_unique_names_and_describe_themselves() -> None:
    assert not [n for n, times in Counter(each.name for each in MUTATIONS).items() if times > 1]
    assert all(each.does.endswith(".") for each in MUTATIONS)


def test_every_mutant_has_its_own_defect_and_both_kinds_of_cases() -> None:
    listed = mutants()
    assert len(listed) >= 50
    assert len({each.name for each in listed}) == len(listed)
    for mutant in listed:
        assert mutant.does.startswith(("It ", "Its ", "All its "))
        assert mutant.fails
        assert mutant.passes
        assert not set(mutant.fails) & set(mutant.passes)
        assert all(len(words) > 5 for words in mutant.fails.values())


def test_mutants_fail_cases_of_every_suite() -> None:
    failing = {case.split("/")[1] for each in mutants() for case in each.fails}
    assert failing == {each.suite for each in every_case()}


def test_a_pattern_that_no_name_contains_is_refused() -> None:
    with pytest.raises(UsageError, match="No case and no mutant has 'no such thing'"):
        prove("no such thing")
