"""Plans what is run for a target: one set of cases for all, each applicable or not.

All pages together make the set, with the READMEs and the written cases, in an order that does not
depend on the target. A target runs the cases that its own documentation needs; every other one is
not applicable to it, and says why.
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
    sample_cases,
    variant_cases,
)
from conform.cases.model import Inapplicable, Planned
from conform.cases.written import written_cases
from conform.core.identity import Identity, Source
from conform.core.text import capitalised
from conform.schemas.catalog import Catalog, ReferencePage
from conform.schemas.readmes import Readmes

_SINCE: Final = "0.1.0"


def plan(catalog: Catalog, documentation: Documentation) -> tuple[Planned, ...]:
    """The whole set of cases for one target, by suite and id.

    Where two pages of the documentation have a case, the first page counts. What others document is
    a convention for an SDK that does not document itself.

    Args:
        catalog: all pages there are, and the endpoints.
        documentation: what the target is checked against.

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
        each.id: applicable.get(each.id) or Inapplicable.of(each, _nowhere(each, documentation))
        for each in universe.values()
    }
    readmes = Readmes.load()
    for case in (*error_cases(readmes), *written_cases()):
        reason = missing(case.needs, documentation, readmes)
        planned[case.id] = Inapplicable.of(case, capitalised(reason)) if reason else case
    in_order = sorted(planned.values(), key=lambda case: (case.suite, case.id))
    return tuple(in_order if documentation.is_own else map(_as_convention, in_order))


def cases_of(
    page: ReferencePage, catalog: Catalog, capabilities: Collection[str]
) -> Iterator[Planned]:
    """The cases that one page needs.

    Args:
        page: the page.
        catalog: where the endpoints and the schemas are.
        capabilities: what the target's adapter can do beside calling.
    """
    yield from contract_cases(page, catalog)
    yield from field_cases(page.facts)
    yield from parameter_cases(page, catalog)
    yield from sample_cases(page, catalog, capabilities)
    yield from variant_cases(page, catalog)
    yield from map(_without_address, page.without_endpoint)


def _without_address(operation: str) -> Inapplicable:
    return Inapplicable(
        id=f"{operation}/contract/documented",
        suite="contract",
        title=f"{operation} sends what is documented and takes what is answered",
        level="documented",
        source=Source(kind="page", reference=f"operation {operation}"),
        since=_SINCE,
        reason=f"No page says where {operation} is sent, and schemas/ does not know it.",
    )


def _nowhere(case: Identity, documentation: Documentation) -> str:
    if case.source.kind == "page":
        return f"{capitalised(documentation.name)} does not document the {case.source}."
    return f"{capitalised(documentation.name)} documents nothing that needs this case."


def _as_convention(case: Planned) -> Planned:
    is_documented = case.level == "documented" and case.source.kind == "page"
    return replace(case, level="convention") if is_documented else case
