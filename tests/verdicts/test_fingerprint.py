"""The fingerprint of a failure is made from facts, so it is the same in every run."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
import pytest

from conform.cases.expectations import (
    Conforms,
    Ends,
    Expectation,
    Exposes,
    Guards,
    Hides,
    Lacks,
    Raises,
    Returns,
    Sound,
)
from conform.cases.model import CallStep, Case
from conform.cases.replies import Script
from conform.core.identity import CaseId, Source
from conform.core.observations import (
    Crashed,
    Exchange,
    Hung,
    Observation,
    Request,
    Response,
    StepOutcome,
)
from conform.core.protocol import Raised, Returned
from conform.core.values import ABSENT, NULL, Integer, Other, String, Value
from conform.verdicts import Fail, judge

CASE = "session.create/fields/site_id/int64-max"
SEVEN = Exposes(attribute="site_id", value=Integer(text="7"))
FAILURE = Fail(
    blame="sdk",
    reason="site_id was changed: 7 became 8.",
    expected="site_id = 7",
    seen="site_id = 8",
    differs="changed",
    expectation="exposes",
    members=SEVEN.members,
)


def failure(expectation: Expectation, seen: Observation) -> Fail:
    case = Case(
        id=CASE,
        suite="fields",
        title="",
        level="documented",
        source=Source(kind="page", reference="x"),
        since="0.1.0",
        server=Script(),
        steps=(CallStep(operation="session.create"),),
        expect=(expectation,),
    )
    failed = judge(case, seen)
    assert isinstance(failed, Fail)
    return failed


def fingerprint(expectation: Expectation, outcome: StepOutcome, **seen: Any) -> str:
    sent = Request(method="POST", target="/sessions", headers=())
    seen.setdefault("exchanges", (Exchange(request=sent, response=Response(status=201)),))
    observation = Observation(steps=(outcome,), error_families=("sdk.Error",), **seen)
    return failure(expectation, observation).fingerprint(CASE)


def returned(name: str, value: Value) -> Returned:
    return Returned(value=NULL, attributes={name: value})


def raised(message: str, error: str = "KeyError") -> Raised:
    return Raised(error=error, message=message)


@given(st.text(), st.text(), st.text())
def test_no_wording_changes_it(reason: str, expected: str, seen: str) -> None:
    reworded = replace(FAILURE, reason=reason, expected=expected, seen=seen, blame="page")
    assert reworded.fingerprint(CASE) == FAILURE.fingerprint(CASE)


@given(st.text(), st.text(), st.dictionaries(st.text(), st.integers()))
def test_it_has_12_hexadecimal_digits(
    differs: str, expectation: str, members: dict[str, int]
) -> None:
    made = replace(FAILURE, differs=differs, expectation=expectation, members=members)
    assert len(made.fingerprint(CASE)) == 12
    assert int(made.fingerprint(CASE), 16) >= 0


@pytest.mark.parametrize(
    ("expectation", "one", "other"),
    [
        (Returns(), raised("no answer from 127.0.0.1:43211"), raised("no answer from [::1]:50001")),
        (Returns(), raised("<Session at 0x7f3a01>"), raised("<Session at 0x55b2>")),
        (Returns(), raised("after 2001 ms, at 03:04:05"), raised("after 2013 ms, at 13:14:15")),
        (Returns(), raised("cannot open /tmp/a1/x"), raised("cannot open /tmp/zz9/x")),
        (
            Returns(),
            Crashed(exit_code=139, last_words="Thread 4711 died"),
            Crashed(exit_code=139, last_words="Thread 4712 died"),
        ),
        (Returns(), Hung(seconds=15.0), Hung(seconds=15.25)),
        (
            SEVEN,
            returned("site_id", Other(native="Session", text="Session@1b2c3d4")),
            returned("site_id", Other(native="Session", text="Session@9f8e7d6")),
        ),
        (
            Lacks(attribute="site_id"),
            returned("site_id", String(text="Session@1b2c3d4")),
            returned("site_id", String(text="Session@9f8e7d6")),
        ),
        (
            Raises(message="Refused."),
            raised("at 127.0.0.1:43211", "sdk.Error"),
            raised("at 127.0.0.1:50001", "sdk.Error"),
        ),
    ],
)
def test_times_ports_and_addresses_in_an_observation_do_not_change_it(
    expectation: Expectation, one: StepOutcome, other: StepOutcome
) -> None:
    assert fingerprint(expectation, one) == fingerprint(expectation, other)


def test_the_duration_does_not_change_it() -> None:
    within = Ends(within=2)
    outcome = Returned(value=NULL)
    slow, slower = (fingerprint(within, outcome, seconds=each) for each in (2.5, 8.0))
    assert slow == slower


def test_a_sent_value_changes_it_by_its_kind() -> None:
    guards = Guards(parameter="otp", tolerated=(ABSENT,), place="body", path="/sessions")

    def sent(body: bytes) -> str:
        request = Request(method="POST", target="/sessions", headers=(), body=body)
        exchange = Exchange(request=request, response=Response(status=201))
        return fingerprint(guards, Returned(value=NULL), exchanges=(exchange,))

    assert sent(b'{"otp": "<object at 0x7f3a01>"}') == sent(b'{"otp": "<object at 0x55b2>"}')
    assert sent(b'{"otp": "null"}') != sent(b'{"otp": false}')


def test_sentences_in_an_expectation_do_not_change_it() -> None:
    sample = failure(Sound(problem="it cannot be parsed: no brace"), Observation())
    reworded = failure(Sound(problem="its syntax is wrong"), Observation())
    assert sample.fingerprint(CASE) == reworded.fingerprint(CASE)

    def leaked(of: str) -> str:
        hides = Hides(secret="vroom/4f1c", of=of, places=("output",))
        return fingerprint(hides, Returned(value=NULL), output="vroom/4f1c")

    assert leaked("the password") == leaked("the secret word")

    def undocumented(description: str) -> str:
        schema = {"properties": {"otp": {"description": description}}}
        conforms = Conforms(method="POST", path="/sessions", request=schema)
        return fingerprint(conforms, Returned(value=NULL), exchanges=())

    assert undocumented("A code.") == undocumented("The code of the user.")


@pytest.mark.parametrize(
    "other",
    [
        replace(FAILURE, members={**SEVEN.members, "attribute": "id"}),
        replace(FAILURE, members={**SEVEN.members, "value": {"kind": "integer", "text": "8"}}),
        replace(FAILURE, members={**SEVEN.members, "step": 0}),
        replace(FAILURE, differs="absent"),
        replace(FAILURE, differs="turned into a string"),
        replace(FAILURE, expectation="lacks"),
    ],
)
def test_another_fact_changes_it(other: Fail) -> None:
    assert other.fingerprint(CASE) != FAILURE.fingerprint(CASE)


def test_another_case_changes_it() -> None:
    other: CaseId = "session.create/fields/site_id/int64-min"
    assert FAILURE.fingerprint(other) != FAILURE.fingerprint(CASE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            (SEVEN, returned("site_id", Integer(text="8"))),
            (SEVEN, returned("site_id", String(text="7"))),
        ),
        ((SEVEN, returned("site_id", Integer(text="8"))), (SEVEN, Returned(value=NULL))),
        (
            (SEVEN, Returned(value=NULL)),
            (Exposes(attribute="id", value=Integer(text="7")), Returned(value=NULL)),
        ),
        ((Returns(), raised("no")), (Returns(), raised("no", "IndexError"))),
        ((Returns(), Crashed(exit_code=1)), (Returns(), Crashed(exit_code=139))),
        (
            (Raises(http_status=401), Raised(error="sdk.Error", http_status=400)),
            (Raises(http_status=401), Raised(error="sdk.Error", http_status=500)),
        ),
    ],
)
def test_another_kind_of_failure_in_an_observation_changes_it(
    one: tuple[Expectation, StepOutcome], other: tuple[Expectation, StepOutcome]
) -> None:
    assert fingerprint(*one) != fingerprint(*other)
