"""Cases of parameters, samples and variants follow from pages; the reference client passes them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from packaging.version import Version
import pytest

from conform.cases.expectations import Carries, Guards, Refuses, Sound
from conform.cases.generators.parameters import parameter_cases
from conform.cases.generators.samples import sample_cases
from conform.cases.generators.variants import variant_cases
from conform.cases.model import CallStep, Case, Inapplicable, Planned, RunStep
from conform.core.values import Absent, String, to_json
from conform.documents import reader
from conform.documents.at_hand import PageAtHand
from conform.engine.worker import Worker
from conform.schemas.catalog import Catalog, ReferencePage
from conform.verdicts import NotApplicable, Pass


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


def page_of(catalog: Catalog, release: str) -> ReferencePage:
    return catalog.page_of("python", Version(release))


def parameters(page: ReferencePage, catalog: Catalog) -> dict[str, Case]:
    return {case.id: case for case in parameter_cases(page, catalog)}


def test_every_documented_parameter_has_values_of_its_type_and_others(catalog: Catalog) -> None:
    page = page_of(catalog, "1.6.415")
    cases = parameters(page, catalog)
    for operation in page.facts.operations:
        for parameter in operation.parameters:
            of = f"session.{operation.name}/parameters/{parameter.name}"
            names = {each.removeprefix(f"{of}/") for each in cases if each.startswith(f"{of}/")}
            assert {"null", "wrong-type", "once"} <= names, of
            assert ("missing" in names) == parameter.required, of
            expected = {"string": "string-unicode", "boolean": "boolean-false"}[
                parameter.type or ""
            ]
            assert expected in names, of


def test_a_value_is_expected_where_its_parameter_is_sent(catalog: Catalog) -> None:
    cases = {
        **parameters(page_of(catalog, "1.6.415"), catalog),
        **parameters(page_of(catalog, "1.0.17"), catalog),
    }
    places = {
        "session.create/parameters/otp/string-unicode": "body",
        "session.pairing_key/parameters/key/string-unicode": "path",
        "session.delete/parameters/format/string-unicode": "query",
    }
    for name, place in places.items():
        (carried,) = [each for each in cases[name].expect if isinstance(each, Carries)]
        assert carried.place == place
        call = cases[name].steps[-1]
        assert isinstance(call, CallStep)
        assert call.parameters[carried.parameter] == carried.value


def test_a_text_in_a_url_is_not_longer_than_a_url_may_be(catalog: Catalog) -> None:
    cases = parameters(page_of(catalog, "1.6.415"), catalog)
    lengths = {}
    for name in ("create/parameters/otp", "pairing_key/parameters/key"):
        call = cases[f"session.{name}/string-long"].steps[-1]
        assert isinstance(call, CallStep)
        value = call.parameters[name.rpartition("/")[2]]
        assert isinstance(value, String)
        lengths[name] = len(value.text)
    assert lengths == {"create/parameters/otp": 65_536, "pairing_key/parameters/key": 4_096}


def test_a_missing_positional_argument_may_be_refused_by_the_language(
    catalog: Catalog,
) -> None:
    cases = parameters(page_of(catalog, "1.6.415"), catalog)
    assert cases["session.pairing_key/parameters/key/missing"].expect == (Refuses(own=False),)
    assert cases["session.oauth/parameters/provider/missing"].expect == (Refuses(own=True),)


def test_null_may_be_left_out_only_if_the_parameter_is_not_required(catalog: Catalog) -> None:
    cases = parameters(page_of(catalog, "1.6.415"), catalog)
    (optional,) = cases["session.create/parameters/otp/null"].expect
    (required,) = cases["session.oauth/parameters/provider/null"].expect
    assert isinstance(optional, Guards)
    assert isinstance(required, Guards)
    assert any(isinstance(each, Absent) for each in optional.tolerated)
    assert required.tolerated == ()


PAGE = """# Session

* `id` (string): Session ID

## Create user session (log in)

```
{create}
```

### Parameters

* `username` (string): Username to sign in as

## Delete user session (log out)

```
{delete}
```
"""


def printed(
    catalog: Catalog, create: str, delete: str, *, sdk: str = "python"
) -> dict[str, Planned]:
    page = reader.parse(PAGE.format(create=create, delete=delete), "docs/session.md")
    known = catalog.at_hand(PageAtHand.of(page, sdk), "9.9.9")
    return {case.id: case for case in sample_cases(known, catalog, {"run"})}


def test_a_sample_is_run_as_printed_and_its_arguments_are_passed(catalog: Catalog) -> None:
    code = 'files_sdk.session.create({\n  "username": "u",\n})'
    cases = printed(catalog, code, "files_sdk.session.delete()")
    case = cases["session.create/samples/printed-1"]
    assert isinstance(case, Case)
    assert case.steps == (RunStep(code=f"{code}\n"),)
    assert case.blame == "page"
    passed = cases["session.create/samples/arguments-1"]
    assert isinstance(passed, Case)
    (call,) = passed.steps
    assert isinstance(call, CallStep)
    assert {name: to_json(value) for name, value in call.parameters.items()} == {"username": "u"}
    assert {type(each) for each in case.expect} == {type(each) for each in passed.expect}


@pytest.mark.parametrize(
    ("sdk", "code", "problem"),
    [
        ("python", 'files_sdk.session.create({"username": "u"', "no call can be read from it"),
        ("javascript", "await Session.create", "it names create and does not call it"),
        ("php", "$s->create(, ['username' => 'u']);", "it cannot be parsed"),
    ],
)
def test_a_sample_that_cannot_work_is_a_finding_on_the_page(
    catalog: Catalog, sdk: str, code: str, problem: str
) -> None:
    cases = printed(catalog, code, "delete", sdk=sdk)
    found = [
        expected.problem
        for case in cases.values()
        if isinstance(case, Case) and case.blame == "page" and not case.steps
        for expected in case.expect
        if isinstance(expected, Sound)
    ]
    assert any(each.startswith(problem) for each in found)


def test_a_sample_that_cannot_be_run_gives_the_reason(catalog: Catalog) -> None:
    signature = "Task<Session> Session.Create(\n    Dictionary<string, object> parameters = null\n)"
    declared = printed(catalog, signature, "x", sdk="dotnet")["session.create/samples/printed-1"]
    assert isinstance(declared, Inapplicable)
    assert declared.reason == "The sample declares the operation and does not call it."
    page = page_of(catalog, "1.0.17")
    (case, *_) = [each for each in sample_cases(page, catalog, {"run"}) if "printed" in each.id]
    assert isinstance(case, Inapplicable)
    assert case.reason == "The target comes without a page that has the code."


def test_an_adapter_without_the_capability_gets_no_code(catalog: Catalog) -> None:
    page = reader.parse(
        PAGE.format(create="files_sdk.session.create({})", delete="x"), "session.md"
    )
    cases = sample_cases(catalog.at_hand(PageAtHand.of(page, "python"), "9.9.9"), catalog, ())
    (case,) = [each for each in cases if each.id == "session.create/samples/printed-1"]
    assert isinstance(case, Inapplicable)
    assert case.reason == "The adapter cannot run code."


def test_a_page_that_contradicts_itself_is_to_blame(catalog: Catalog) -> None:
    page = page_of(catalog, "1.0.17")
    cases = {case.id: case for case in sample_cases(page, catalog, ()) if isinstance(case, Case)}
    assert cases["session.delete/samples/arguments-1"].blame == "page"
    assert cases["session.create/samples/arguments-1"].blame == "sdk"


def test_every_other_variant_has_one_case_and_one_for_each_retyped_attribute(
    catalog: Catalog,
) -> None:
    page = page_of(catalog, "1.0.17")
    names = {
        case.id.removeprefix("session.create/variants/") for case in variant_cases(page, catalog)
    }
    shared = {name.removesuffix("/shared") for name in names if name.endswith("/shared")}
    assert shared == set(catalog.variants) - {page.variant}
    assert "integer-id/id" in names
    assert "compact/id" not in names
    assert "unknown-attributes" in names


def test_ids_are_unique_on_a_page(catalog: Catalog) -> None:
    for page in catalog.newest_pages():
        cases = (
            *parameter_cases(page, catalog),
            *sample_cases(page, catalog, {"run"}),
            *variant_cases(page, catalog),
        )
        twice = [name for name, count in Counter(case.id for case in cases).items() if count > 1]
        assert twice == []


def test_the_reference_client_passes(tmp_path: Path) -> None:
    with Worker("http", tmp_path / "results.jsonl") as worker:
        worker.prepare()
        every = [
            *worker.planned("parameters")[::7],
            *worker.planned("samples"),
            *worker.planned("variants"),
            *worker.planned("lifecycle"),
        ]
        verdicts = {case.id: worker.check(case) for case in every}
    # The reference client runs no code, and has no README of its own.
    failed = {name: each for name, each in verdicts.items() if not isinstance(each, Pass)}
    assert all(isinstance(each, NotApplicable) for each in failed.values()), failed
    assert {name.rpartition("/")[2].partition("-")[0] for name in failed} == {"printed", "readme"}
