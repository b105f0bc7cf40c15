"""Plans what is run for a target: one set of cases for all, each applicable or not.

All pages together make the set, with the READMEs and what people wrote, in an order that does not
depend on the target. A target runs the cases that its own page and README give reason for; every
other one is not applicable to it, and says why.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from conform.cases.contract import contract_cases
from conform.cases.errors import error_cases
from conform.cases.fields import field_cases
from conform.cases.model import Inapplicable, Planned
from conform.cases.parameters import parameter_cases
from conform.cases.samples import sample_cases
from conform.cases.subject import ANYONE, Subject, missing
from conform.cases.variants import variant_cases
from conform.cases.written import written_cases
from conform.schemas.catalog import Catalog, Held
from conform.schemas.readmes import Readmes


def plan(
    catalog: Catalog,
    held: Iterable[Held],
    *,
    held_to: str,
    subject: Subject = ANYONE,
) -> tuple[Planned, ...]:
    """The whole set of cases as it stands for one target.

    Args:
        catalog: all pages there are, and the endpoints.
        held: the pages the target is held to; where two document a case, the first one counts.
        held_to: how the pages are called in a sentence, such as ``the page of python 1.6.456``.
        subject: whose README counts, and what its adapter can do beside calling.

    Raises:
        UsageError: a written case is none.
    """
    applicable: dict[str, Planned] = {}
    pages, capabilities = tuple(held), subject.capabilities or ()
    for page in pages:
        for case in cases_of(page, catalog, capabilities):
            applicable.setdefault(case.id, case)
    universe = dict(applicable)
    for page in catalog.held_pages():
        for case in cases_of(page, catalog, capabilities):
            universe.setdefault(case.id, case)
    planned: dict[str, Planned] = {
        each.id: applicable.get(each.id) or Inapplicable.of(each, _nowhere(each, held_to))
        for each in universe.values()
    }
    readmes = Readmes.load()
    facts = [page.facts for page in pages]
    for case in (*error_cases(readmes), *written_cases()):
        reason = missing(case.needs, subject, facts, readmes, held_to)
        planned[case.id] = Inapplicable.of(case, reason) if reason else case
    return tuple(sorted(planned.values(), key=lambda case: (case.suite, case.id)))


def every_variant(catalog: Catalog) -> tuple[Held, ...]:
    """A page of each variant, the one with most attributes first: what the control is held to."""
    pages = (catalog.variant(name) for name in catalog.variants)
    return tuple(sorted(pages, key=lambda held: (-len(held.facts.attributes), held.variant)))


def cases_of(held: Held, catalog: Catalog, capabilities: Collection[str]) -> Iterator[Planned]:
    """The cases that one page gives reason for.

    Args:
        held: the page.
        catalog: where the endpoints and the schemas are.
        capabilities: what the target's adapter can do beside calling.
    """
    yield from contract_cases(held, catalog)
    yield from field_cases(held.facts)
    yield from parameter_cases(held, catalog)
    yield from sample_cases(held, catalog, capabilities)
    yield from variant_cases(held, catalog)


def _nowhere(case: Planned, held_to: str) -> str:
    if case.source.kind == "page":
        return f"There is no {case.source} on {held_to}."
    return f"Nothing on {held_to} gives reason for it."
