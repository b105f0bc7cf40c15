"""Contracts are generated from the schemas, and hold what the pages say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from conform.contracts import files, pacts
from conform.contracts.rules import matching_rules
from conform.core import paths
from conform.core.errors import DriftError
from conform.schemas.catalog import Catalog

STRING, INTEGER, BOOLEAN = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


def test_the_committed_contracts_are_the_generated_ones(catalog: Catalog) -> None:
    assert files.check(catalog, paths.contracts()) == len(catalog.held_pages())


def test_every_sdk_and_variant_has_a_contract(catalog: Catalog) -> None:
    wanted = {f"{held.facts.sdk}-{held.variant}.json" for held in catalog.held_pages()}
    assert set(files.build(catalog)) == wanted


def test_drift_is_named_with_what_to_do(catalog: Catalog, tmp_path: Path) -> None:
    files.write(catalog, tmp_path)
    (tmp_path / "python-compact.json").write_text("{}")
    (tmp_path / "stale.json").write_text("{}")
    with pytest.raises(DriftError, match=r"(?s)python-compact.json, stale.json.*contracts build"):
        files.check(catalog, tmp_path)


def test_writing_mends_drift_and_says_what_changed(catalog: Catalog, tmp_path: Path) -> None:
    files.write(catalog, tmp_path)
    (tmp_path / "python-compact.json").write_text("{}")
    (tmp_path / "stale.json").write_text("{}")
    assert files.write(catalog, tmp_path) == ("python-compact.json", "stale.json")
    assert files.write(catalog, tmp_path) == ()


def test_credentials_come_from_the_provider_state() -> None:
    contract = json.loads((paths.contracts() / "python-string-id.json").read_text())
    by_name = {each["description"]: each for each in contract["interactions"]}
    created, deleted = by_name["session.create/documented"], by_name["session.delete/documented"]
    assert created["providerStates"][0]["params"]["username"] == "motor"
    assert created["request"]["generators"]["body"]["$.username"]["expression"] == "${username}"
    generator = deleted["request"]["generators"]["header"]["X-FilesAPI-Auth"]
    assert generator["expression"] == "${session_id}"


@pytest.mark.parametrize("sdk_variant", ["python-compact", "ruby-integer-id", "dotnet-compact"])
def test_a_served_interaction_takes_what_it_documents(catalog: Catalog, sdk_variant: str) -> None:
    held = next(h for h in catalog.held_pages() if f"{h.facts.sdk}-{h.variant}" == sdk_variant)
    body = {"username": "somebody", "password": "else", "otp": "1"}
    with pacts.served(held, catalog, "session.create/documented") as served:
        url = f"http://{served.host}:{served.port}/api/rest/v1/sessions"
        response = requests.post(url, json=body, timeout=5)
    assert response.status_code == 201
    assert served.mismatches == ()
    assert catalog.validator(held.variant).body(response.content) == ()


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
def test_a_served_interaction_finds_what_breaks_it(
    catalog: Catalog, method: str, path: str, body: dict[str, Any], kind: str
) -> None:
    held = catalog.held("python", None)
    with pacts.served(held, catalog, "session.create/documented") as served:
        url = f"http://{served.host}:{served.port}{path}"
        requests.request(method, url, json=body, timeout=5)
        assert any(each.kind.startswith(kind) for each in served.mismatches)


def test_an_interaction_that_nobody_asked_for_is_a_mismatch(catalog: Catalog) -> None:
    with pacts.served(catalog.held("python", None), catalog, "session.delete/documented") as served:
        assert [each.kind for each in served.mismatches] == ["MissingRequest"]


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
def test_a_schema_becomes_the_matchers_that_hold_it(
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
