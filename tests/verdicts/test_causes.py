"""A cause is a sentence that failures with the same reason share."""

from __future__ import annotations

from msgspec.structs import replace
import pytest

from conform.cases.expectations import (
    AtMost,
    Carries,
    Contacts,
    Expectation,
    Exposes,
    Guards,
    Hides,
    Lacks,
    Omits,
    Raises,
    Refuses,
    Requests,
    Returns,
    Sent,
    Settles,
    Sound,
)
from conform.cases.model import CallStep, Case, Stage, Transport
from conform.cases.replies import Script
from conform.core.identity import Source, Suite
from conform.core.observations import (
    Contact,
    Crashed,
    Exchange,
    Header,
    Hung,
    Observation,
    Request,
    Response,
    StepOutcome,
)
from conform.core.protocol import Raised, Returned
from conform.core.values import NULL, Boolean, Integer, String, Value, from_json
from conform.verdicts import Fail, cause_of, judge

OWN = ("sdk.Error",)
KEY_ERROR = Raised(error="KeyError", message="'id'")


def returned(**attributes: Value) -> Returned:
    return Returned(value=NULL, attributes=attributes)


def request(body: bytes = b"", **headers: str) -> Request:
    fields = tuple(Header(name.replace("_", "-"), value) for name, value in headers.items())
    return Request(method="POST", target="/sessions", headers=fields, body=body)


def observed(outcome: StepOutcome, *requests: Request, **seen: object) -> Observation:
    exchanges = tuple(Exchange(request=each, response=Response(status=201)) for each in requests)
    fields: dict[str, object] = {"error_families": OWN, **seen}
    return Observation(steps=(outcome,), exchanges=exchanges, **fields)  # type: ignore[arg-type] # the tests name the fields


def cause(
    expectation: Expectation,
    seen: Observation,
    suite: Suite = "fields",
    transport: Transport = "http",
) -> str:
    case = Case(
        id="session.create/a/b",
        suite=suite,
        title="",
        level="documented",
        source=Source(kind="page", reference="x"),
        since="0.1.0",
        server=Script(),
        steps=(CallStep(operation="session.create"),),
        expect=(expectation,),
        stage=Stage(transport=transport),
    )
    if isinstance(expectation, Refuses | Guards):
        # A call that must be refused comes after the same call with nothing wrong.
        case = replace(case, steps=case.steps * 2)
        during = (replace(each, request=replace(each.request, step=1)) for each in seen.exchanges)
        twin = observed(returned(), request())
        seen = replace(
            seen,
            steps=(*twin.steps, *seen.steps),
            exchanges=(*twin.exchanges, *during),
        )
    failure = judge(case, seen)
    assert isinstance(failure, Fail)
    return cause_of(failure, suite, seen)


def exposes(value: object) -> Exposes:
    return Exposes(attribute="id", value=from_json(value))


def carries(value: object) -> Carries:
    return Carries(parameter="otp", value=from_json(value), place="body", path="/sessions")


def sent(**headers: str) -> Sent:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return Sent(method="POST", path="/sessions", headers=fields)


@pytest.mark.parametrize(
    ("expectation", "seen", "expected"),
    [
        (
            Raises(http_status=422),
            observed(Raised(error="sdk.Error"), request()),
            "An error carries no HTTP status",
        ),
        (
            Raises(http_status=422),
            observed(Raised(error="sdk.Error", http_status=200), request()),
            "An error carries another HTTP status than the response",
        ),
        (Raises(), observed(KEY_ERROR, request()), "An error is not the SDK's own: KeyError"),
        (
            Raises(),
            observed(KEY_ERROR, request(), error_families=()),
            "The SDK has no errors of its own",
        ),
        (Refuses(), observed(KEY_ERROR), "An error is not the SDK's own: KeyError"),
        (
            Returns(),
            observed(KEY_ERROR, request()),
            "A call that should return a result raises KeyError",
        ),
        (
            exposes(7),
            observed(KEY_ERROR, request()),
            "A call that should return a result raises KeyError",
        ),
        (exposes(7), observed(Hung(seconds=5)), "A call does not end in time"),
        (
            exposes(7),
            observed(Crashed(exit_code=139)),
            "A call ends the process with exit code 139",
        ),
        (exposes(7), observed(returned()), "The object lacks an attribute of the response"),
        (
            exposes(7),
            observed(returned(id=Integer(text="8"))),
            "An integer of the response is changed in the object",
        ),
        (
            exposes(7),
            observed(returned(id=String(text="7"))),
            "An integer of the response becomes a string",
        ),
        (
            Lacks(attribute="id"),
            observed(returned(id=Boolean(text="false")), request()),
            "The server sent nothing, and the SDK invents a boolean",
        ),
        (Requests(count=1), observed(returned()), "A call sends no request"),
        (sent(), observed(returned()), "A call sends no request"),
        (
            Requests(count=1),
            observed(returned(), request(), request()),
            "The SDK sends more requests than it should",
        ),
        (
            AtMost(count=1),
            observed(returned(), request(), request()),
            "The SDK sends more requests than it should",
        ),
        (
            Requests(count=3),
            observed(returned(), request(), request()),
            "The SDK sends fewer requests than it should",
        ),
        (
            Requests(count=0),
            observed(returned(), request()),
            "A call sends a request that it must not send",
        ),
        (
            sent(Accept="text/plain"),
            observed(returned(), request()),
            "A request lacks the right header Accept",
        ),
        (carries("123"), observed(returned(), request(b"{}")), "A parameter is not sent"),
        (
            carries(""),
            observed(returned(), request(b"{}")),
            "An empty, zero, false or null parameter is not sent",
        ),
        (
            carries({"a": 1}),
            observed(returned(), request(b'{"otp": {"a": 2}}')),
            "An object is changed when it is sent as a parameter",
        ),
        (
            carries("1"),
            observed(returned(), request(b'{"otp": 1}')),
            "A string is sent as an integer",
        ),
        (
            Guards(parameter="otp", place="body", path="/sessions"),
            observed(returned(), request(b'{"otp": false}')),
            "A value of a wrong type is sent: a boolean",
        ),
        (
            Hides(secret="45c48cce2e2d7fbd", of="the API key"),
            observed(returned(), output="key=45c48cce2e2d7fbd"),
            "A secret is in the output of the SDK",
        ),
        (
            Sound(problem="it cannot be parsed"),
            observed(returned()),
            "A sample on the page is broken: it cannot be parsed",
        ),
    ],
)
def test_a_failure_has_a_cause_in_words(
    expectation: Expectation, seen: Observation, expected: str
) -> None:
    assert cause(expectation, seen) == expected


@pytest.mark.parametrize("expectation", [Returns(), Contacts(), sent(), exposes(7)])
@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("files.example", "The SDK contacts another host: files.example"),
        ("127.0.0.1", "The SDK contacts another port of the base URL"),
    ],
)
def test_contact_with_another_server_is_one_cause_whatever_was_expected(
    host: str, expected: str, expectation: Expectation
) -> None:
    contact = Contact(host=host, port=443, protocol="tls")
    seen = observed(Hung(seconds=5), contacts=(contact,))

    assert cause(expectation, seen) == expected


@pytest.mark.parametrize(
    ("expectation", "seen"),
    [
        (sent(X_FilesAPI_Auth="a"), observed(returned(), request())),
        (sent(X_FilesAPI_Auth="a"), observed(returned(), request(X_FilesAPI_Auth="b"))),
        (sent(X_FilesAPI_Key="a"), observed(returned(), request())),
        (Omits(header="X-FilesAPI-Key"), observed(returned(), request(X_FilesAPI_Key="b"))),
    ],
)
def test_wrong_credentials_are_one_cause(expectation: Expectation, seen: Observation) -> None:
    assert cause(expectation, seen) == (
        "A request does not carry exactly the credentials that the caller gave"
    )


@pytest.mark.parametrize(
    ("suite", "expected"),
    [
        ("errors", "A call returns a result for an error response"),
        ("faults", "A call returns a result for a broken response"),
        ("lifecycle", "A call returns a result instead of raising an error"),
    ],
)
def test_a_result_instead_of_an_error_means_another_thing_in_another_suite(
    suite: Suite, expected: str
) -> None:
    assert cause(Raises(), observed(returned(), request()), suite) == expected


def test_a_broken_response_may_be_accepted_in_two_ways() -> None:
    settles = Settles(attribute="id", values=(Integer(text="7"),))

    seen = observed(returned(), request())
    assert cause(settles, seen, "faults") == cause(Raises(), seen, "faults")


def test_a_refused_certificate_is_told_from_a_refused_parameter() -> None:
    seen = observed(returned(), request())

    assert cause(Refuses(own=False), seen, "security", "tls-expired") == (
        "The SDK trusts a certificate that it must refuse"
    )
    for suite in ("security", "parameters"):
        assert cause(Refuses(), seen, suite) == "A call that must be refused sends a request"


def test_a_failure_without_words_is_its_own_cause() -> None:
    failure = Fail(blame="sdk", reason="It is odd.", expected="", seen="", differs="odd")

    assert cause_of(failure, "fields", Observation()) == "It is odd"


def test_a_sample_that_is_refused_is_told_from_a_call_that_raises() -> None:
    early = observed(KEY_ERROR)
    assert cause(Returns(), early) == "A call raises KeyError before it sends a request"
    refused = "The SDK refuses the arguments of a documented sample"
    assert cause(Returns(), early, "samples") == refused
