"""A written case applies where page, README and adapter have what it needs, and says why not."""

from __future__ import annotations

from packaging.version import Version
import pytest

from conform.cases.applicability import ANYONE, Subject, missing
from conform.cases.model import Case, Inapplicable, Needs
from conform.cases.plan import every_variant, plan
from conform.schemas.catalog import Catalog
from conform.schemas.readmes import Readmes, Statement

FACT = "class not-found/folder-not-found"
"""Named by the READMEs of Python from 1.4.113 until before 1.6.45."""


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


@pytest.mark.parametrize(
    ("release", "named"),
    [("1.4.112", False), ("1.4.113", True), ("1.6.44", True), ("1.6.45", False), (None, False)],
)
def test_a_readme_states_a_fact_from_a_release_until_another(
    release: str | None, *, named: bool
) -> None:
    readmes = Readmes.load()
    assert readmes.state(FACT, "python", Version(release) if release else None) is named
    assert not readmes.state(FACT, "go", None)


def test_the_newest_readme_counts_where_no_release_is_known() -> None:
    statement = Statement(facts=("a",), since={"python": "1.0.0"})
    assert Readmes((statement,)).state("a", "python", None)


@pytest.mark.parametrize(
    ("needs", "subject", "reason"),
    [
        (Needs(), ANYONE, None),
        (Needs(operation="session.create", parameter="otp"), ANYONE, None),
        (
            Needs(operation="session.create", parameter="colour"),
            ANYONE,
            "There is no parameter colour of operation session.create on the page.",
        ),
        (Needs(operation="session.paint"), ANYONE, "There is no operation session.paint on"),
        (Needs(attribute="colour"), ANYONE, "There is no attribute colour on the page."),
        (Needs(attribute="id", type="string"), ANYONE, None),
        (Needs(attribute="id", type="int64"), ANYONE, "no attribute id of type int64 on the page."),
        (Needs(readme="setting attempts"), Subject(sdk="go"), "The README of go says nothing of"),
        (Needs(readme="setting attempts"), ANYONE, None),
        (Needs(capability="ca_file"), Subject(capabilities=frozenset()), "no capability ca_file"),
        (Needs(capability="ca_file"), Subject(capabilities=frozenset({"ca_file"})), None),
        (Needs(capability="ca_file"), ANYONE, None),
    ],
)
def test_what_a_case_needs_is_there_or_named(
    catalog: Catalog, needs: Needs, subject: Subject, reason: str | None
) -> None:
    pages = [catalog.held("python", Version("1.0.17")).facts]
    found = missing(needs, subject, pages, Readmes.load(), "the page")
    assert found is None if reason is None else reason in (found or "")


def test_a_class_that_no_readme_names_yet_is_not_applicable(catalog: Catalog) -> None:
    held = catalog.held("python", Version("1.0.17"))
    subject = Subject(sdk="python", release=Version("1.0.17"))
    planned = plan(catalog, (held,), held_to="its page", subject=subject)
    classes = [each for each in planned if each.id.endswith("/class")]
    assert classes
    assert all(isinstance(each, Inapplicable) for each in classes)
    assert {each.id for each in planned} == {
        each.id for each in plan(catalog, every_variant(catalog), held_to="any page")
    }


def test_everything_from_readmes_applies_to_the_control(catalog: Catalog) -> None:
    planned = plan(catalog, every_variant(catalog), held_to="any page")
    assert all(isinstance(each, Case) for each in planned if each.suite in {"errors", "faults"})
