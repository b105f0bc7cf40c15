"""The cases of printed samples are proved with generated pages."""

from __future__ import annotations

from conform.cases import Case, Documentation, plan
from conform.schemas.catalog import Catalog
from conform.schemas.readmes import Readmes
from conform.selftest import samples


def test_every_documented_sample_is_broken_in_each_way_and_found() -> None:
    catalog = Catalog.load()
    documentation = Documentation.of_every_variant(catalog)
    found = list(samples.broken(documentation.pages, catalog))
    assert not [problem for _, problem in found if problem]
    planned = plan(catalog, documentation)
    sampled = {
        each.id for each in planned if isinstance(each, Case) and "/samples/arguments-" in each.id
    }
    readmes = [case for case, _ in found if case.id.endswith("/samples/readme")]
    assert len(readmes) == sum(len(each.since) for each in Readmes.load().contradictions) > 0
    assert len(found) - len(readmes) == 2 * len(sampled)
