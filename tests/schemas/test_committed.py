"""The committed facts, schemas and catalog."""

import json
from pathlib import Path
import shutil

from jsonschema import Draft202012Validator
from packaging.version import Version
import pytest

from conform.core import paths
from conform.core.errors import DriftError, SuiteError, UsageError
from conform.documents.meanings import Meanings, is_unknown
from conform.schemas.build import schema_files, unnamed
from conform.schemas.catalog import Catalog
from conform.schemas.source import SchemaSource

FIVE = {
    "string-id": ("python", "1.0.17"),
    "string-id-ciphers": ("ruby", "1.0.223"),
    "nullable-integers": ("dotnet", "1.0.147"),
    "integer-id": ("ruby", "1.0.3"),
    "compact": ("python", "1.6.456"),
}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return shutil.copytree(paths.schemas(), tmp_path / "schemas")


def test_every_generated_file_is_what_the_facts_generate() -> None:
    assert schema_files().check() > 100


def test_building_twice_gives_the_same_bytes(root: Path) -> None:
    assert schema_files(root).wanted == schema_files(root).wanted
    assert schema_files(root).write() == ()


@pytest.mark.parametrize(
    "name", ["session/compact.json", "catalog.json", "facts/python/1.0.17.json"]
)
def test_a_changed_file_is_drift_that_building_removes(root: Path, name: str) -> None:
    path = root / name
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'": ', b'":  ', 1))
    with pytest.raises(DriftError) as caught:
        schema_files(root).check()
    assert caught.value.what == "1 schema file differs from what the facts generate."
    assert name in caught.value.why
    assert "conform schemas build" in caught.value.fix
    assert schema_files(root).write() == (name,)
    assert path.read_bytes() == whole


def test_missing_and_stale_files_are_drift(root: Path) -> None:
    (root / "session" / "compact.json").unlink()
    (root / "session" / "gone.json").write_text("{}")
    with pytest.raises(DriftError) as caught:
        schema_files(root).check()
    assert "session/compact.json, session/gone.json" in caught.value.why
    schema_files(root).write()
    assert not (root / "session" / "gone.json").exists()


def test_changed_facts_change_what_is_generated(root: Path) -> None:
    path = root / "facts" / "python" / "1.0.17.json"
    path.write_bytes(path.read_bytes().replace(b'"string"', b'"int64"', 1))
    with pytest.raises(DriftError) as caught:
        schema_files(root).check()
    assert "session/unnamed-" in caught.value.why
    schema_files(root).write()
    assert len(unnamed(root)) == 1


def test_facts_that_cannot_be_read_fail_the_suite(root: Path) -> None:
    (root / "facts" / "python" / "1.0.17.json").write_text("{")
    with pytest.raises(SuiteError, match=r"1\.0\.17\.json cannot be read"):
        schema_files(root)


def test_every_schema_is_valid_and_every_variant_is_named(catalog: Catalog) -> None:
    for variant in catalog.variants:
        Draft202012Validator.check_schema(catalog.schema(variant))
        for operation in catalog.variant(variant).facts.operations:
            request = catalog.request_schema(variant, operation.name)
            Draft202012Validator.check_schema(request)
            assert request["additionalProperties"] is False
    assert unnamed() == []


def test_every_meaning_is_decided_and_has_a_sentence() -> None:
    source = SchemaSource.load()
    meanings = {
        meaning
        for facts in source.facts
        for part in (*facts.attributes, *(p for o in facts.operations for p in o.parameters))
        if (meaning := part.meaning) is not None
    }
    assert not any(map(is_unknown, meanings))
    assert meanings == source.glossary.keys() == set(Meanings.load().meanings.values())


def test_five_pages_are_five_shapes_and_two_pages_share_one(catalog: Catalog) -> None:
    pages = {name: catalog.page_of(sdk, Version(release)) for name, (sdk, release) in FIVE.items()}
    assert {name: each.variant for name, each in pages.items()} == {name: name for name in FIVE}
    assert catalog.page_of("php", Version("1.0.158")).variant == "string-id-ciphers"


@pytest.mark.parametrize(
    ("sdk", "first", "last", "variant"),
    [
        ("python", "1.0.872", "1.6.414", "compact"),
        ("python", "1.6.416", "1.6.456", "compact"),
        ("python", "1.0.17", "1.0.321", "string-id"),
        ("python", "1.0.325", "1.0.434", "string-id"),
        ("ruby", "1.0.223", "1.0.237", "string-id-ciphers"),
        ("php", "1.0.158", "1.0.174", "string-id-ciphers"),
        ("dotnet", "1.0.147", "1.0.156", "nullable-integers"),
        ("ruby", "1.0.3", "1.0.15", "integer-id"),
    ],
)
def test_every_release_in_a_range_has_the_page_of_the_range(
    catalog: Catalog, sdk: str, first: str, last: str, variant: str
) -> None:
    for release in (first, last):
        page = catalog.page_of(sdk, Version(release))
        assert (page.variant, page.beyond) == (variant, False)
        assert page.name == f"the page of {sdk} {release}"
        assert page.sentence == f"documented by the page of {release}"


@pytest.mark.parametrize(
    ("release", "sentence"),
    [
        ("2.0.19", "checked against the page of 1.6.456"),
        ("1.0.1", "checked against the page of 1.0.3"),
        ("1.0.871.post1", "checked against the page of 1.0.871"),
        (None, "checked against the page of 1.6.456"),
    ],
)
def test_a_release_without_a_known_page_has_the_nearest_one(
    catalog: Catalog, release: str | None, sentence: str
) -> None:
    page = catalog.page_of("python", Version(release) if release else None)
    assert page.beyond
    assert page.sentence == sentence


def test_an_sdk_without_pages_needs_a_variant(catalog: Catalog) -> None:
    with pytest.raises(UsageError, match="No page of go") as caught:
        catalog.page_of("go", None)
    assert "compact" in caught.value.fix


def test_a_variant_can_be_chosen_by_name(catalog: Catalog) -> None:
    assert catalog.variant("integer-id").facts.sdk == "ruby"
    assert catalog.variant("compact").facts.sdk == "python"
    with pytest.raises(UsageError, match="The variant 'round' does not exist"):
        catalog.variant("round")


def test_the_newest_pages_are_one_for_each_sdk_and_variant(catalog: Catalog) -> None:
    pairs = [(page.facts.sdk, page.variant) for page in catalog.newest_pages()]
    assert len(pairs) == len(set(pairs))
    assert {variant for _, variant in pairs} == set(catalog.variants)


def test_a_name_can_have_two_meanings_and_a_typing_error_adds_none(catalog: Catalog) -> None:
    def meaning(sdk: str, release: str) -> str | None:
        facts = catalog.page_of(sdk, Version(release)).facts
        return next(each.meaning for each in facts.attributes if each.name == "tls_disabled")

    assert meaning("python", "1.0.17") == "strong-tls-disabled"
    assert meaning("ruby", "1.0.223") == "insecure-tls-allowed"
    assert meaning("dotnet", "1.0.147") == "insecure-tls-allowed"


def test_the_schema_of_an_attribute_says_what_the_page_states(catalog: Catalog) -> None:
    nullable = catalog.schema("nullable-integers")
    assert nullable["properties"]["site_id"] | {"description": ""} == {
        "type": ["integer", "null"],
        "format": "int64",
        "minimum": -(2**63),
        "maximum": 2**63 - 1,
        "description": "",
        "x-type": "int64?",
        "x-meaning": "site-id",
    }
    assert nullable["properties"]["password"]["writeOnly"] is True
    assert nullable["properties"]["allowed_2fa_method_sms"]["x-only-if"]
    assert "allowed_2fa_method_sms" not in nullable["required"]
    assert "password" not in nullable["required"]
    assert {"id", "site_id"} <= set(nullable["required"])


def test_every_operation_of_every_variant_has_an_endpoint(catalog: Catalog) -> None:
    for variant in catalog.variants:
        for operation in catalog.variant(variant).facts.operations:
            endpoint = catalog.endpoint("session", operation.name)
            assert endpoint.path.startswith("/api/rest/v1/sessions")
            required = catalog.request_schema(variant, operation.name)["required"]
            assert set(endpoint.path_parameters) <= set(required)
    assert catalog.endpoint("session", "pairing_key").place("key") == "path"
    assert catalog.endpoint("session", "create").place("password") == "body"
    assert catalog.endpoint("session", "delete").place("format") == "query"
    assert catalog.endpoint("user", "find").fill(id="7") == "/api/rest/v1/users/7"
    with pytest.raises(UsageError, match=r"session\.fly has no endpoint"):
        catalog.endpoint("session", "fly")
    with pytest.raises(UsageError, match="The resource 'plane' has no endpoints"):
        catalog.endpoint("plane", "fly")


def test_no_sentence_of_a_page_is_committed() -> None:
    committed = "\n".join(path.read_text() for path in paths.schemas().glob("facts/*/*.json"))
    allowed = {"description"}
    for facts in SchemaSource.load().facts:
        for part in facts.attributes:
            assert set(json.loads(json.dumps(part.__struct_fields__))).isdisjoint(allowed)
    assert "Session ID" not in committed
    assert "Username to sign in" not in committed
