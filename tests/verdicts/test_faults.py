"""The outcome of a broken response is judged by its kind, its time and its requests."""

from __future__ import annotations

from msgspec import structs
import pytest

from conform.cases.expectations import AtMost, Ends, Expectation, Raises, Settles, Spaced
from conform.cases.model import CallStep, Case, ConfigureStep, Step
from conform.cases.replies import Script
from conform.core.identity import Source
from conform.core.observations import (
    Crashed,
    Exchange,
    Hung,
    Observation,
    ProtocolViolation,
    Request,
    Response,
    Trouble,
)
from conform.core.protocol import Configured, Raised, Returned, Unsupported
from conform.core.values import NULL, String, Value, from_json
from conform.verdicts import Errored, Fail, NotApplicable, Pass, Verdict, judge

SETTLES = Settles(attribute="language", values=(String(text="en"), String(text="de")))
OWN = ("sdk.Error",)


def verdict(expected: Expectation, seen: Observation, *steps: Step) -> Verdict:
    case = Case(
        id="a.b/faults/c",
        suite="faults",
        title="",
        level="convention",
        source=Source(kind="practice", reference="x"),
        since="0.1.0",
        server=Script(),
        steps=(*steps, CallStep(operation="session.create", read=("language",))),
        expect=(expected,),
    )
    call = Request(method="POST", target="/", headers=(), step=len(steps))
    arrived = (Exchange(request=call, response=Response(status=500)),)
    return judge(case, structs.replace(seen, exchanges=seen.exchanges or arrived))


def arrivals(*at: float) -> Observation:
    requests = [Request(method="POST", target="/", headers=(), at=each) for each in at]
    return Observation(
        steps=(Returned(value=NULL),),
        exchanges=tuple(Exchange(request=each, response=Response(status=500)) for each in requests),
    )


def returned(value: Value) -> Observation:
    return Observation(steps=(Returned(value=NULL, attributes={"language": value}),))


@pytest.mark.parametrize("text", ["en", "de"])
def test_each_of_the_values_is_accepted(text: str) -> None:
    assert verdict(SETTLES, returned(String(text=text))) == Pass()


def test_an_error_of_the_own_family_is_accepted_and_no_other_error() -> None:
    own = Raised(error="sdk.JsonError", ancestors=OWN)
    assert verdict(SETTLES, Observation(steps=(own,), error_families=OWN)) == Pass()
    raw = Observation(steps=(Raised(error="ValueError"),), error_families=OWN)
    failed = verdict(SETTLES, raw)
    assert isinstance(failed, Fail)
    assert (
        failed.reason == "session.create raised ValueError, which is not an error of the SDK's own."
    )


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (returned(NULL), "The SDK accepted the response, with language = null."),
        (Observation(steps=(Hung(seconds=15),)), "did not answer within 15 seconds"),
        (Observation(steps=(Crashed(exit_code=-11),)), "ended the process with exit code -11"),
    ],
)
def test_an_invented_success_a_hang_and_a_crash_are_not_accepted(
    seen: Observation, reason: str
) -> None:
    failed = verdict(SETTLES, seen)
    assert isinstance(failed, Fail)
    assert reason in failed.reason


@pytest.mark.parametrize(
    ("error", "known"),
    [
        ("files_sdk.error.NotFoundError", True),
        ("Files::NotFoundError", True),
        ("Files\\Exception\\NotFoundError", True),
        ("com.files.ApiErrorException$NotFoundError", True),
        ("NotFoundError", True),
        ("files_sdk.error.FolderNotFoundError", False),
        ("files_sdk.NotFoundError.Other", False),
    ],
)
def test_a_class_is_recognised_without_its_namespace(error: str, *, known: bool) -> None:
    raised = Raised(error=error, ancestors=OWN)
    seen = Observation(steps=(raised,), error_families=OWN)
    assert isinstance(verdict(Raises(classes=("NotFoundError",)), seen), Pass if known else Fail)


def test_the_documented_class_may_be_an_ancestor() -> None:
    raised = Raised(error="sdk.Special", ancestors=("sdk.NotFoundError", *OWN))
    seen = Observation(steps=(raised,), error_families=OWN)
    assert verdict(Raises(classes=("NotFoundError",)), seen) == Pass()


def test_more_requests_than_allowed_fail() -> None:
    assert verdict(AtMost(count=2), arrivals(0, 1)) == Pass()
    failed = verdict(AtMost(count=2), arrivals(0, 1, 2))
    assert isinstance(failed, Fail)
    assert failed.reason == "3 requests arrived instead of at most 2 requests."


def test_requests_that_were_not_kept_are_counted() -> None:
    storm = structs.replace(arrivals(*range(100)), not_kept=900)
    failed = verdict(AtMost(count=6), storm)
    assert isinstance(failed, Fail)
    assert failed.reason == "1000 requests arrived instead of at most 6 requests."


def test_a_reason_names_the_documented_class_as_the_language_spells_it() -> None:
    classes = ("SiteDisabledError", "SiteDisabledException", "ServiceUnavailable_SiteDisabledError")
    raised = Raised(error="Files\\Exception\\ApiServerException", ancestors=OWN)
    failed = verdict(Raises(classes=classes), Observation(steps=(raised,), error_families=OWN))
    assert isinstance(failed, Fail)
    assert failed.reason.endswith("ApiServerException, which is not SiteDisabledException.")


def test_a_request_that_comes_too_soon_fails() -> None:
    assert verdict(Spaced(seconds=2), arrivals(0)) == Pass()
    assert verdict(Spaced(seconds=2), arrivals(0, 2, 4.5)) == Pass()
    failed = verdict(Spaced(seconds=2), arrivals(0, 2, 3))
    assert isinstance(failed, Fail)
    assert failed.reason == "A request came sooner than 2 s after the previous one."


def test_an_end_that_comes_late_fails() -> None:
    assert verdict(Ends(within=2), Observation(steps=(Returned(value=NULL),), seconds=2)) == Pass()
    failed = verdict(Ends(within=2), Observation(steps=(Returned(value=NULL),), seconds=2.5))
    assert isinstance(failed, Fail)
    assert failed.reason == "session.create ended later than after 2 s."


def test_a_step_without_an_end_is_not_said_to_have_ended() -> None:
    failed = verdict(Ends(within=2), Observation(steps=(Hung(seconds=3),), seconds=3))
    assert isinstance(failed, Fail)
    assert failed.reason == "session.create did not end within 2 s."


@pytest.mark.parametrize(
    "trouble",
    [
        Crashed(exit_code=139),
        Hung(seconds=60),
        ProtocolViolation(problem="it sent two responses"),
    ],
)
def test_an_adapter_that_fails_after_its_last_response_is_an_error_and_no_verdict_on_the_sdk(
    trouble: Trouble,
) -> None:
    for outcome in (Returned(value=NULL, attributes={"language": NULL}), Unsupported(reason="x")):
        seen = Observation(steps=(outcome,), afterwards=trouble)
        assert verdict(SETTLES, seen) == Errored(
            reason=f"After its last response, the adapter {trouble}."
        )


def test_a_crash_fails_a_case_whose_expectations_are_met() -> None:
    seen = Observation(steps=(Crashed(exit_code=139),))
    failed = verdict(AtMost(count=2), seen)
    assert isinstance(failed, Fail)
    assert failed.reason == "session.create ended the process with exit code 139."
    assert (failed.expectation, failed.differs) == ("steps", "crashed with 139")


def test_a_setting_that_a_release_lacks_makes_the_case_inapplicable() -> None:
    unset = Configured(unsupported=("read_timeout",))
    seen = Observation(steps=(unset, Returned(value=NULL)))
    step = ConfigureStep(settings={"read_timeout": from_json(1)})
    assert verdict(SETTLES, seen, step) == NotApplicable(
        reason="This release does not support it: no setting for read_timeout."
    )
