"""The table of documented type names."""

import pytest

from conform.documents import types


@pytest.mark.parametrize(
    ("documented", "parsed"),
    [
        ("string", "string"),
        ("String", "string"),
        ("int64", "int64"),
        ("Long", "int64"),
        ("Nullable<Int64>", "int64?"),
        ("Nullable<Int64>[]", "[int64?]"),
        ("array(int64)", "[int64]"),
        ("string[]", "[string]"),
        ("array", "[any]"),
        ("array(object)", "[{any}]"),
        ("object", "{any}"),
        ("Dictionary<string, string[]>", "{[string]}"),
        ("hash(string,array(string))", "{[string]}"),
        ("Map<String, String>", "{string}"),
        ("byte[]", "file"),
        ("System.Net.Http.ByteArrayContent", "file"),
        ("Nullable<DateTime>", "date-time?"),
        ("FormFieldSet", "#form_field_set"),
        ("PaymentLineItem[]", "[#payment_line_item]"),
        ("preview", "#preview"),
        ("frobnicator", "!frobnicator"),
        ("array(frobnicator)", "[!frobnicator]"),
        (None, "any"),
    ],
)
def test_documented_names_are_parsed(documented: str | None, parsed: str) -> None:
    assert str(types.parse(documented, frozenset({"preview"}))) == parsed


def test_a_type_that_nests_too_deep_is_unknown() -> None:
    assert types.unknown_names(types.parse("array(" * 50 + "string" + ")" * 50))


@pytest.mark.parametrize(
    ("documented", "value", "agrees"),
    [
        ("int64", 1, True),
        ("int64", True, False),
        ("int64", 1.0, False),
        ("int64", None, False),
        ("Nullable<Int64>", None, True),
        ("boolean", "en", False),
        ("decimal", "1.0", True),
        ("double", 1, True),
        ("array(string)", ["a", 1], False),
        ("object", {"a": 1}, True),
        ("FormFieldSet", {}, True),
        ("FormFieldSet", "x", False),
    ],
)
def test_examples_are_checked_against_their_types(
    documented: str, value: object, *, agrees: bool
) -> None:
    assert types.accepts(types.parse(documented), value) is agrees
