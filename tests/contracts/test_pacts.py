"""Contracts are generated from the schemas, and contain what the pages document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from conform.contracts import contract_files, served
from conform.contracts.rules import matching_rules
from conform.core import paths
from conform.core.errors import DriftError
from conform.schemas.catalog import Catalog
from conform.schemas.validation import Validator

STRING, INTEGER, BOOLEAN = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


def test_the_committed_contracts_are_the_generated_ones(catalog: Catalog) -> None:
    assert contract_files(catalog).check() == len(catalog.newest_pages())


def test_every_sdk_and_variant_has_a_contract(catalog: Catalog) -> None:
    pages = {f"{page.facts.sdk}-{page.variant}.json" for page in catalog.newest_pages()}
    assert contract_files(catalog).wanted.keys() == pages


def test_drift_is_named_with_what_to_do(catalog: Catalog, tmp_path: Path) -> None:
    contract_files(catalog, tmp_path).write()
    (tmp_path / "python-compact.json").write_text("{}")
    (tmp_path / "stale.json").write_text("{}")
    with pytest.raises(DriftError, match="2 contracts differ from what the schemas") as drift:
        contract_files(catalog, tmp_path).check()
    assert "python-compact.json, stale.json" in drift.value.why
    assert "conform contracts build" in drift.value.fix
    assert contract_files(catalog, tmp_path).write() == ("python-compact.json", "stale.json")
    assert contract_files(catalog, tmp_path).write() == ()


def test_credentials_come_from_the_provider_state() -> None:
    contract = json.loads((paths.contracts() / "python-string-id.json").read_text())
    by_name = {each["description"]: each for each in contract["interactions"]}
    created, deleted = by_name["session.create/documented"], by_name["session.delete/documented"]
    assert created["providerStates"][0]["params"]["username"] == "motor"
    assert created["request"]["generators"]["body"]["$.username"]["expression"] == "${username}"
    generator = deleted["request"]["generators"]["header"]["X-FilesAPI-Auth"]
    assert generator["expression"] == "${session_id}"


@pytest.mark.parametrize("sdk_variant", ["python-compact", "ruby-integer-id", "dotnet-compact"])
def test_a_served_interaction_accepts_the_documented_request(
    catalog: Catalog, sdk_variant: str
) -> None:
    page = next(p for p in catalog.newest_pages() if f"{p.facts.sdk}-{p.variant}" == sdk_variant)
    body = {"username": "somebody", "password": "else", "otp": "1"}
    with served(page, catalog, "session.create/documented") as server:
        url = f"http://{server.host}:{server.port}/api/rest/v1/sessions"
        response = requests.post(url, json=body, timeout=5)
    assert response.status_code == 201
    assert server.mismatches == ()
    assert Validator(catalog.schema(page.variant)).value(response.json()) == ()


def test_a_served_interaction_accepts_a_form_as_well(catalog: Catalog) -> None:
    body = {"username": "motor", "password": "vroom", "otp": "123456"}
    page = catalog.page_of("python", None)
    with served(page, catalog, "session.create/documented") as server:
        url = f"http://{server.host}:{server.port}/api/rest/v1/sessions"
        assert requests.post(url, data=body, timeout=5).status_code == 201
    assert server.mismatches == ()


@pytest.mark.parametrize(
    ("method", "path", "body", "kind"),
    [
        ("POST", "/api/rest/v1/sessions", {"username": 7, "password": "a", "otp": "1"}, "Body"),
        ("POST", "/api/rest/v1/sessions", {"password": "a", "otp": "1"}, "Body"),
        (
            "POST",
            "/api/rest/v1/sessions",
            {"username": "a", "password": "a", "otp": "1", "x": 1},
            "Body",
        ),
        ("PUT", "/api/rest/v1/sessions", {"username": "a"}, "Request"),
        ("POST", "/api/rest/v1/session", {"username": "a"}, "Request"),
    ],
)
def test_a_served_interaction_reports_any_other_request(
    catalog: Catalog, method: str, path: str, body: dict[str, Any], kind: str
) -> None:
    page = catalog.page_of("python", None)
    with served(page, catalog, "session.create/documented") as server:
        url = f"http://{server.host}:{server.port}{path}"
        requests.request(method, url, json=body, timeout=5)
        assert any(each.kind.startswith(kind) for each in server.mismatches)


@pytest.mark.parametrize("operation", ["create", "delete"])
def test_a_missing_request_is_one_mismatch(catalog: Catalog, operation: str) -> None:
    page = catalog.page_of("python", None)
    with served(page, catalog, f"session.{operation}/documented") as server:
        assert [each.kind for each in server.mismatches] == ["MissingRequest"]


@pytest.mark.parametrize(
    ("schema", "example", "rules"),
    [
        (STRING, "a", [{"match": "type"}]),
        (INTEGER, 1, [{"match": "integer"}]),
        (BOOLEAN, True, [{"match": "type"}]),
        ({"type": ["integer", "null"]}, 1, [{"match": "integer"}, {"match": "null"}]),
        (
            {"type": "string", "pattern": "^a$"},
            "a",
            [{"match": "type"}, {"match": "regex", "regex": "^a$"}],
        ),
    ],
)
def test_a_schema_becomes_matchers(
    schema: dict[str, Any], example: object, rules: list[dict[str, Any]]
) -> None:
    whole = {"type": "object", "properties": {"x": schema}}
    made = matching_rules(whole, {"x": example})
    combine = "OR" if isinstance(schema["type"], list) else "AND"
    assert made == {"$.x": {"combine": combine, "matchers": rules}}


def test_rules_reach_into_objects_and_arrays() -> None:
    inner = {"type": "object", "properties": {"b": STRING}}
    schema = {"type": "object", "properties": {"a": {"type": "array", "items": inner}}}
    made = matching_rules(schema, {"a": [{"b": "x"}]})
    assert set(made) == {"$.a", "$.a[*]", "$.a[*].b"}
    assert made["$.a"]["matchers"] == [{"match": "type", "min": 1}]
