"""Values travel without losing what they are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
import msgspec
import pytest

from conform.core.values import (
    ABSENT,
    NULL,
    Bytes,
    Integer,
    Number,
    String,
    Undefined,
    Value,
    from_json,
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
def test_json_is_the_same_after_the_way_there_and_back(item: object) -> None:
    assert to_json(from_json(item)) == item


@given(json_values)
def test_a_value_is_the_same_after_it_has_travelled(item: object) -> None:
    value = from_json(item)
    travelled = msgspec.json.decode(msgspec.json.encode(value), type=Value)
    assert travelled == value
    assert same(travelled, value)


@given(json_values, json_values)
def test_values_are_the_same_exactly_when_json_and_types_are(one: object, other: object) -> None:
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
def test_what_a_language_must_not_confuse_is_different(one: Value, other: Value) -> None:
    assert not same(one, other)


def test_the_name_of_the_type_does_not_matter() -> None:
    assert same(Integer(native="long", text="7"), Integer(native="Integer", text="7"))


@pytest.mark.parametrize("value", [ABSENT, Undefined(), Bytes(base64="")])
def test_what_json_cannot_say_is_refused(value: Value) -> None:
    with pytest.raises(TypeError):
        to_json(value)


@pytest.mark.parametrize("text", ["01", "1.0", "", "1e3", "+1"])
def test_an_integer_is_decimal_digits(text: str) -> None:
    line = msgspec.json.encode({"kind": "integer", "text": text})
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(line, type=Value)
