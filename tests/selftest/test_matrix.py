"""What the proof says of a judge, a case or a sibling that is not as it must be."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace
import pytest

from conform.cases.expectations import Ends, Expectation, Exposes, Raises, Requests
from conform.cases.model import Case
from conform.core.errors import SuiteError
from conform.core.observations import Exchange, Observation, Request, Response
from conform.core.protocol import Raised, Returned
from conform.core.values import Integer, String
from conform.engine.preparation import PreparedTarget, prepare
from conform.schemas.catalog import Catalog
from conform.selftest import mutants as family
from conform.selftest import samples, trials
from conform.selftest.reference import REFERENCE_CLIENT, Recorded
from conform.selftest.trials import Trial, trials
from conform.verdicts import Fail, Pass, Verdict, judge

FIELD = "session.create/fields/site_id/int64-beyond-double"


def recorded(seen: Observation, *expect: Expectation) -> Recorded:
    case = Case(
        id="session.create/fields/site_id/made-up",
        suite="fields",
        title="made up",
        level="documented",
        source={"kind": "page", "reference": "made up"},  # type: ignore[arg-type]
        since="0.1.0",
        server={},  # type: ignore[arg-type]
        steps=(),
        expect=expect,
    )
    case = replace(case, steps=tuple([None] * len(seen.steps)))  # type: ignore[arg-type]
    return Recorded(case=case, seen=seen, verdict=judge(case, seen))


def returned(name: str, value: Integer | String) -> Observation:
    request = Request(method="POST", target="/api/rest/v1/sessions", headers=())
    outcome = Returned(value=String(text=""), attributes={name: value})
    exchange = Exchange(request=request, response=Response(status=201))
    return Observation(steps=(outcome,), exchanges=(exchange,))


KEPT = recorded(
    returned("site_id", Integer(text="9007199254740993")),
    Requests(count=1),
    Exposes(attribute="site_id", value=Integer(text="9007199254740993")),
)


def wrong(of: Recorded) -> list[str]:
    return [trial.wrong for trial in trials(of) if trial.wrong]


def by_name(of: Recorded) -> dict[str, Trial]:
    return {trial.deviation.name: trial for trial in trials(of)}


def test_what_is_changed_is_noticed_and_named() -> None:
    assert KEPT.passed
    assert wrong(KEPT) == []
    made = by_name(KEPT)
    assert made["rounded"].says == "became 9007199254740992"
    assert made["rounded"].noticed == 1
    assert made["request-repeated"].noticed == 0
    assert isinstance(made["rounded"].verdict, Fail)
    assert made["delay"].says is None
    assert made["delay"].verdict == Pass()


@pytest.mark.parametrize(
    ("judged", "problem"),
    [
        (Pass(), "it should have failed, and came to Pass()"),
        (
            Fail(blame="sdk", reason="Something is wrong.", expected="", seen=""),
            "does not name 'became 9007199254740992'",
        ),
        (
            Fail(blame="sdk", reason="Something is wrong.", expected="", seen=""),
            "it does not concern the case, and yet",
        ),
    ],
)
def test_a_judge_that_is_blind_vague_or_eager_is_found_out(
    monkeypatch: pytest.MonkeyPatch, judged: Verdict, problem: str
) -> None:
    monkeypatch.setattr(trials, "judge", lambda _case, _seen: judged)
    assert any(problem in each for each in wrong(KEPT))


def test_an_expectation_that_nothing_can_break_is_found_out() -> None:
    loose = recorded(KEPT.seen, *KEPT.case.expect, Ends(within=1e9))
    assert loose.passed
    assert any("delay: it should have failed" in each for each in wrong(loose))


def test_an_error_that_need_not_carry_a_thing_may_lose_it() -> None:
    error = Raised(error="sdk.Error", message="no", http_status=404, api_type="not-found")
    seen = Observation(steps=(error,), error_families=("sdk.Error",))
    made = by_name(recorded(seen, Raises(http_status=404)))
    assert made["other-status"].says
    assert made["other-type"].says is None
    assert made["untyped"].says == "KeyError is no error of the SDK's own"


# ── siblings ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def stand() -> Iterator[tuple[PreparedTarget, Catalog, dict[str, Case]]]:
    catalog = Catalog.load()
    with prepare(REFERENCE_CLIENT, catalog) as control:
        planned = control.pages.plan(catalog, control.subject)
        yield control, catalog, {each.id: each for each in planned if isinstance(each, Case)}


ROUNDED = next(each for each in family.mutants() if each.name == "values/rounded")


def held(
    sibling: family.Mutant, stand: tuple[PreparedTarget, Catalog, dict[str, Case]]
) -> family.MutantResult:
    return family.run_mutant(sibling, *stand)


def test_a_sibling_is_caught_for_its_reason(
    stand: tuple[PreparedTarget, Catalog, dict[str, Case]],
) -> None:
    assert held(ROUNDED, stand).caught


@pytest.mark.parametrize(
    ("fails", "passes", "problem"),
    [
        ({FIELD: "became 7"}, (), "does not name 'became 7'"),
        ({}, (FIELD,), "It had to stay green, and came to Fail"),
        ({"session.create/fields/site_id/int64-one": "x"}, (), "It had to fail, and came to Pass"),
        ({"session.create/fields/none/at-all": "x"}, (), "There is no case"),
    ],
)
def test_a_sibling_that_is_not_caught_says_why(
    stand: tuple[PreparedTarget, Catalog, dict[str, Case]],
    fails: dict[str, str],
    passes: tuple[str, ...],
    problem: str,
) -> None:
    (said,) = held(replace(ROUNDED, fails=fails, passes=passes), stand).wrong
    assert problem in said


def test_a_sibling_that_cannot_be_started_is_not_caught(
    stand: tuple[PreparedTarget, Catalog, dict[str, Case]],
) -> None:
    nobody = replace(ROUNDED, name="values/nobody")
    found = held(nobody, stand)
    assert not found.caught
    assert "KeyError: 'values/nobody'" in found.wrong[0]


def test_siblings_that_cannot_be_listed_are_a_fault_of_the_suite(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(family, "_control", lambda: "nowhere")
    with pytest.raises(SuiteError, match="cannot be listed") as refused:
        family.mutants()
    assert "No module named 'client'" in refused.value.why


# ── printed samples ──────────────────────────────────────────────────────────────────────────────


def test_every_documented_sample_is_broken_in_each_way(
    stand: tuple[PreparedTarget, Catalog, dict[str, Case]],
) -> None:
    control, catalog, cases = stand
    found = list(samples.broken(control.pages.held, catalog))
    assert not [wrong for _, wrong in found if wrong]
    sampled = {name for name in cases if "/samples/arguments-" in name}
    assert len(found) == 2 * len(sampled)
