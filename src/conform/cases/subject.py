"""Says whether what a case needs is there: on the pages, in the README, in the adapter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct
from packaging.version import Version  # noqa: TC002 - msgspec reads annotations at run time

from conform.cases.model import Needs
from conform.documents import types
from conform.documents.facts import Attribute, Facts
from conform.documents.types import Scalar
from conform.schemas.readmes import Readmes


class Subject(Struct, frozen=True, kw_only=True):
    """Who the cases are for, beside the pages it is held to."""

    sdk: str | None = None
    """Whose README counts; nobody's where the subject is to do what any README says."""
    release: Version | None = None
    capabilities: frozenset[str] | None = None
    """Of its adapter; unknown before it runs."""


ANYONE: Final = Subject()


def missing(
    needs: Needs, subject: Subject, pages: Sequence[Facts], readmes: Readmes, held_to: str
) -> str | None:
    """Why a case does not apply, as a sentence; nothing where it does."""
    if not any(_documents(page, needs) for page in pages):
        wanted = " and ".join(_wanted(needs))
        return f"There is no {wanted} on {held_to}."
    if (
        needs.readme is not None
        and subject.sdk is not None
        and not readmes.state(needs.readme, subject.sdk, subject.release)
    ):
        whose = f"{subject.sdk} {subject.release}" if subject.release else subject.sdk
        return f"The README of {whose} says nothing of the {needs.readme}."
    if (
        needs.capability is not None
        and subject.capabilities is not None
        and needs.capability not in subject.capabilities
    ):
        return f"The adapter has no capability {needs.capability}."
    return None


def _documents(page: Facts, needs: Needs) -> bool:
    if needs.attribute and not any(_fits(each, needs) for each in page.attributes):
        return False
    if needs.operation is None:
        return True
    resource, _, name = needs.operation.partition(".")
    found = [each for each in page.operations if page.resource == resource and each.name == name]
    parameters = {parameter.name for each in found for parameter in each.parameters}
    return bool(found) and (needs.parameter is None or needs.parameter in parameters)


def _fits(attribute: Attribute, needs: Needs) -> bool:
    documented = types.parse(attribute.type)
    kind = documented.kind if isinstance(documented, Scalar) else None
    return attribute.name == needs.attribute and needs.type in {None, kind}


def _wanted(needs: Needs) -> Iterator[str]:
    if needs.attribute:
        of_type = f" of type {needs.type}" if needs.type else ""
        yield f"attribute {needs.attribute}{of_type}"
    if needs.operation:
        of = f"parameter {needs.parameter} of " if needs.parameter else ""
        yield f"{of}operation {needs.operation}"
