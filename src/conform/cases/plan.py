"""Plans the cases of a target: the same set for every target, each case applicable or not.

The set comes from all known pages, the READMEs and the written cases. Its order does not depend on
the target. A target runs the cases that its own documentation needs. Every other case is not
applicable to the target, and gives the reason.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from msgspec.structs import replace

from conform.cases.applicability import missing
from conform.cases.documentation import Documentation
from conform.cases.generators import (
    contract_cases,
    error_cases,
    field_cases,
    parameter_cases,
    readme_cases,
    sample_cases,
    variant_cases,
)
from conform.cases.model import Case, Inapplicable, Planned
from conform.cases.written import written_cases
from conform.core.identity import Identity, Source
from conform.core.text import capitalised
from conform.schemas.catalog import Catalog, ReferencePage
from conform.schemas.readmes import Readmes

_SINCE: Final = "0.1.0"


def plan(catalog: Catalog, documentation: Documentation) -> tuple[Planned, ...]:
    """The whole set of cases for one target, sorted by suite and id.

    If two pages of the documentation have the same case, the first page counts. If an SDK has no
    documentation of its own, the cases of its pages are conventions.

    Args:
        catalog: all known pages, and the endpoints.
        documentation: the documentation that the target is checked against.

    Raises:
        UsageError: a written case is not valid.
    """
    applicable: dict[str, Planned] = {}
    capabilities = documentation.capabilities or ()
    for page in documentation.pages:
        for case in cases_of(page, catalog, capabilities):
            applicable.setdefault(case.id, case)
    universe = dict(applicable)
    for page in catalog.newest_pages():
        for case in cases_of(page, catalog, capabilities):
            universe.setdefault(case.id, case)
    planned: dict[str, Planned] = {
        each.id: applicable.get(each.id) or Inapplicable.of(each, _not_needed(each, documentation))
        for each in universe.values()
    }
    readmes = Readmes.load()
    for case in (*error_cases(readmes), *written_cases()):
        reason = missing(case.needs, documentation, readmes)
        known = _as_announced(case, documentation, readmes)
        planned[case.id] = Inapplicable.of(case, capitalised(reason)) if reason else known
    planned |= {each.id: each for each in readme_cases(readmes, documentation)}
    in_order = sorted(planned.values(), key=lambda case: (case.suite, case.id))
    return tuple(in_order if documentation.is_own else map(_as_convention, in_order))


def cases_of(
    page: ReferencePage, catalog: Catalog, capabilities: Collection[str]
) -> Iterator[Planned]:
    """The cases of one page.

    Args:
        page: the page.
        catalog: the endpoints and the schemas.
        capabilities: what the adapter of the target can do in addition to calls.
    """
    yield from contract_cases(page, catalog)
    yield from field_cases(page.facts)
    yield from parameter_cases(page, catalog)
    yield from sample_cases(page, catalog, capabilities)
    yield from variant_cases(page, catalog)
    yield from map(_without_endpoint, page.without_endpoint)


def _without_endpoint(operation: str) -> Inapplicable:
    return Inapplicable(
        id=f"{operation}/contract/documented",
        suite="contract",
        title=f"{operation} sends the documented request and accepts the documented response",
        level="documented",
        source=Source(kind="page", reference=f"operation {operation}"),
        since=_SINCE,
        reason=f"No page and no file in schemas/ gives the endpoint of {operation}.",
    )


def _not_needed(case: Identity, documentation: Documentation) -> str:
    if case.source.kind == "page":
        return f"{capitalised(documentation.name)} does not document the {case.source}."
    if case.suite == "fields":
        attribute = case.id.split("/")[2]
        return f"{capitalised(documentation.name)} does not document the attribute {attribute}."
    return f"{capitalised(documentation.name)} documents nothing that needs this case."


def _as_announced(case: Case, documentation: Documentation, readmes: Readmes) -> Case:
    """The case as a convention, if the README of the target announces what it would fail for."""
    sdk, told = documentation.sdk, case.announced
    if told is None or sdk is None or not readmes.state(told.readme, sdk, documentation.release):
        return case
    source = Source(kind="readme", reference=told.reference)
    return replace(case, level="convention", source=source)


def _as_convention(case: Planned) -> Planned:
    is_documented = case.level == "documented" and case.source.kind == "page"
    return replace(case, level="convention") if is_documented else case
