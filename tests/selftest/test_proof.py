"""The proof of the suite as it is: every case can fail, and every mutant is killed."""

from __future__ import annotations

from collections import Counter
import json
import re
import subprocess
import sys
from typing import get_args

import pytest

from conform.cases import Documentation, Planned, plan
from conform.cases.expectations import Expectation
from conform.core.errors import UsageError
from conform.engine import isolation
from conform.schemas.catalog import Catalog
from conform.selftest import prove
from conform.selftest.mutants import mutants
from conform.selftest.proof import Share
from conform.selftest.serialisers import SERIALISERS
from conform.selftest.trials import MUTATIONS

pytestmark = pytest.mark.once

PROOF = """
import json
from conform.selftest import prove

proof = prove()
deciding = {
    type(expected).__name__
    for each in proof.proved
    for place, expected in enumerate(each.recorded.case.expect)
    if place not in each.blind
}
deciding |= {type(expected).__name__ for case, _ in proof.broken for expected in case.expect}
print(json.dumps({
    "problems": list(proof.problems),
    "complete": proof.complete,
    "cases": sorted(
        {each.recorded.case.id for each in proof.proved} | {case.id for case, _ in proof.broken}
    ),
    "deciding": sorted(deciding),
    "never noticed": [t.mutation.name for t in proof.tallies if not sum(t.noticed.values())],
}))
"""


def every_case() -> tuple[Planned, ...]:
    """Every case of every variant."""
    catalog = Catalog.load()
    return plan(catalog, Documentation.of_every_variant(catalog))


@pytest.mark.skipif(bool(isolation.problem()), reason=isolation.problem() or "isolated")
def test_the_whole_proof_is_complete() -> None:
    # Some cases can be proved only where every contact of the adapter is seen.
    command = isolation.command([sys.executable, "-c", PROOF])
    ran = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout.splitlines()[-1]) == {
        "problems": [],
        "complete": True,
        "cases": sorted({each.id for each in every_case()}),
        "deciding": sorted(each.__name__ for each in get_args(Expectation)),
        "never noticed": [],
    }


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


def test_a_search_that_misses_a_spelling_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    case = "user.find/security/logs-debug/session-id-success"
    assert prove(case, with_mutants=False).spellings == Share(len(SERIALISERS), len(SERIALISERS))
    monkeypatch.setattr("conform.core.secrets.pattern", lambda value: re.compile(re.escape(value)))
    proof = prove(case, with_mutants=False)
    assert proof.spelled["unchanged"]
    assert not proof.spelled["Base64"]
    assert not proof.complete
    assert any("(Base64): the case must fail" in each for each in proof.problems)
