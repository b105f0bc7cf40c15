"""Values of all languages become data without loss."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
import msgspec
import pytest

from conform.core.values import (
    ABSENT,
    NULL,
    Boolean,
    Bytes,
    Integer,
    List,
    Map,
    Number,
    Other,
    String,
    Undefined,
    Value,
    from_json,
    kind_of,
    kind_of_json,
    same,
    to_json,
)

texts = st.text(st.characters(exclude_categories=["Cs"]))
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False).map(lambda number: number + 0.0)
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
)


@given(json_values)
def test_json_is_unchanged_after_both_conversions(item: object) -> None:
    assert to_json(from_json(item)) == item


@given(json_values)
def test_a_value_is_unchanged_after_it_was_sent(item: object) -> None:
    value = from_json(item)
    received = msgspec.json.decode(msgspec.json.encode(value), type=Value)
    assert received == value
    assert same(received, value)


@given(json_values, json_values)
def test_values_are_the_same_if_and_only_if_their_json_is(one: object, other: object) -> None:
    alike = msgspec.json.encode(one, order="sorted") == msgspec.json.encode(other, order="sorted")
    assert same(from_json(one), from_json(other)) == alike


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Integer(text="1"), Number(text="1")),
        (Integer(text="1"), String(text="1")),
        (String(text="true"), from_json(item=True)),
        (NULL, ABSENT),
        (NULL, Undefined()),
        (Integer(text="9223372036854775807"), Integer(text="9223372036854775808")),
        (Bytes(base64="YQ=="), String(text="a")),
    ],
)
def test_values_that_a_language_must_not_confuse_are_different(one: Value, other: Value) -> None:
    assert not same(one, other)


def test_the_name_of_the_type_does_not_matter() -> None:
    assert same(Integer(native="long", text="7"), Integer(native="Integer", text="7"))


@pytest.mark.parametrize("value", [ABSENT, Undefined(), Bytes(base64="")])
def test_a_value_that_json_cannot_write_is_refused(value: Value) -> None:
    with pytest.raises(TypeError):
        to_json(value)


@pytest.mark.parametrize("text", ["01", "1.0", "", "1e3", "+1"])
def test_an_integer_is_decimal_digits(text: str) -> None:
    line = msgspec.json.encode({"kind": "integer", "text": text})
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(line, type=Value)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Boolean(text="true"), "a boolean"),
        (Bytes(base64="YQ=="), "bytes"),
        (Integer(text="1"), "an integer"),
        (Number(text="1.0"), "a decimal number"),
        (String(text="1"), "a string"),
        (List(), "an array"),
        (Map(), "an object"),
        (NULL, "null"),
        (ABSENT, "absent"),
        (Undefined(), "undefined"),
        (Other(native="Date", text="today"), "an object of the class Date"),
        (Other(), "an object"),
    ],
)
def test_the_kind_of_a_value_in_words(value: Value, words: str) -> None:
    assert kind_of(value) == words


@given(json_values)
def test_json_has_the_kind_of_its_value(item: object) -> None:
    assert kind_of_json(item) == kind_of(from_json(item))


def test_the_kind_of_json_does_not_depend_on_what_is_inside() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    assert kind_of_json(deep) == "an array"
    while deep:  # Python frees a deep list without recursion only piece by piece.
        (deep,) = deep  # type: ignore[assignment]
