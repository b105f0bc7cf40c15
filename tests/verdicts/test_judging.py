"""What is found first decides: protocol, what was seen, steps, premises, expectations."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace
import pytest

from conform.cases.expectations import (
    AtMost,
    Carries,
    Contacts,
    Ends,
    Escapes,
    Expectation,
    Exposes,
    Exposure,
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
    Spaced,
)
from conform.cases.model import (
    CallOptions,
    CallStep,
    Case,
    ConfigureStep,
    Credentials,
    Needs,
    Stage,
    Step,
)
from conform.cases.replies import Answer, Closed, Script
from conform.core.identity import Level, Source
from conform.core.observations import (
    Contact,
    Crashed,
    Exchange,
    Header,
    NotReached,
    Observation,
    ProtocolViolation,
    Request,
    Respelled,
    Response,
    StepOutcome,
)
from conform.core.protocol import Configured, Raised, Returned, Unsupported
from conform.core.values import (
    NULL,
    Map,
    MapEntry,
    Other,
    ReadError,
    String,
    from_json,
)
from conform.verdicts import (
    Errored,
    Fail,
    Inconclusive,
    NotApplicable,
    Pass,
    Verdict,
    cause_of,
    cause_of_doubt,
    judge,
)

SECRET = "vroom/4f1c+9d"
OWN = ("sdk.Error",)
LOGIN = CallStep(operation="session.create", keep="session")
FIND = CallStep(operation="user.find")
OBJECT = Returned(value=Other(native="Session", text="a session"))
ERROR = Raised(error="sdk.NotFound", ancestors=OWN, message="It is not there.", http_status=404)
RAW = Raised(error="KeyError", ancestors=("Exception",), message="id")
HIDES = Hides(secret=SECRET, of="the password", places=("output",))


def case(*expect: Expectation, steps: tuple[Step, ...] = (LOGIN,), **more: Any) -> Case:
    level: Level = more.pop("level", "security")
    return Case(
        id="session.create/security/c",
        suite="security",
        title="",
        level=level,
        source=Source(kind="practice", reference="x"),
        since="0.1.0",
        server=more.pop("server", Script()),
        steps=steps,
        expect=expect,
        **more,
    )


def exchange(step: int = 0, status: int = 201, body: str = SECRET, **headers: str) -> Exchange:
    fields = tuple(Header(name.replace("_", "-"), value) for name, value in headers.items())
    request = Request(
        method="POST", target="/sessions", headers=fields, body=body.encode(), step=step
    )
    return Exchange(request=request, response=Response(status=status))


def seen(*steps: StepOutcome, sent: tuple[Exchange, ...] = (), **more: Any) -> Observation:
    return Observation(steps=steps, exchanges=sent, error_families=OWN, **more)


def failed(verdict: Verdict) -> Fail:
    assert isinstance(verdict, Fail), verdict
    return verdict


# ── the order ────────────────────────────────────────────────────────────────────────────────────


def test_a_protocol_violation_comes_before_everything() -> None:
    leaked = seen(ProtocolViolation(problem="it is silent"), sent=(exchange(),), output=SECRET)
    assert isinstance(judge(case(HIDES), leaked), Errored)


@pytest.mark.parametrize("outcome", [RAW, Crashed(exit_code=139), Unsupported(reason="none")])
def test_a_leak_that_was_seen_comes_before_a_step_that_was_not_done(outcome: StepOutcome) -> None:
    verdict = failed(judge(case(HIDES), seen(outcome, sent=(exchange(),), output=SECRET)))
    assert verdict.reason == "The password is in the output of the SDK."
    assert verdict.level is None


def test_a_wrong_request_comes_before_the_error_that_follows_from_it() -> None:
    carries = Carries(
        parameter="username", value=String(text="motor"), place="body", path="/sessions"
    )
    wrong = exchange(body='{"user": "motor"}', Content_Type="application/json")
    verdict = failed(judge(case(Returns(), carries), seen(RAW, sent=(wrong,))))
    assert verdict.reason == "username was not sent."


def test_a_step_that_was_not_done_explains_the_requests_of_later_steps() -> None:
    carries = Carries(
        parameter="username", value=String(text="motor"), place="body", path="/sessions", nth=0
    )
    both = case(carries, steps=(LOGIN, FIND))
    verdict = failed(judge(both, seen(RAW, OBJECT, sent=(exchange(step=1, body=""),))))
    assert verdict.reason == "session.create raised KeyError before it sent a request: id."


def test_a_step_that_was_not_done_has_one_cause_in_every_case() -> None:
    expectations = (Returns(), Exposes(attribute="id", value=NULL), Requests(count=1), HIDES)
    outcomes = [failed(judge(case(each), seen(RAW))) for each in expectations]
    causes = {cause_of(each, "security", seen(RAW)) for each in outcomes}
    assert causes == {"A call raises KeyError before it sends a request"}
    assert {each.fingerprint("a.b/c/d") for each in outcomes} == {
        outcomes[0].fingerprint("a.b/c/d")
    }


def test_a_call_that_cannot_be_made_is_not_a_security_failure() -> None:
    assert failed(judge(case(HIDES), seen(RAW))).level == "documented"
    assert failed(judge(case(HIDES, level="convention"), seen(RAW))).level is None


# ── steps ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (ERROR, "session.create raised sdk.NotFound: It is not there."),
        (Returned(value=NULL), "session.create returned null instead of an object."),
        (Crashed(exit_code=139), "session.create ended the process with exit code 139."),
    ],
)
def test_a_login_that_fails_is_the_failure_of_what_comes_after_it(
    outcome: StepOutcome, said: str
) -> None:
    destroy = CallStep(operation="session.destroy", form="instance", on="session")
    logout = case(Returns(), steps=(LOGIN, destroy), level="documented")
    verdict = failed(judge(logout, seen(outcome, NotReached(), sent=(exchange(),))))
    assert verdict.reason == said


def test_null_may_be_returned_where_no_later_step_needs_an_object() -> None:
    both = case(Returns(), steps=(LOGIN, FIND), level="documented")
    answered = (exchange(), exchange(step=1))
    assert judge(both, seen(Returned(value=NULL), OBJECT, sent=answered)) == Pass()


def test_a_call_may_raise_where_the_case_leaves_it_open() -> None:
    free = replace(FIND, may_raise=True)
    last_step = Hides(secret=SECRET, of="the password", places=("last-step",))
    open_case = case(last_step, steps=(LOGIN, free))
    assert judge(open_case, seen(OBJECT, RAW, sent=(exchange(),))) == Pass()
    closed_case = case(last_step, steps=(LOGIN, FIND))
    assert isinstance(judge(closed_case, seen(OBJECT, RAW, sent=(exchange(),))), Fail)


@pytest.mark.parametrize("expectation", [Raises(), Settles(attribute="id", values=())])
def test_an_error_before_the_request_is_not_the_error_that_was_expected(
    expectation: Expectation,
) -> None:
    verdict = failed(judge(case(expectation), seen(ERROR)))
    assert "before it sent a request" in verdict.reason
    assert judge(case(expectation), seen(ERROR, sent=(exchange(),))) == Pass()


# ── what a release does not have ─────────────────────────────────────────────────────────────────

ABSENT_CALL = seen(Unsupported(reason="there is no create"))
ABSENT_SETTING = seen(Configured(unsupported=("max_network_retries",)), OBJECT)
SETTING = ConfigureStep(settings={"max_network_retries": from_json(0)})


@pytest.mark.parametrize(
    "expectation", [Returns(), HIDES, Refuses(), Escapes(path="/{}", value="x"), AtMost(count=1)]
)
def test_what_is_not_documented_and_absent_does_not_apply(expectation: Expectation) -> None:
    verdict = judge(case(expectation, level="convention"), ABSENT_CALL)
    reason = "This release does not support it: session.create: there is no create."
    assert verdict == NotApplicable(reason=reason)


@pytest.mark.parametrize(
    "needs", [Needs(operation="session.create"), Needs(readme="option session_id")]
)
def test_what_is_documented_and_cannot_be_called_is_inconclusive(needs: Needs) -> None:
    verdict = judge(case(HIDES, needs=needs), ABSENT_CALL)
    assert isinstance(verdict, Inconclusive)
    assert verdict.reason == (
        "It is documented, but the adapter cannot do it: session.create: there is no create."
    )


def test_a_documented_call_that_is_absent_fails_a_documented_case() -> None:
    verdict = failed(judge(case(Returns(), level="documented"), ABSENT_CALL))
    assert "does not have what is documented" in verdict.reason


def test_a_setting_is_inconclusive_if_it_is_documented_and_not_applicable_if_not() -> None:
    steps = (SETTING, LOGIN)
    documented = case(Returns(), steps=steps, needs=Needs(readme="setting max_network_retries"))
    assert isinstance(judge(documented, ABSENT_SETTING), Inconclusive)
    assert isinstance(judge(case(Returns(), steps=steps), ABSENT_SETTING), NotApplicable)


# ── premises ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("expectation", "missing"),
    [
        (HIDES, "secret in play"),
        (Lacks(attribute="id"), "call sends"),
        (AtMost(count=1), "call sends"),
        (Spaced(seconds=1), "call sends"),
        (Ends(within=1), "call sends"),
        (Omits(header="X-Key"), "requests arrive"),
        (Raises(), "call sends"),
        (Settles(attribute="id", values=(NULL,)), "call sends"),
    ],
)
def test_a_claim_about_a_call_that_sent_nothing_is_inconclusive(
    expectation: Expectation, missing: str
) -> None:
    verdict = judge(case(expectation), seen(Returned(value=NULL)))
    assert isinstance(verdict, Inconclusive)
    assert verdict.missing == missing
    assert cause_of_doubt(verdict)


@pytest.mark.parametrize(
    "expectation",
    [
        Refuses(),
        Guards(parameter="username", place="body", path="/sessions"),
        Escapes(path="/sessions/{}", value="a/b"),
    ],
)
def test_a_refusal_needs_a_twin_that_sends(expectation: Expectation) -> None:
    twice = case(expectation, steps=(FIND, FIND))
    assert judge(twice, seen(OBJECT, ERROR, sent=(exchange(),))) == Pass()
    assert isinstance(judge(twice, seen(OBJECT, ERROR)), Inconclusive)
    other = case(expectation, steps=(LOGIN, FIND))
    assert isinstance(judge(other, seen(OBJECT, ERROR, sent=(exchange(),))), Inconclusive)


def test_a_secret_is_in_play_if_a_request_or_a_response_carries_it() -> None:
    answered = replace(exchange(body=""), response=Response(status=201, body=SECRET.encode()))
    for each in (exchange(), exchange(body="", X_Auth=SECRET), answered):
        assert judge(case(HIDES), seen(OBJECT, sent=(each,))) == Pass()
    assert isinstance(judge(case(HIDES), seen(OBJECT, sent=(exchange(body="no"),))), Inconclusive)


def test_a_redirect_must_be_answered() -> None:
    elsewhere = Hides(secret=SECRET, of="the password", places=("elsewhere",))
    moved = Script(replies=(Answer(status=307, headers={"Location": "{elsewhere}/x"}),))
    redirected = case(elsewhere, server=moved)
    assert judge(redirected, seen(OBJECT, sent=(exchange(status=307),))) == Pass()
    verdict = judge(redirected, seen(OBJECT, sent=(exchange(status=500),)))
    assert isinstance(verdict, Inconclusive)
    assert verdict.missing == "redirect answered"


def test_a_log_must_have_named_a_request_at_the_level_debug() -> None:
    quiet = seen(OBJECT, sent=(exchange(),))
    loud = replace(quiet, output="POST /sessions")
    debug, error = (case(HIDES, stage=Stage(log_level=each)) for each in ("debug", "error"))
    assert judge(debug, loud) == Pass()
    assert isinstance(judge(debug, replace(quiet, output="a warning")), Inconclusive)
    assert judge(error, replace(quiet, twin=loud)) == Pass()
    assert isinstance(judge(error, replace(quiet, twin=quiet)), Inconclusive)
    assert judge(case(HIDES), quiet) == Pass()


def test_a_refused_certificate_needs_a_trusted_one_that_is_accepted() -> None:
    stage = Stage(transport="tls-expired")
    refusing = case(Refuses(own=False), stage=stage)
    trusted = seen(OBJECT, sent=(exchange(),))
    assert judge(refusing, seen(RAW, twin=trusted)) == Pass()
    assert isinstance(judge(refusing, seen(RAW, twin=seen(RAW))), Inconclusive)


def test_a_server_that_ended_needs_a_call_before_its_end() -> None:
    ended = case(Raises(), steps=(LOGIN, LOGIN), server=Closed(), level="convention")
    assert judge(ended, seen(OBJECT, ERROR, sent=(exchange(),))) == Pass()
    assert isinstance(judge(ended, seen(OBJECT, ERROR)), Inconclusive)


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("app.example", "another host: a connection to app.example:80."),
        ("127.0.0.1", "another port of the base URL: a connection to 127.0.0.1:80."),
    ],
)
def test_a_lost_port_is_no_other_host(host: str, said: str) -> None:
    contact = Contact(host=host, port=80, protocol="http")
    verdict = failed(judge(case(Contacts()), seen(RAW, sent=(exchange(),), contacts=(contact,))))
    assert verdict.reason == f"The SDK contacted {said}"


def test_a_failure_says_where_the_request_went_instead() -> None:
    contact = Contact(host="app.example", port=443, protocol="tls")
    verdict = failed(judge(case(HIDES), seen(RAW, contacts=(contact,))))
    assert verdict.reason == "A connection to app.example:443 instead of the base URL."


# ── reasons ──────────────────────────────────────────────────────────────────────────────────────

GLOBAL, OWN_ID, KEY = (digit * 40 for digit in "123")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (GLOBAL, "with the global session id instead of the session id of the call."),
        (KEY, "with the global API key instead of the session id of the call."),
        ("4" * 40, "with another value instead of the session id of the call."),
        (None, "without the session id of the call."),
    ],
)
def test_a_reason_names_whose_credentials_were_sent(sent: str | None, said: str) -> None:
    credentials = Credentials(session_id=GLOBAL, api_key=KEY)
    steps = (
        ConfigureStep(credentials=credentials),
        replace(FIND, options=CallOptions(session_id=OWN_ID)),
    )
    wanted = Sent(method="POST", path="/sessions", headers={"X-Auth": OWN_ID})
    request = exchange(step=1, **({"X_Auth": sent} if sent else {}))
    made = seen(Configured(), OBJECT, sent=(request,))
    verdict = failed(judge(case(wanted, steps=steps), made))
    assert verdict.reason == f"The request was sent {said}"


def test_a_reason_names_the_setting_under_test() -> None:
    slow = ConfigureStep(
        settings={"max_network_retries": from_json(0), "read_timeout": from_json(1)}
    )
    made = seen(Configured(), OBJECT, sent=(exchange(step=1),), seconds=9.0)
    verdict = failed(judge(case(Ends(within=2), steps=(slow, LOGIN)), made))
    assert verdict.reason == (
        "session.create ended later than after 2 s, "
        "although max_network_retries is 0 and read_timeout is 1."
    )


def test_a_reason_names_what_was_read() -> None:
    look = CallStep(operation="session.new", form="read", on="session", read=("id", "language"))
    verdict = failed(judge(case(Returns(), steps=(LOGIN, look)), seen(OBJECT, RAW)))
    assert verdict.reason == "Reading id and language raised KeyError: id."


# ── blame ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("runtime", "blame"), [("CPython", "runtime"), ("PyPy", "sdk")])
def test_what_a_runtime_cannot_do_is_blamed_on_it(runtime: str, blame: str) -> None:
    hints = case(Returns(), level="documented", runtimes={"CPython": "It takes 103 for the end."})
    verdict = failed(judge(hints, seen(RAW, sent=(exchange(),), runtime=runtime)))
    assert verdict.blame == blame
    if blame == "runtime":
        assert verdict.level == "convention"
        assert verdict.reason == "session.create raised KeyError: id. It takes 103 for the end."


def test_null_is_not_the_object_that_a_page_names() -> None:
    documented = case(Returns(thing="session"), level="documented")
    assert judge(documented, seen(OBJECT, sent=(exchange(),))) == Pass()
    verdict = failed(judge(documented, seen(Returned(value=NULL), sent=(exchange(),))))
    assert verdict.reason == "session.create returned null instead of a session."


def test_a_response_that_no_page_describes_may_be_refused_with_an_error_of_the_sdks_own() -> None:
    sent = (exchange(),)
    for refusable, verdict in ((True, Pass), (False, Fail)):
        lacks = case(Lacks(attribute="id", refusable=refusable), level="convention")
        assert isinstance(judge(lacks, seen(ERROR, sent=sent)), verdict)
        assert isinstance(judge(lacks, seen(RAW, sent=sent)), Fail)
        assert isinstance(judge(lacks, seen(OBJECT, sent=sent)), Pass)


# ── attributes, errors and options ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "expectation",
    [
        Exposes(attribute="id", value=String(text="a")),
        Lacks(attribute="id"),
        Settles(attribute="id", values=(String(text="a"),)),
    ],
)
def test_an_attribute_that_cannot_be_read_is_named(expectation: Expectation) -> None:
    error = ReadError(error="KeyError", message="no id")
    returned = replace(OBJECT, attributes={"id": error})
    observation = seen(returned, sent=(exchange(),))
    verdict = failed(judge(case(expectation), observation))
    assert verdict.reason == "Reading id raised KeyError: no id."
    assert cause_of(verdict, "security", observation) == "Reading an attribute raises KeyError"


MEMBERS = {"headers": Map(entries=(MapEntry(key="Cookie", value=String(text=SECRET)),))}


@pytest.mark.parametrize(
    ("error", "place", "cause"),
    [
        (replace(ERROR, message=f"for {SECRET}"), "error", "A secret is in an error"),
        (replace(ERROR, printed=f"for {SECRET}"), "error", "A secret is in an error"),
        (
            replace(ERROR, members=MEMBERS),
            "error-members",
            "A secret is in a member of an error object",
        ),
    ],
)
def test_a_secret_is_found_in_all_that_an_error_shows(
    error: Raised, place: Exposure, cause: str
) -> None:
    observation = seen(error, sent=(exchange(),))
    places: tuple[Exposure, ...] = ("error", "error-members")
    for each in places:
        hides = Hides(secret=SECRET, of="the password", places=(each,))
        verdict = judge(case(hides), observation)
        assert isinstance(verdict, Fail if each == place else Pass)
        if isinstance(verdict, Fail):
            assert cause_of(verdict, "security", observation) == cause


def test_the_message_of_the_api_may_be_anywhere_in_an_error() -> None:
    wanted = case(Raises(message="No such user"))
    for error in (
        replace(ERROR, message="No such user (404)"),
        replace(ERROR, printed="sdk.NotFound: No such user"),
        replace(ERROR, members={"title": String(text="No such user")}),
    ):
        assert judge(wanted, seen(error, sent=(exchange(),))) == Pass()
    assert "does not carry" in failed(judge(wanted, seen(ERROR, sent=(exchange(),)))).reason


def test_an_option_that_works_under_another_name_is_one_cause() -> None:
    wanted = Sent(method="POST", path="/sessions", headers={"X-Auth": OWN_ID})
    right = seen(OBJECT, sent=(exchange(X_Auth=OWN_ID),))
    other = Respelled(names={"session_id": "sessionId"}, seen=right)
    for wrong in (seen(OBJECT, sent=(exchange(),)), seen(RAW)):
        observation = replace(wrong, respelled=other)
        verdict = failed(judge(case(wanted), observation))
        assert verdict.reason.endswith(
            "The README documents the option session_id, and the SDK reads sessionId."
        )
        assert cause_of(verdict, "lifecycle", observation) == (
            "An option has another name in the SDK than in its README"
        )
        same = replace(wrong, respelled=replace(other, seen=wrong))
        assert "another name" not in cause_of(failed(judge(case(wanted), same)), "lifecycle", same)
    assert judge(case(wanted), replace(right, respelled=replace(other, seen=seen(RAW)))) == Pass()
