"""Says what in a case can never be so, whatever a target does."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import InvalidVersion, Version

from conform.cases.expectations import Expectation, Exposes, Hides, Lacks, Matches, Sent, Settles
from conform.cases.model import CallStep, Case, ConfigureStep
from conform.cases.replies import Closed, ContractServer, Script
from conform.core.yamlfile import KeyPath


def problems(case: Case) -> Iterator[tuple[KeyPath, str]]:
    """Everything impossible in a written case, with its place."""
    if case.id.split("/")[1] != case.suite:
        yield ("id",), f"the id names another suite than {case.suite}"
    try:
        Version(case.since)
    except InvalidVersion:
        yield ("since",), f"{case.since} is no version"
    if case.source.kind == "list":
        yield ("source",), "a list of known failures is no source of cases"
    if case.needs.parameter and not case.needs.operation:
        yield ("needs",), "a parameter is one of an operation, and none is named"
    if case.needs.type and not case.needs.attribute:
        yield ("needs",), "a type is one of an attribute, and none is named"
    if isinstance(case.server, ContractServer):
        yield ("server",), "only generated cases know the contract of a page"
    if not case.expect:
        yield ("expect",), "nothing is expected"
    yield from _steps(case)
    for index, expected in enumerate(case.expect):
        for problem in _unseeable(case, expected):
            yield ("expect", index), problem


def _steps(case: Case) -> Iterator[tuple[KeyPath, str]]:
    if not case.steps:
        yield ("steps",), "nothing is done"
    kept: set[str] = set()
    for index, step in enumerate(case.steps):
        if not isinstance(step, CallStep):
            continue
        if step.on is not None and step.on not in kept:
            yield ("steps", index, "on"), f"nothing is kept under {step.on!r} before"
        kept |= {step.keep} if step.keep else set()


def _unseeable(case: Case, expected: Expectation) -> Iterator[str]:
    """Why an expectation can never be met."""
    match expected:
        case Hides(places=places) if "elsewhere" in places:
            if not (isinstance(case.server, Script) and case.server.elsewhere):
                yield "there is no other origin"
        case Matches():
            yield "no Pact server takes part"
        case Sent() if isinstance(case.server, Closed):
            yield "nothing arrives where nobody listens"
    number = getattr(expected, "step", None)
    if number is None:
        return
    if not -len(case.steps) <= number < len(case.steps):
        yield f"there is no step {number}"
        return
    step = case.steps[number]
    if isinstance(step, ConfigureStep):
        yield "a step that makes settings returns and raises nothing"
    elif isinstance(expected, Exposes | Lacks | Settles) and expected.attribute not in step.read:
        yield f"the step does not read {expected.attribute}"
