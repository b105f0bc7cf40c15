"""A case applies if page, README and adapter have what it needs, else it gives the reason."""

from __future__ import annotations

from msgspec.structs import replace
from packaging.version import Version
import pytest

from conform.cases import Case, Documentation, Inapplicable, plan
from conform.cases.applicability import missing
from conform.cases.model import Needs
from conform.cases.written import written_cases
from conform.core import manifest
from conform.core.observations import NOTHING
from conform.schemas.catalog import Catalog
from conform.schemas.readmes import Readmes, Statement
from conform.verdicts import Fail, cause_of, judge

FACT = "class not-found/folder-not-found"
"""In the READMEs of Python from 1.4.113 until before 1.6.45."""
PAGE = "The page of python 1.0.17 does not document the"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


@pytest.fixture(scope="module")
def python(catalog: Catalog) -> Documentation:
    return Documentation.of_release(manifest.named("python").manifest, "1.0.17", catalog)


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


def test_the_newest_readme_counts_if_no_release_is_known() -> None:
    statement = Statement(facts=("a",), since={"python": "1.0.0"})
    assert Readmes((statement,)).state("a", "python", None)


@pytest.mark.parametrize(
    ("needs", "reason"),
    [
        (Needs(), None),
        (Needs(operation="session.create", parameter="otp"), None),
        (
            Needs(operation="session.create", parameter="colour"),
            f"{PAGE} parameter colour of the operation session.create.",
        ),
        (Needs(operation="session.paint"), f"{PAGE} operation session.paint."),
        (Needs(attribute="colour"), f"{PAGE} attribute colour."),
        (Needs(attribute="id", type="string"), None),
        (Needs(attribute="id", type="int64"), f"{PAGE} attribute id of type int64."),
        (
            Needs(attribute="colour", operation="session.paint"),
            f"{PAGE} attribute colour and operation session.paint.",
        ),
    ],
)
def test_a_case_applies_if_the_page_documents_what_it_needs(
    python: Documentation, needs: Needs, reason: str | None
) -> None:
    found = missing(needs, python, Readmes.load())
    assert found is None if reason is None else found == f"{reason[0].lower()}{reason[1:]}"


def test_a_case_applies_if_the_readme_states_what_it_needs(python: Documentation) -> None:
    readmes = Readmes.load()
    class_of_error = Needs(readme=FACT)
    assert missing(class_of_error, python, readmes) == (
        f"The README of python 1.0.17 does not document the {FACT}."
    )
    later = replace(python, release=Version("1.4.113"))
    assert missing(class_of_error, later, readmes) is None
    newest = replace(python, sdk="go", release=None)
    assert missing(class_of_error, newest, readmes) == (
        f"The README of go does not document the {FACT}."
    )
    any_readme = replace(python, sdk=None)
    assert missing(class_of_error, any_readme, readmes) is None


@pytest.mark.parametrize(
    ("capabilities", "reason"),
    [
        (None, None),
        (frozenset({"ca_file"}), None),
        (frozenset({"run"}), "The adapter does not have the capability ca_file."),
    ],
)
def test_a_case_applies_if_the_adapter_has_the_capability_or_is_not_known(
    python: Documentation, capabilities: frozenset[str] | None, reason: str | None
) -> None:
    started = replace(python, capabilities=capabilities)
    assert missing(Needs(capability="ca_file"), started, Readmes.load()) == reason


def test_a_class_that_no_readme_names_yet_is_not_applicable(
    catalog: Catalog, python: Documentation
) -> None:
    planned = plan(catalog, python)
    classes = [each for each in planned if each.id.endswith("/class")]
    assert classes
    assert all(isinstance(each, Inapplicable) for each in classes)
    assert {each.id for each in planned} == {
        each.id for each in plan(catalog, Documentation.of_every_variant(catalog))
    }


def test_everything_from_readmes_applies_to_the_reference_client(catalog: Catalog) -> None:
    planned = plan(catalog, Documentation.of_every_variant(catalog))
    assert all(isinstance(each, Case) for each in planned if each.suite in {"errors", "faults"})


def test_a_target_with_its_own_page_is_checked_against_that_page(
    catalog: Catalog, python: Documentation
) -> None:
    started = replace(python, capabilities=frozenset({"run"}))
    page = catalog.page_of("python", Version("1.6.415"))
    own = started.with_page(page)
    assert (own.name, own.sentence) == (page.name, page.sentence)
    assert (own.sdk, own.release) == (python.sdk, python.release)
    assert own.capabilities == started.capabilities
    assert missing(Needs(operation="session.pairing_key"), python, Readmes.load())
    assert missing(Needs(operation="session.pairing_key"), own, Readmes.load()) is None


def test_cases_of_other_sdks_pages_are_conventions_for_an_sdk_without_pages(
    catalog: Catalog,
) -> None:
    go = manifest.named("go").manifest
    documentation = Documentation.of_release(go, "3.3.308", catalog)
    assert (documentation.variant, documentation.is_own) == (go.pages.variant, False)
    from_pages = [each for each in plan(catalog, documentation) if each.source.kind == "page"]
    assert from_pages
    assert {each.level for each in from_pages} == {"convention"}


@pytest.mark.parametrize(
    ("sdk", "release", "level"),
    [
        ("python", "2.0.4", "convention"),
        ("python", "1.6.456", "security"),
        ("go", "3.3.301", "convention"),
        ("go", "3.3.300", "security"),
    ],
)
def test_what_a_readme_announces_is_a_convention(
    catalog: Catalog, sdk: str, release: str, level: str
) -> None:
    documentation = Documentation.of_release(manifest.named(sdk).manifest, release, catalog)
    planned = {each.id: each for each in plan(catalog, documentation)}
    logged = planned["session.create/security/logs-debug/password-success"]
    assert logged.level == level
    assert (logged.source.kind == "readme") is (level == "convention")


def test_every_announcement_of_a_case_is_a_fact_of_a_readme() -> None:
    told = [each.announced.readme for each in written_cases() if each.announced]
    assert told
    assert set(told) <= set(Readmes.load().facts)


@pytest.mark.parametrize(
    ("sdk", "release", "fails"),
    [
        ("javascript", "1.2.314", True),
        ("javascript", "1.2.103", False),
        ("python", None, False),
        ("http", None, False),
    ],
)
def test_a_readme_that_contradicts_itself_is_a_finding_on_the_page(
    catalog: Catalog, sdk: str, release: str | None, *, fails: bool
) -> None:
    found = manifest.named(sdk).manifest
    documentation = Documentation.of_release(found, release, catalog)
    [case] = (each for each in plan(catalog, documentation) if each.id.endswith("/samples/readme"))
    assert isinstance(case, Case if fails else Inapplicable)
    if isinstance(case, Case):
        verdict = judge(case, NOTHING)
        assert isinstance(verdict, Fail)
        assert verdict.blame == "page"
        assert verdict.reason == (
            "The README contradicts itself: its text calls destroy on the session object, and its "
            "sample calls destroy on the class."
        )
        assert cause_of(verdict, case.suite, NOTHING) == verdict.reason.removesuffix(".")
