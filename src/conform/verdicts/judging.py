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
from conform.core.observations import Observation, ProtocolViolation
from conform.core.text import listed
from conform.verdicts import network, outcomes, parameters, premises, requests, secrets, steps
from conform.verdicts.steps import Undone
from conform.verdicts.verdict import (
    Errored,
    Fail,
    Inconclusive,
    NotApplicable,
    Pass,
    Verdict,
    fail,
)
from conform.verdicts.words import sent_during


def judge(case: Case, observation: Observation) -> Verdict:
    """Check an observation against its case.

    What is found first decides: the adapter broke the protocol; something forbidden was seen; a
    step that the case needs was not done; what a claim of absence needs was not seen; an
    expectation was not met. What a runtime cannot do is blamed on it, whatever the SDK does.
    """
    verdict = _under_another_name(_judged(case, observation), case, observation)
    why = case.runtimes.get(observation.runtime)
    if why and isinstance(verdict, Fail) and verdict.blame == "sdk":
        reason = f"{verdict.reason} {why}"
        return structs.replace(verdict, blame="runtime", reason=reason, level="convention")
    return verdict


def _under_another_name(verdict: Verdict, case: Case, seen: Observation) -> Verdict:
    """The verdict; it names the cause if an option works under another name than documented."""
    if not isinstance(verdict, Fail) or seen.respelled is None:
        return verdict
    if not isinstance(_judged(case, seen.respelled.seen), Pass):
        return verdict
    documented, works = listed([*seen.respelled.names]), listed([*seen.respelled.names.values()])
    because = f"The README documents the option {documented}, and the SDK reads {works}."
    reason = f"{verdict.reason} {because}"
    return structs.replace(verdict, reason=reason, differs="option under another name")


def _judged(case: Case, observation: Observation) -> Verdict:
    if broken := _broken_protocol(observation):
        return Errored(reason=broken)
    undone = steps.first_undone(case, observation)
    for expectation in case.expect:
        if _forbids(expectation, case, observation, undone):
            difference = _difference(expectation, case, observation)
            if difference is not None:
                return _completed(difference, case, expectation)
    if undone is not None:
        return _explained(undone.verdict, case, observation)
    if (inconclusive := premises.unmet(case, observation)) is not None:
        return inconclusive
    for expectation in case.expect:
        difference = _difference(expectation, case, observation)
        if difference is not None:
            return _completed(network.explained(difference, observation), case, expectation)
    return Pass()


def _broken_protocol(seen: Observation) -> str:
    """How the adapter broke the protocol, as a sentence; empty if it did not."""
    for outcome in seen.steps:
        if isinstance(outcome, ProtocolViolation):
            return f"The adapter {outcome}"
    if seen.afterwards is not None:
        return f"After its last response, the adapter {seen.afterwards}."
    return ""


def _forbids(
    expectation: Expectation, case: Case, seen: Observation, undone: Undone | None
) -> bool:
    """Whether a difference from the expectation is something forbidden that was seen.

    A wrong request counts as seen unless an earlier step was not done, which explains it.
    """
    match expectation:
        case Hides() | Omits() | AtMost() | Spaced() | Ends() | Contacts():
            return True
        case Refuses(step=step) | Guards(step=step) | Escapes(step=step):
            return bool(sent_during(step % len(case.steps), seen))
        case Matches():
            return bool(seen.pact and seen.requests)
        case Sent(nth=nth) | Carries(nth=nth) | Conforms(nth=nth) if undone is not None:
            return nth < len(seen.requests) and seen.requests[nth].step <= undone.step
        case _:
            return False


def _explained(
    undone: Fail | Inconclusive | NotApplicable, case: Case, seen: Observation
) -> Fail | Inconclusive | NotApplicable:
    if not isinstance(undone, Fail):
        return undone
    explained = network.explained(undone, seen)
    return structs.replace(explained, blame=case.blame if explained.blame == "sdk" else "suite")


def _completed(failure: Fail, case: Case, expectation: Expectation) -> Fail:
    """The failure with the expectation that was not met, its members, and who is to blame."""
    blame = case.blame if failure.blame == "sdk" else failure.blame
    return structs.replace(
        failure,
        expectation=expectation.__struct_config__.tag,
        members=expectation.members,
        blame=blame,
    )


def _difference(expectation: Expectation, case: Case, seen: Observation) -> Fail | None:
    match expectation:
        case Returns() | Exposes() | Lacks() | Raises() | Settles() | Ends():
            return outcomes.difference(expectation, case, seen)
        case Requests() | AtMost() | Spaced() | Sent() | Omits() | Matches():
            return requests.difference(expectation, case, seen)
        case Carries() | Conforms() | Refuses() | Guards():
            return parameters.difference(expectation, case, seen)
        case Sound(problem=problem, subject="readme"):
            reason = f"The README contradicts itself: {problem}."
            return fail(reason, "a README that says one thing", problem, "contradiction", "page")
        case Sound(problem=problem):
            reason = f"The sample on the page is broken: {problem}."
            return fail(reason, "code that makes the documented call", problem, "broken", "page")
        case Contacts():
            return network.difference(expectation, seen)
        case Hides() | Escapes():
            return secrets.difference(expectation, case, seen)
        case _:
            assert_never(expectation)
