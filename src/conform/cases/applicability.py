"""Says whether a target has what a case needs: on its pages, in its README, in its adapter."""

from __future__ import annotations

from collections.abc import Iterator

from conform.cases.documentation import Documentation
from conform.cases.model import Needs
from conform.documents import types
from conform.documents.facts import Attribute, Facts
from conform.documents.types import Scalar
from conform.schemas.readmes import Readmes


def missing(needs: Needs, documentation: Documentation, readmes: Readmes) -> str | None:
    """The reason why a case does not apply, as a sentence; None if it applies."""
    if not any(_documents(page.facts, needs) for page in documentation.pages):
        wanted = " and ".join(_words(needs))
        return f"{documentation.name} does not document the {wanted}."
    sdk, release = documentation.sdk, documentation.release
    if needs.readme and sdk and not readmes.state(needs.readme, sdk, release):
        whose = f"{sdk} {release}" if release else sdk
        return f"The README of {whose} does not document the {needs.readme}."
    if needs.network and documentation.network_problem:
        return documentation.network_problem
    capabilities = documentation.capabilities
    if needs.capability and capabilities is not None and needs.capability not in capabilities:
        return f"The adapter does not have the capability {needs.capability}."
    return None


def _documents(page: Facts, needs: Needs) -> bool:
    if needs.attribute and not any(_has_type(each, needs) for each in page.attributes):
        return False
    if needs.operation is None:
        return True
    resource, _, name = needs.operation.partition(".")
    found = [each for each in page.operations if page.resource == resource and each.name == name]
    parameters = {parameter.name for each in found for parameter in each.parameters}
    return bool(found) and (needs.parameter is None or needs.parameter in parameters)


def _has_type(attribute: Attribute, needs: Needs) -> bool:
    documented = types.parse(attribute.type)
    kind = documented.kind if isinstance(documented, Scalar) else None
    return attribute.name == needs.attribute and needs.type in {None, kind}


def _words(needs: Needs) -> Iterator[str]:
    if needs.attribute:
        of_type = f" of type {needs.type}" if needs.type else ""
        yield f"attribute {needs.attribute}{of_type}"
    if needs.operation:
        of = f"parameter {needs.parameter} of the " if needs.parameter else ""
        yield f"{of}operation {needs.operation}"
