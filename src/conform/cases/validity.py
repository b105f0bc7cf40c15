"""Finds what is impossible in a written case: no target could pass it, or it means nothing."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import InvalidVersion, Version

from conform.cases import premises
from conform.cases.expectations import (
    Contacts,
    Expectation,
    Exposes,
    Hides,
    Lacks,
    Matches,
    Sent,
    Settles,
)
from conform.cases.model import CallStep, Case, ConfigureStep, Needs
from conform.cases.replies import Closed, ContractServer, Script
from conform.core.yamlfile import KeyPath


def problems(case: Case) -> Iterator[tuple[KeyPath, str]]:
    """Every problem of a written case, as a sentence without its full stop, with its place."""
    if case.id.split("/")[1] != case.suite:
        yield ("id",), f"the id does not name the suite {case.suite}"
    yield from _versions(case)
    if case.source.kind == "list":
        yield ("source",), "a list of known failures cannot be the source of a case"
    yield from _needs(case.needs)
    if isinstance(case.server, ContractServer):
        yield ("server",), "only a generated case can use the contract of a page"
    if not case.expect:
        yield ("expect",), "there is no expectation"
    if case.accommodation and not case.stage.unaided:
        yield ("stage",), "a case about an accommodation is run unaided"
    yield from _steps(case)
    for problem in premises.never_met(case):
        yield ("expect",), problem
    for index, expected in enumerate(case.expect):
        for problem in _never_met(case, expected):
            yield ("expect", index), problem


def _needs(needs: Needs) -> Iterator[tuple[KeyPath, str]]:
    if needs.parameter and not needs.operation:
        yield ("needs",), "a parameter belongs to an operation, and no operation is named"
    if needs.type and not needs.attribute:
        yield ("needs",), "a type belongs to an attribute, and no attribute is named"


def _versions(case: Case) -> Iterator[tuple[KeyPath, str]]:
    since, changed = _version(case.since), _version(case.changed or case.since)
    if since is None:
        yield ("since",), f"{case.since} is not a valid version"
    elif changed is None:
        yield ("changed",), f"{case.changed} is not a valid version"
    elif changed < since:
        yield ("changed",), f"{case.changed} is before {case.since}, which added the case"


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _steps(case: Case) -> Iterator[tuple[KeyPath, str]]:
    if not case.steps:
        yield ("steps",), "there is no step"
    kept: set[str] = set()
    for index, step in enumerate(case.steps):
        for handle, place in step.uses.items():
            if handle not in kept:
                yield ("steps", index, *place), f"no earlier step keeps an object under {handle!r}"
        if isinstance(step, CallStep) and step.keep:
            kept.add(step.keep)


def _never_met(case: Case, expected: Expectation) -> Iterator[str]:
    """The reasons why an expectation can never be met."""
    match expected:
        case Hides(places=places) if "elsewhere" in places:
            has_other = isinstance(case.server, Script) and case.server.elsewhere
            if not (has_other or case.needs.network):
                yield "the server has no other origin"
        case Contacts() if not case.needs.network:
            yield "contacts can be observed only in a case that needs the network"
        case Matches():
            yield "there is no Pact server"
        case Sent() if isinstance(case.server, Closed) and not case.server.replies:
            yield "no request arrives, because the server is closed"
    number = getattr(expected, "step", None)
    if number is None:
        return
    if not -len(case.steps) <= number < len(case.steps):
        yield f"there is no step {number}"
        return
    step = case.steps[number]
    if isinstance(step, ConfigureStep):
        yield "a step that changes settings does not return a value and does not raise an error"
    elif isinstance(expected, Exposes | Lacks | Settles) and expected.attribute not in step.read:
        yield f"the step does not read {expected.attribute}"
