"""Checks that every step that a case needs was done."""

from __future__ import annotations

from msgspec import Struct, structs

from conform.cases.expectations import (
    Escapes,
    Exposes,
    Guards,
    Hides,
    Lacks,
    Raises,
    Refuses,
    Returns,
    Settles,
)
from conform.cases.model import CallStep, Case, ConfigureStep
from conform.cases.replies import Closed
from conform.core.observations import (
    Crashed,
    Hung,
    MemoryExceeded,
    NotReached,
    Observation,
    ProtocolViolation,
    StepOutcome,
)
from conform.core.protocol import Configured, Raised, Returned, Unsupported
from conform.core.text import listed
from conform.core.values import Null, Undefined
from conform.verdicts.verdict import Fail, Inconclusive, NotApplicable, fail
from conform.verdicts.words import in_a_word, subject

_MAY_BE_REFUSED = (Refuses, Guards, Escapes)
_MAY_RAISE = (Raises, Settles, *_MAY_BE_REFUSED)
_MUST_RETURN = (Returns, Exposes, Lacks)


class Undone(Struct, frozen=True):
    """A step that the case needs and that was not done."""

    step: int
    """Its index."""
    verdict: Fail | Inconclusive | NotApplicable
    """What follows: the same in every case with this step, whatever the case is about."""


def first_undone(case: Case, seen: Observation) -> Undone | None:
    """The first step that the case needs and that was not done."""
    for index, outcome in enumerate(seen.steps):
        if verdict := _undone(case, seen, index, outcome):
            return Undone(index, verdict)
    return None


def _undone(
    case: Case, seen: Observation, index: int, outcome: StepOutcome
) -> Fail | Inconclusive | NotApplicable | None:
    match outcome:
        case Unsupported(reason=reason):
            return _absent(case, index, f"{subject(case, index)}: {reason}")
        case Configured(unsupported=unsupported) if unsupported:
            return _absent(case, index, f"no setting for {listed(unsupported)}")
        case Crashed() | Hung() | MemoryExceeded() | ProtocolViolation() | NotReached():
            return _failed(case, index, outcome, str(outcome), in_a_word(outcome))
        case Raised() if not _may_raise(case, index) or _is_too_early(case, seen, index):
            when = "" if _sent(case, seen, index) else " before it sent a request"
            what = f"raised {outcome.error}{when}"
            said = outcome.described.partition(": ")[2].rstrip(".")
            return _failed(case, index, outcome, f"{what}: {said}" if said else what, what)
        case Returned(value=Null() | Undefined()) if _is_used(case, index):
            what = "returned null instead of an object"
            return _failed(case, index, outcome, what, what)
    return None


def _failed(case: Case, index: int, outcome: StepOutcome, happened: str, differs: str) -> Fail:
    reason = f"{subject(case, index)} {happened}."
    failure = fail(reason, "every step that the case needs is done", outcome, differs)
    # A call that cannot be made has put no secret at risk.
    level = "documented" if case.level == "security" else None
    return structs.replace(failure, expectation="steps", members={"step": index}, level=level)


def _absent(case: Case, index: int, what: str) -> Fail | Inconclusive | NotApplicable:
    """What follows from something that the release does not have."""
    if not _is_documented(case, index):
        return NotApplicable(reason=f"This release does not support it: {what}.")
    if case.level == "documented" and isinstance(case.steps[index], CallStep):
        failure = fail(
            f"This release does not have what is documented: {what}.",
            "what is documented exists",
            what,
            "unsupported",
        )
        return structs.replace(failure, expectation="steps", members={"step": index})
    return Inconclusive(
        reason=f"It is documented, but the adapter cannot do it: {what}.", missing="unsupported"
    )


def _is_documented(case: Case, index: int) -> bool:
    """Whether the page or README of the release documents what a step does.

    A case applies only where all that it needs is documented.
    """
    match case.steps[index]:
        case ConfigureStep():
            return (case.needs.readme or "").startswith("setting ")
        case CallStep(operation=operation, form=form):
            is_on_page = operation == case.needs.operation and form == "static"
            return case.level == "documented" or bool(case.needs.readme) or is_on_page
        case _:
            return case.level == "documented"


def _may_raise(case: Case, index: int) -> bool:
    """Whether the case leaves it open, or expects, that a step raises an error."""
    about, step = _about(case, index), case.steps[index]
    may_raise = isinstance(step, CallStep) and step.may_raise
    is_refusable = any(isinstance(each, Lacks) and each.refusable for each in about)
    if may_raise or is_refusable or any(isinstance(each, _MAY_RAISE) for each in about):
        return True
    is_last = index == len(case.steps) - 1
    return is_last and not any(isinstance(each, _MUST_RETURN) for each in about)


def _is_too_early(case: Case, seen: Observation, index: int) -> bool:
    """Whether a step raised an error before it sent the request that the case is about."""
    step, is_last = case.steps[index], index == len(case.steps) - 1
    if not isinstance(step, CallStep) or step.may_raise or _sent(case, seen, index):
        return False
    is_unreachable = case.stage.transport.startswith("tls-") or isinstance(case.server, Closed)
    is_injection = any(
        isinstance(each, Hides) and "header-name" in each.places for each in case.expect
    )
    may_be_refused = any(isinstance(each, _MAY_BE_REFUSED) for each in _about(case, index))
    return not (may_be_refused or (is_last and (is_unreachable or is_injection)))


def _about(case: Case, index: int) -> list[object]:
    """The expectations about a step."""
    count = len(case.steps)
    steps = ((each, getattr(each, "step", None)) for each in case.expect)
    return [each for each, step in steps if step is not None and step % count == index]


def _is_used(case: Case, index: int) -> bool:
    """Whether a later step is about the object that a step keeps."""
    step = case.steps[index]
    kept = step.keep if isinstance(step, CallStep) else None
    later = (each for each in case.steps[index + 1 :] if isinstance(each, CallStep))
    return kept is not None and any(each.on == kept for each in later)


def _sent(case: Case, seen: Observation, index: int) -> bool:
    """Whether a step sent a request, or is one that sends none."""
    step = case.steps[index]
    sends = isinstance(step, CallStep) and step.sends
    return not sends or any(request.step == index for request in seen.requests)
