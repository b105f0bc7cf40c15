"""Plans what is run for a target: one set of cases for all, each applicable or not.

All pages together make the set, in an order that does not depend on the target. A target runs the
cases that its own page gives reason for; every other one is not applicable to it, and says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conform.cases.contract import contract_cases
from conform.cases.fields import field_cases
from conform.cases.model import Case, Inapplicable, Planned
from conform.cases.parameters import parameter_cases
from conform.schemas.catalog import Catalog, Held


def plan(catalog: Catalog, held: Iterable[Held], *, held_to: str) -> tuple[Planned, ...]:
    """The whole set of cases as it stands for one target.

    Args:
        catalog: all pages there are, and the endpoints.
        held: the pages the target is held to; where two document a case, the first one counts.
        held_to: how the pages are called in a sentence, such as ``the page of python 1.6.456``.
    """
    applicable: dict[str, Case] = {}
    for page in held:
        for case in _cases(page, catalog):
            applicable.setdefault(case.id, case)
    universe = dict(applicable)
    for page in catalog.held_pages():
        for case in _cases(page, catalog):
            universe.setdefault(case.id, case)
    return tuple(
        applicable.get(case.id) or _inapplicable(case, held_to)
        for case in sorted(universe.values(), key=lambda case: (case.suite, case.id))
    )


def every_variant(catalog: Catalog) -> tuple[Held, ...]:
    """A page of each variant, the one with most attributes first: what the control is held to."""
    pages = (catalog.variant(name) for name in catalog.variants)
    return tuple(sorted(pages, key=lambda held: (-len(held.facts.attributes), held.variant)))


def _cases(held: Held, catalog: Catalog) -> Iterator[Case]:
    yield from contract_cases(held, catalog)
    yield from field_cases(held.facts)
    yield from parameter_cases(held, catalog)


def _inapplicable(case: Case, held_to: str) -> Inapplicable:
    return Inapplicable(
        id=case.id,
        suite=case.suite,
        title=case.title,
        level=case.level,
        source=case.source,
        since=case.since,
        reason=(
            f"There is no {case.source} on {held_to}."
            if case.source.kind == "page"
            else f"Nothing on {held_to} gives reason for it."
        ),
    )
