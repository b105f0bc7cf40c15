"""Judges an observation: a pure function from a case and its observation to a verdict."""

from __future__ import annotations

from typing import assert_never

from msgspec import structs

from conform.cases.expectations import (
    AtMost,
    Carries,
    Conforms,
    Contacts,
    Ends,
    Escapes,
    Expectation,
    Exposes,
    Guards,
    Hides,
    Lacks,
    Matches,
    Omits,
    Raises,
    Refuses,
    Requests,
    Returns,
    Sent,
    Settles,
    Sound,
    Spaced,
)
from conform.cases.model import Case
from conform.core.observations import (
    Crashed,
    Hung,
    MemoryExceeded,
    Observation,
    ProtocolViolation,
    SettingsMade,
)
from conform.core.protocol import Unsupported
from conform.verdicts import network, outcomes, parameters, requests, secrets
from conform.verdicts.verdict import (
    Errored,
    Fail,
    NotApplicable,
    Pass,
    Verdict,
    fail,
)
from conform.verdicts.words import in_a_word, subject


def judge(case: Case, observation: Observation) -> Verdict:
    """Check an observation against the expectations of its case; the first difference decides."""
    for outcome in observation.steps:
        if isinstance(outcome, ProtocolViolation):
            return Errored(reason=f"The adapter {outcome}")
        if isinstance(outcome, SettingsMade) and outcome.configured.unsupported:
            missing = ", ".join(outcome.configured.unsupported)
            return NotApplicable(reason=f"This release has no setting for {missing}.")
    if observation.afterwards is not None:
        return Errored(reason=f"After its last response, the adapter {observation.afterwards}.")
    for expectation in case.expect:
        difference = _difference(expectation, case, observation)
        if difference is not None:
            if reason := _unsupported(case, observation):
                return NotApplicable(reason=reason)
            return _completed(network.explained(difference, observation), case, expectation)
    for step, outcome in enumerate(observation.steps):
        if isinstance(outcome, Crashed | Hung | MemoryExceeded):
            # The expectations were met, but the later steps were not executed.
            reason = f"{subject(case, step)} {outcome}."
            failure = fail(reason, "every step ends", outcome, in_a_word(outcome))
            return structs.replace(failure, expectation="ends")
    return Pass()


def _completed(failure: Fail, case: Case, expectation: Expectation) -> Fail:
    """The failure with the expectation that was not met, its members, and who is to blame."""
    blame = case.blame if failure.blame == "sdk" else failure.blame
    return structs.replace(
        failure,
        expectation=expectation.__struct_config__.tag,
        members=expectation.members,
        blame=blame,
    )


def _unsupported(case: Case, observation: Observation) -> str:
    """What the release does not have and no page promises, as a sentence; empty if nothing."""
    if case.level == "documented":
        return ""
    reasons = (each.reason for each in observation.steps if isinstance(each, Unsupported))
    return next((f"This release does not support it: {reason}." for reason in reasons), "")


def _difference(expectation: Expectation, case: Case, seen: Observation) -> Fail | None:
    match expectation:
        case Returns() | Exposes() | Lacks() | Raises() | Settles() | Ends():
            return outcomes.difference(expectation, case, seen)
        case Requests() | AtMost() | Spaced() | Sent() | Omits() | Matches():
            return requests.difference(expectation, seen)
        case Carries() | Conforms() | Refuses() | Guards():
            return parameters.difference(expectation, case, seen)
        case Sound(problem=problem):
            reason = f"The sample on the page is broken: {problem}."
            return fail(reason, "code that makes the documented call", problem, "broken", "page")
        case Contacts():
            return network.difference(expectation, seen)
        case Hides() | Escapes():
            return secrets.difference(expectation, case, seen)
        case _:
            assert_never(expectation)
