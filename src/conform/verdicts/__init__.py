"""Judges an observation: a pure function from a case and what was seen to a verdict."""

from __future__ import annotations

from typing import assert_never

from msgspec import structs

from conform.cases.expectations import (
    AtMost,
    Carries,
    Conforms,
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
from conform.observations import Crashed, Hung, Misspoke, Observation, Set
from conform.protocol import Unsupported
from conform.verdicts import outcomes, parameters, requests, secrets
from conform.verdicts.verdict import (
    Blame,
    Fail,
    Fault,
    Known,
    NotApplicable,
    Outdated,
    Pass,
    Unavailable,
    Verdict,
    fail,
)
from conform.verdicts.words import deed, subject

__all__ = [
    "Blame",
    "Fail",
    "Fault",
    "Known",
    "NotApplicable",
    "Outdated",
    "Pass",
    "Unavailable",
    "Verdict",
    "judge",
]


def judge(case: Case, observation: Observation) -> Verdict:
    """Hold what was seen against what the case expects; the first thing that differs decides."""
    for outcome in observation.steps:
        if isinstance(outcome, Misspoke):
            return Fault(reason=f"The adapter broke the protocol: {outcome.problem}")
        if isinstance(outcome, Set) and outcome.configured.unsupported:
            missing = ", ".join(outcome.configured.unsupported)
            return NotApplicable(reason=f"This release has no setting for {missing}.")
    for expectation in case.expect:
        difference = _difference(expectation, case, observation)
        if difference is not None:
            if lacking := _lacking(case, observation):
                return NotApplicable(reason=lacking)
            blame = case.blame if difference.blame == "sdk" else difference.blame
            return structs.replace(difference, blame=blame)
    for step, outcome in enumerate(observation.steps):
        if isinstance(outcome, Crashed | Hung):
            # A case whose steps were not done has shown nothing, whatever it expects.
            what = f"{subject(case, step)} {deed(outcome)}."
            return fail(what, "an end of every step", deed(outcome))
    return Pass()


def _lacking(case: Case, observation: Observation) -> str:
    """What no page promises and the release does not have, as a sentence."""
    if case.level == "documented":
        return ""
    reasons = (each.reason for each in observation.steps if isinstance(each, Unsupported))
    return next((f"This release does not have it: {reason}." for reason in reasons), "")


def _difference(expectation: Expectation, case: Case, seen: Observation) -> Fail | None:
    match expectation:
        case Returns() | Exposes() | Lacks() | Raises() | Settles() | Ends():
            return outcomes.difference(expectation, case, seen)
        case Requests() | AtMost() | Spaced() | Sent() | Omits() | Matches():
            return requests.difference(expectation, seen)
        case Carries() | Conforms() | Refuses() | Guards():
            return parameters.difference(expectation, case, seen)
        case Sound(problem=problem):
            what = f"The sample on the page is broken: {problem}."
            return fail(what, "code that makes the documented call", problem, "page")
        case Hides() | Escapes():
            return secrets.difference(expectation, case, seen)
        case _:
            assert_never(expectation)
