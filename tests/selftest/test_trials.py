"""A trial finds a judge that is blind, vague or too strict, and an expectation that cannot fail."""

from __future__ import annotations

from msgspec.structs import replace
import pytest

from conform.cases import Case
from conform.cases.expectations import Ends, Expectation, Exposes, Raises, Requests
from conform.cases.model import CallStep
from conform.cases.replies import Script
from conform.core.identity import Source
from conform.core.observations import Exchange, Observation, Request, Response
from conform.core.protocol import Raised, Returned
from conform.core.values import Integer, String
from conform.selftest import trials
from conform.selftest.reference import Recorded
from conform.selftest.trials import Trial
from conform.verdicts import Errored, Fail, Pass, Verdict, judge


def recorded(seen: Observation, *expect: Expectation) -> Recorded:
    case = Case(
        id="session.create/fields/site_id/made-up",
        suite="fields",
        title="made up",
        level="documented",
        source=Source(kind="page", reference="made up"),
        since="0.1.0",
        server=Script(),
        steps=(CallStep(operation="session.create"),),
        expect=expect,
    )
    return Recorded(case=case, seen=seen, verdict=judge(case, seen))


def returned(name: str, value: Integer | String) -> Observation:
    request = Request(method="POST", target="/api/rest/v1/sessions", headers=())
    outcome = Returned(value=String(text=""), attributes={name: value})
    exchange = Exchange(request=request, response=Response(status=201))
    return Observation(steps=(outcome,), exchanges=(exchange,))


PASSED = recorded(
    returned("site_id", Integer(text="9007199254740993")),
    Requests(count=1),
    Exposes(attribute="site_id", value=Integer(text="9007199254740993")),
)
VAGUE = Fail(blame="sdk", reason="Something is wrong.", expected="", seen="", differs="")


def problems(of: Recorded) -> list[str]:
    return [trial.wrong for trial in trials.trials(of) if trial.wrong]


def by_name(of: Recorded) -> dict[str, Trial]:
    return {trial.mutation.name: trial for trial in trials.trials(of)}


def test_a_mutation_is_noticed_by_the_right_expectation_and_named() -> None:
    assert PASSED.passed
    assert problems(PASSED) == []
    made = by_name(PASSED)
    assert made["rounded"].words == "became 9007199254740992"
    assert made["rounded"].noticing == 1
    assert made["request-repeated"].noticing == 0
    assert isinstance(made["rounded"].verdict, Fail)
    assert made["delay"].words is None
    assert made["delay"].verdict == Pass()


def test_an_adapter_that_crashes_after_its_last_response_must_be_an_error() -> None:
    crashed = by_name(PASSED)["adapter-lost"]
    assert isinstance(crashed.verdict, Errored)
    assert crashed.words is not None
    assert "After its last response, the adapter ended the process" in crashed.words


@pytest.mark.parametrize(
    ("verdict", "problem"),
    [
        (Pass(), "the case must fail, but its verdict is Pass()"),
        (VAGUE, "does not contain 'became 9007199254740992'"),
        (VAGUE, "delay: the case must pass, but its verdict is Fail("),
    ],
    ids=["blind", "vague", "too strict"],
)
def test_a_judge_that_is_wrong_is_found(
    monkeypatch: pytest.MonkeyPatch, verdict: Verdict, problem: str
) -> None:
    monkeypatch.setattr(trials, "judge", lambda _case, _seen: verdict)
    assert any(problem in each for each in problems(PASSED))


def test_an_expectation_that_no_mutation_makes_fail_is_found() -> None:
    loose = recorded(PASSED.seen, *PASSED.case.expect, Ends(within=1e9))
    assert loose.passed
    assert any("delay: the case must fail" in each for each in problems(loose))


def test_an_error_may_lose_what_no_expectation_is_about() -> None:
    error = Raised(error="sdk.Error", message="no", http_status=404, api_type="not-found")
    seen = Observation(steps=(error,), error_families=("sdk.Error",))
    made = by_name(recorded(seen, Raises(http_status=404)))
    assert made["other-status"].words
    assert made["other-type"].words is None
    assert made["untyped"].words == "raised KeyError, which is not an error of the SDK's own"


def test_a_case_that_is_not_documented_may_lack_support() -> None:
    convention = replace(PASSED, case=replace(PASSED.case, level="convention"))
    assert problems(convention) == []
    assert not isinstance(by_name(convention)["unsupported"].verdict, Fail)
    assert isinstance(by_name(PASSED)["unsupported"].verdict, Fail)
