"""What a lenient decoder hides, and what a schema cannot see, is found and placed."""

import json

from hypothesis import given
from hypothesis import strategies as st
import pytest

from conform.schemas.catalog import Catalog
from conform.schemas.decoding import Decoded, Undecodable, decode, pointer
from conform.schemas.validation import Validator

SESSION = {"id": "abc", "language": "en", "read_only": True, "sftp_insecure_ciphers": False}


def test_a_plain_body_has_no_problem() -> None:
    assert decode(json.dumps(SESSION).encode()) == Decoded(SESSION)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**64 - 1)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=10,
    )
)
def test_what_json_writes_is_decoded_unchanged(value: object) -> None:
    assert decode(json.dumps(value).encode()) == Decoded(value)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"{} {}", "goes on after its JSON value"),
        (b"\xef\xbb\xbf{}", "begins with a byte-order mark"),
        (b'{"a": "\xff"}', "is not UTF-8 at byte 7"),
        (b'{"a": ', "is no JSON at character"),
        (b"{'a': 1}", "is no JSON at character"),
        (b"[" * 100_000, "nests deeper than"),
        (b"[" * 300 + b"]" * 300, "nests deeper than"),
    ],
)
def test_bodies_that_are_no_json(body: bytes, what: str) -> None:
    decoded = decode(body)
    assert isinstance(decoded, Undecodable)
    assert what in decoded.problem.what


@pytest.mark.parametrize(
    ("body", "at", "what"),
    [
        (b'{"a": 1, "a": 2}', "", "has a member twice: a"),
        (b'{"x": [{"a": 1, "a": 2}]}', "/x/0", "has a member twice: a"),
        (b'{"a/b~": NaN}', "/a~1b~0", "is NaN"),
        (b'{"a": -Infinity}', "/a", "is -Infinity"),
        (b'{"a": 18446744073709551616}', "/a", "beyond 64 bits"),
        (b'{"a": -9223372036854775809}', "/a", "beyond 64 bits"),
        (b'{"a": ' + b"9" * 5000 + b"}", "/a", "beyond 64 bits"),
        (b'{"a": 1e999}', "/a", "beyond 64 bits"),
        (b'{"a": "\\ud800"}', "/a", "half a character"),
        (b'{"\\udc00": 1}', "", "half a character"),
    ],
)
def test_what_a_lenient_decoder_hides(body: bytes, at: str, what: str) -> None:
    decoded = decode(body)
    assert isinstance(decoded, Decoded)
    [problem] = decoded.problems
    assert problem.pointer == at
    assert what in problem.what


def test_pointers_are_escaped() -> None:
    assert pointer("a/b", 0, "~") == "/a~1b/0/~0"


@pytest.fixture(scope="module")
def compact() -> Validator:
    return Catalog.load().validator("compact")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"id": 1}, "/id is an integer where string is documented"),
        ({"read_only": 1}, "/read_only is an integer where boolean is documented"),
        ({"read_only": "true"}, "/read_only is a string where boolean is documented"),
        ({"language": None}, "/language is null where string is documented"),
    ],
)
def test_values_that_are_not_as_documented(
    compact: Validator, change: dict[str, object], problem: str
) -> None:
    assert [str(each) for each in compact.body(json.dumps(SESSION | change).encode())] == [problem]


def test_a_missing_member_is_named_with_its_type(compact: Validator) -> None:
    [problem] = compact.value({name: SESSION[name] for name in SESSION if name != "id"})
    assert (problem.pointer, problem.what, problem.documented) == ("/id", "is missing", "string")


def test_objects_are_open(compact: Validator) -> None:
    assert compact.body(json.dumps(SESSION | {"more": 1}).encode()) == ()


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
def test_int64_is_held_to_both_bounds_and_to_integers(number: str, *, accepted: bool) -> None:
    catalog = Catalog.load()
    example = catalog.variant("string-id").facts.example
    body = json.dumps(example | {"site_id": "HERE"}).replace('"HERE"', number).encode()
    problems = catalog.validator("string-id").body(body)
    assert (problems == ()) is accepted
    assert {problem.pointer for problem in problems} <= {"/site_id"}


def test_null_is_taken_only_where_a_page_says_so() -> None:
    catalog = Catalog.load()
    for variant, accepted in (("nullable-integers", True), ("string-id-ciphers", False)):
        example = catalog.variant(variant).facts.example | {"site_id": None}
        assert (catalog.validator(variant).value(example) == ()) is accepted


def test_requests_are_closed_and_name_what_is_not_documented() -> None:
    validator = Catalog.load().request_validator("integer-id", "forgot_reset")
    assert validator.value({"code": "a", "password": "b"}) == ()
    problems = validator.value({"code": 1, "extra": True})
    assert [str(each) for each in problems] == [
        "/code is an integer where string is documented",
        "/extra is not documented",
        "/password is missing",
    ]


def test_validators_are_made_once() -> None:
    catalog = Catalog.load()
    assert catalog.validator("compact") is catalog.validator("compact")
    assert catalog.reconciled_validator() is catalog.reconciled_validator()


def test_the_reconciled_schema_accepts_what_any_variant_does() -> None:
    catalog = Catalog.load()
    for variant in catalog.variants:
        for facts in catalog.facts:
            own = catalog.validator(variant).value(facts.example)
            if own == ():
                assert catalog.reconciled_validator().value(facts.example) == ()


def test_the_reconciled_schema_refuses_what_none_accepts_and_names_the_nearest() -> None:
    problems = Catalog.load().reconciled_validator().value(SESSION | {"language": 7})
    assert [str(each) for each in problems] == [
        "the body is accepted by no variant; the nearest is compact",
        "/language is an integer where string is documented",
    ]


def test_the_branches_of_the_reconciled_schema_name_every_variant_once() -> None:
    catalog = Catalog.load()
    named = [name for branch in catalog.reconciled()["anyOf"] for name in branch["x-variants"]]
    assert sorted(named) == sorted(catalog.variants)
