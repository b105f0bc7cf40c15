"""Where parameters are sent and which calls are refused, judged on given observations."""

from __future__ import annotations

import json
from typing import Any

from msgspec.structs import replace
import pytest

from conform.cases.expectations import Carries, Conforms, Expectation, Guards, Refuses, Sound
from conform.cases.model import CallStep, Case
from conform.cases.replies import Script
from conform.core.identity import Source
from conform.core.observations import Exchange, Header, Observation, Request, Response, StepOutcome
from conform.core.protocol import Raised, Returned, Unsupported
from conform.core.values import ABSENT, NULL, Integer, String, from_json
from conform.verdicts import Fail, NotApplicable, Pass, Verdict, judge

SESSIONS = "/api/rest/v1/sessions"
PAIRING = "/api/rest/v1/sessions/pairing_key/{key}"
SCHEMA = {
    "type": "object",
    "properties": {
        "username": {"type": "string", "x-type": "string"},
        "no_cookie": {"type": "boolean", "x-type": "boolean"},
    },
    "additionalProperties": False,
}
RETURNED = Returned(value=NULL)
OWN = Raised(error="sdk.InvalidParameterError", ancestors=("sdk.Error", "Exception"))
RAW = Raised(error="KeyError", ancestors=("LookupError", "Exception"))


def request(target: str = SESSIONS, body: bytes = b"", **headers: str) -> Request:
    fields = tuple(Header(name.replace("_", "-"), value) for name, value in headers.items())
    return Request(method="POST", target=target, headers=fields, body=body)


def posted(**members: Any) -> Request:
    return request(body=json.dumps(members).encode())


def verdict(
    expectation: Expectation,
    *requests: Request,
    outcome: StepOutcome = RETURNED,
    level: str = "documented",
) -> Verdict:
    case = Case(
        id="session.create/parameters/it",
        suite="parameters",
        title="a case",
        level=level,  # type: ignore[arg-type]
        source=Source(kind="page", reference="a page"),
        since="0.1.0",
        server=Script(),
        steps=(CallStep(operation="session.create"),),
        expect=(expectation,),
    )
    seen = Observation(
        steps=(outcome,),
        exchanges=tuple(Exchange(request=each, response=Response(status=201)) for each in requests),
        error_families=("sdk.Error",),
    )
    return judge(case, seen)


def refused(expectation: Expectation, *requests: Request, outcome: StepOutcome) -> Verdict:
    """The verdict on a call that must be refused, after the same call with nothing wrong."""
    call = CallStep(operation="session.create")
    case = Case(
        id="session.create/parameters/it",
        suite="parameters",
        title="a case",
        level="convention",
        source=Source(kind="page", reference="a page"),
        since="0.1.0",
        server=Script(),
        steps=(call, call),
        expect=(expectation,),
    )
    sent = (posted(), *(replace(each, step=1) for each in requests))
    seen = Observation(
        steps=(RETURNED, outcome),
        exchanges=tuple(Exchange(request=each, response=Response(status=201)) for each in sent),
        error_families=("sdk.Error",),
    )
    return judge(case, seen)


def reason(judged: Verdict) -> str:
    assert isinstance(judged, Fail)
    return judged.reason


def carries(value: object, place: str = "body", path: str = SESSIONS, **more: Any) -> Carries:
    return Carries(
        parameter=more.pop("parameter", "username"),
        value=from_json(value),
        place=place,  # type: ignore[arg-type]
        path=path,
        **more,
    )


@pytest.mark.parametrize(
    "value", ["motor", "", "漢字 \u0000\u001f", True, 7, 2**63 - 1, {"a": "b"}]
)
def test_a_member_of_the_body_is_sent_unchanged(value: object) -> None:
    assert verdict(carries(value), posted(username=value, password="vroom")) == Pass()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (posted(username="motor "), 'username was changed: "motor" became "motor ".'),
        (posted(username=7), 'username was turned into an integer: "motor" became 7.'),
        (posted(user_name="motor"), "username was not sent."),
        (request(f"{SESSIONS}?username=motor"), "username was sent in the query."),
        (request(body=b"username=motor"), "The body is not JSON at character 0."),
        (request(body=b'["motor"]'), "The body is an array, not an object."),
        (
            request(body=b'{"username": "motor", "username": "motor"}'),
            "The body repeats a member: username.",
        ),
        (request("/sessions"), f"The path was /sessions, which is not {SESSIONS}."),
    ],
)
def test_a_parameter_that_is_not_sent_as_documented_is_named(sent: Request, said: str) -> None:
    assert reason(verdict(carries("motor"), sent)) == said


def test_a_parameter_without_a_request_fails() -> None:
    assert reason(verdict(carries("motor"))) == "No request with username arrived."


@pytest.mark.parametrize(
    ("value", "query"),
    [
        ("a&b=c d+é", "username=a%26b%3Dc+d%2B%C3%A9"),
        ("", "username="),
        ('{"a":1}', "username=%7B%22a%22%3A1%7D"),
        (True, "username=true"),
        (7, "username=7"),
        (None, "username="),
        ({"language": "en"}, "username%5Blanguage%5D=en"),
        ({"language": "en"}, "username.language=en"),
        ({"language": "en"}, "username=%7B%22language%22%3A%22en%22%7D"),
    ],
)
def test_a_query_and_a_form_contain_text(value: object, query: str) -> None:
    assert verdict(carries(value, "query"), request(f"{SESSIONS}?x=1&{query}")) == Pass()
    form = request(body=query.encode(), Content_Type="application/x-www-form-urlencoded; charset=x")
    assert verdict(carries(value), form) == Pass()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("username=a", 'username was changed: {"a": "b"} became "a".'),
        ("username[a]=c", 'username was changed: {"a": "b"} became {"a": "c"}.'),
        ("username.a=b&username=x", "username was sent 2 times."),
    ],
)
def test_an_object_that_lost_its_members_in_the_query_is_changed(query: str, said: str) -> None:
    judged = verdict(carries({"a": "b"}, "query"), request(f"{SESSIONS}?{query}"))
    assert reason(judged) == said


@pytest.mark.parametrize(
    ("segment", "said"),
    [
        ("a%2Fb%3F%20%C3%A9", None),
        ("a/b", f"The path was {PAIRING.format(key='a/b')}, which is not {PAIRING}."),
        ("a%252Fb%3F%20%C3%A9", 'key was changed: "a/b? é" became "a%2Fb? é".'),
    ],
)
def test_a_segment_of_the_path_is_escaped_once(segment: str, said: str | None) -> None:
    sent = request(PAIRING.format(key=segment))
    judged = verdict(carries("a/b? é", "path", PAIRING, parameter="key"), sent)
    assert judged == Pass() if said is None else reason(judged) == said


def test_a_parameter_may_be_in_two_places_unless_it_must_be_alone() -> None:
    sent = request(PAIRING.format(key="k"), b'{"key": "k"}')
    assert verdict(carries("k", "path", PAIRING, parameter="key"), sent) == Pass()
    judged = verdict(carries("k", "path", PAIRING, parameter="key", alone=True), sent)
    assert reason(judged) == "key was sent in the body too."


CONFORMS = Conforms(method="POST", path=SESSIONS, request=SCHEMA)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (posted(username="motor", no_cookie=True), None),
        (request(f"{SESSIONS}?no_cookie=true", b'{"username": "motor"}'), None),
        (posted(), None),
        (posted(no_cookie="true"), "no_cookie is a string where boolean is documented."),
        (posted(user="motor"), "user is not documented."),
        (request(f"{SESSIONS}?user=motor"), "user is not documented."),
        (Request(method="PUT", target=SESSIONS, headers=()), "The method was PUT."),
        (request(body=b"{"), "The body is not JSON at character 1."),
    ],
)
def test_a_request_is_checked_against_its_schema(sent: Request, said: str | None) -> None:
    judged = verdict(CONFORMS, sent)
    assert judged == Pass() if said is None else reason(judged) == said


def test_a_required_parameter_that_is_missing_is_named() -> None:
    needed = Conforms(method="POST", path=SESSIONS, request={**SCHEMA, "required": ["username"]})
    assert reason(verdict(needed, posted())) == "username is missing."


@pytest.mark.parametrize(
    ("own", "outcome", "sent", "said"),
    [
        (True, OWN, (), None),
        (False, RAW, (), None),
        (True, RAW, (), "session.create raised KeyError, which is not an error of the SDK's own."),
        (False, RETURNED, (), "session.create returned null instead of raising."),
        (False, OWN, (posted(),), "session.create was not refused: it sent one request."),
    ],
)
def test_a_refusal_comes_before_any_request(
    own: object, outcome: StepOutcome, sent: tuple[Request, ...], said: str | None
) -> None:
    judged = refused(Refuses(own=bool(own)), *sent, outcome=outcome)
    assert judged == Pass() if said is None else reason(judged) == said


GUARDS = Guards(parameter="username", tolerated=(NULL, ABSENT), place="body", path=SESSIONS)


@pytest.mark.parametrize(
    ("outcome", "sent", "said"),
    [
        (OWN, (), None),
        (RETURNED, (posted(),), None),
        (RETURNED, (posted(username=None),), None),
        (RETURNED, (posted(username="null"),), 'The SDK sent username = "null".'),
        (RETURNED, (posted(username=False),), "The SDK sent username = false."),
        (RAW, (), "session.create raised KeyError, which is not an error of the SDK's own."),
        (RETURNED, (), "session.create returned null instead of raising."),
        (
            OWN,
            (posted(),),
            "session.create raised sdk.InvalidParameterError after it had sent a request.",
        ),
    ],
)
def test_a_value_that_does_not_fit_is_refused_or_sent_as_a_tolerated_value(
    outcome: StepOutcome, sent: tuple[Request, ...], said: str | None
) -> None:
    judged = refused(GUARDS, *sent, outcome=outcome)
    assert judged == Pass() if said is None else reason(judged) == said


def test_a_parameter_is_checked_in_every_place_where_it_was_sent() -> None:
    guards = Guards(parameter="key", tolerated=(String(text="7"),), place="path", path=PAIRING)
    assert verdict(guards, request(PAIRING.format(key="7"), b'{"key": "7"}')) == Pass()
    judged = verdict(guards, request(PAIRING.format(key="7"), b'{"key": 7}'))
    assert reason(judged) == f"The SDK sent key = {Integer(text='7')}."


def test_the_page_is_to_blame_for_a_broken_sample() -> None:
    judged = verdict(Sound(problem="it names delete and does not call it"))
    assert isinstance(judged, Fail)
    assert judged.blame == "page"
    assert "it names delete and does not call it" in judged.reason


def test_a_release_may_lack_what_no_page_promises() -> None:
    absent = Unsupported(reason="there is no session.save")
    judged = verdict(carries("motor"), outcome=absent, level="convention")
    assert isinstance(judged, NotApplicable)
    assert "there is no session.save" in judged.reason
    assert isinstance(verdict(carries("motor"), outcome=absent), Fail)
