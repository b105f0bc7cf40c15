"""Values are checked against the schemas, and every problem is described in words."""

from __future__ import annotations

from collections.abc import Iterator
import json
from typing import Any

from jsonschema import Draft202012Validator
import pytest
from referencing import Registry, Resource

from conform.core import paths
from conform.schemas.catalog import Catalog
from conform.schemas.source import SchemaSource
from conform.schemas.validation import Validator

SESSION = {"id": "abc", "language": "en", "read_only": True, "sftp_insecure_ciphers": False}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


@pytest.fixture(scope="module")
def compact(catalog: Catalog) -> Validator:
    return Validator(catalog.schema("compact"))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"id": 1}, "/id is an integer where string is documented"),
        ({"id": 1.5}, "/id is a decimal number where string is documented"),
        ({"id": ["x"]}, "/id is an array where string is documented"),
        ({"id": {"x": 1}}, "/id is an object where string is documented"),
        ({"read_only": 1}, "/read_only is an integer where boolean is documented"),
        ({"read_only": "true"}, "/read_only is a string where boolean is documented"),
        ({"language": None}, "/language is null where string is documented"),
        ({"language": True}, "/language is a boolean where string is documented"),
    ],
)
def test_a_value_of_another_type_is_a_problem(
    compact: Validator, change: dict[str, object], problem: str
) -> None:
    assert [str(each) for each in compact.value(SESSION | change)] == [problem]


def test_a_missing_member_is_named_with_its_type(compact: Validator) -> None:
    [problem] = compact.value({name: SESSION[name] for name in SESSION if name != "id"})
    assert (problem.pointer, problem.what, problem.documented) == ("/id", "is missing", "string")


def test_objects_are_open(compact: Validator) -> None:
    assert compact.value(SESSION | {"more": 1}) == ()


def test_a_value_that_is_not_an_object_is_a_problem(compact: Validator) -> None:
    assert [str(each) for each in compact.value([])] == [
        "the body is an array where object is documented"
    ]


@pytest.mark.parametrize(
    ("number", "accepted"),
    [
        ("9223372036854775807", True),
        ("-9223372036854775808", True),
        ("9223372036854775808", False),
        ("-9223372036854775809", False),
        ("1.0", False),
        ("1e2", False),
        ("true", False),
        ("null", False),
        ('"1"', False),
    ],
)
def test_int64_has_both_bounds_and_accepts_only_integers(
    catalog: Catalog, number: str, *, accepted: bool
) -> None:
    example = catalog.variant("string-id").facts.example | {"site_id": json.loads(number)}
    problems = Validator(catalog.schema("string-id")).value(example)
    assert (problems == ()) is accepted
    assert {problem.pointer for problem in problems} <= {"/site_id"}


def test_null_is_accepted_only_if_the_page_says_so(catalog: Catalog) -> None:
    for variant, accepted in (("nullable-integers", True), ("string-id-ciphers", False)):
        example = catalog.variant(variant).facts.example | {"site_id": None}
        assert (Validator(catalog.schema(variant)).value(example) == ()) is accepted


def test_requests_are_closed_and_name_what_is_not_documented(catalog: Catalog) -> None:
    validator = Validator(catalog.request_schema("integer-id", "forgot_reset"))
    assert validator.value({"code": "a", "password": "b"}) == ()
    problems = validator.value({"code": 1, "extra": True})
    assert [str(each) for each in problems] == [
        "/code is an integer where string is documented",
        "/extra is not documented",
        "/password is missing",
    ]


@pytest.fixture(scope="module")
def reconciled() -> Any:
    """The committed schema of any variant, as any validator of JSON Schema reads it."""
    schemas = {
        path.name: json.loads(path.read_text())
        for path in (paths.schemas() / "session").glob("*.json")
        if path.name not in {"names.json", "operations.json"}
    }
    registry = Registry().with_resources(
        (name, Resource.from_contents(schema)) for name, schema in schemas.items()
    )
    return Draft202012Validator(schemas["reconciled.json"], registry=registry)


def conforming() -> Iterator[dict[str, Any]]:
    """The examples of all pages that conform to the schema of their own variant."""
    catalog = Catalog.load()
    for name, (_, pages) in SchemaSource.load().variants().items():
        validator = Validator(catalog.schema(name))
        yield from (page.example for page in pages if validator.value(page.example) == ())


def test_the_reconciled_schema_accepts_every_object_that_a_variant_accepts(reconciled: Any) -> None:
    examples = list(conforming())
    assert len(examples) > 20
    assert all(reconciled.is_valid(example) for example in examples)


def test_the_reconciled_schema_refuses_an_object_that_no_variant_accepts(reconciled: Any) -> None:
    assert not reconciled.is_valid(SESSION | {"language": 7})


def test_the_branches_of_the_reconciled_schema_name_every_variant_once(
    catalog: Catalog, reconciled: Any
) -> None:
    named = [name for branch in reconciled.schema["anyOf"] for name in branch["x-variants"]]
    assert sorted(named) == sorted(catalog.variants)
