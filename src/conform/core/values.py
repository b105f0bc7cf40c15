"""Values of any language as data, without loss.

``undefined``, ``null`` and ``absent`` are three different values. Numbers and booleans travel as
text, so that no JSON parser rounds them, and so that a number that a language changed is visible.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
import json
from typing import Annotated, Any, Final

from msgspec import Meta, Struct

IntegerText = Annotated[str, Meta(pattern=r"^-?(0|[1-9][0-9]*)$")]
BooleanText = Annotated[str, Meta(pattern=r"^(true|false)$")]
Base64Text = Annotated[str, Meta(pattern=r"^[A-Za-z0-9+/]*={0,2}$")]


class _Value(Struct, frozen=True, kw_only=True, tag_field="kind", omit_defaults=True):
    native: str = ""
    """The name of the type in the SDK's language, such as ``Integer``."""


class Absent(_Value, tag="absent", frozen=True):
    """The object does not have the attribute."""

    def __str__(self) -> str:
        return "absent"


class Undefined(_Value, tag="undefined", frozen=True):
    """The language's own undefined, in a language that has both undefined and null."""

    def __str__(self) -> str:
        return "undefined"


class Null(_Value, tag="null", frozen=True):
    """The language's own null: ``None``, ``nil``, ``null``."""

    def __str__(self) -> str:
        return "null"


class Boolean(_Value, tag="boolean", frozen=True):
    """True or false."""

    text: BooleanText

    def __str__(self) -> str:
        return self.text


class Integer(_Value, tag="integer", frozen=True):
    """A whole number of any size, as decimal digits."""

    text: IntegerText

    def __str__(self) -> str:
        return self.text


class Number(_Value, tag="number", frozen=True):
    """A number of any other type, as the language prints it without loss."""

    text: str

    def __str__(self) -> str:
        return self.text


class String(_Value, tag="string", frozen=True):
    """A text of valid Unicode."""

    text: str

    def __str__(self) -> str:
        return json.dumps(self.text, ensure_ascii=False)


class Bytes(_Value, tag="bytes", frozen=True):
    """A byte string, or a text that is not valid Unicode."""

    base64: Base64Text

    def __str__(self) -> str:
        return repr(base64.b64decode(self.base64))


class List(_Value, tag="list", frozen=True):
    """An array of values, in order."""

    items: tuple[Value, ...] = ()

    def __str__(self) -> str:
        return f"[{', '.join(map(str, self.items))}]"


class MapEntry(Struct, frozen=True, kw_only=True):
    """One entry of a map."""

    key: str
    value: Value


class Map(_Value, tag="map", frozen=True):
    """A dictionary, hash or plain object, with its entries in their order."""

    entries: tuple[MapEntry, ...] = ()

    def __str__(self) -> str:
        return f"{{{', '.join(f'{json.dumps(e.key)}: {e.value}' for e in self.entries)}}}"


class Other(_Value, tag="other", frozen=True):
    """Any other value, such as a date or an object of the SDK, as the language prints it."""

    text: str = ""

    def __str__(self) -> str:
        return f"{self.native}({self.text})"


class ReadError(_Value, tag="raised", frozen=True):
    """Reading the attribute raised an error."""

    error: str
    """The class of the error, with its namespace."""
    message: str = ""

    def __str__(self) -> str:
        return f"an error: {self.error}: {self.message}"


Value = (
    Absent
    | Undefined
    | Null
    | Boolean
    | Integer
    | Number
    | String
    | Bytes
    | List
    | Map
    | Other
    | ReadError
)


class Kept(_Value, tag="kept", frozen=True):
    """An object that the adapter keeps, or one of its attributes, as an argument."""

    handle: str
    attribute: str | None = None
    """The attribute in the SDK's own spelling; absent for the object itself."""

    def __str__(self) -> str:
        return f"{self.handle}.{self.attribute}" if self.attribute else self.handle


Argument = Value | Kept
"""What a caller passes."""

ABSENT: Final = Absent()
NULL: Final = Null()


def from_json(item: object) -> Value:
    """The value of decoded JSON."""
    match item:
        case None:
            return NULL
        case bool():
            return Boolean(text="true" if item else "false")
        case int():
            return Integer(text=str(item))
        case float():
            return Number(text=repr(item))
        case str():
            return String(text=item)
        case list() | tuple():
            return List(items=tuple(from_json(each) for each in item))
        case dict():
            return Map(entries=tuple(MapEntry(key=k, value=from_json(v)) for k, v in item.items()))
        case _:
            raise TypeError(f"{type(item).__name__} is not a type of JSON")


def to_json(value: Value) -> Any:
    """A value as JSON that ``json.dumps`` accepts.

    Raises:
        TypeError: JSON cannot write the value: it is absent, undefined, bytes or other.
    """
    match value:
        case Null():
            return None
        case Boolean(text=text):
            return text == "true"
        case Integer(text=text):
            return int(text)
        case Number(text=text):
            return float(text)
        case String(text=text):
            return text
        case List(items=items):
            return [to_json(each) for each in items]
        case Map(entries=entries):
            return {entry.key: to_json(entry.value) for entry in entries}
        case _:
            raise TypeError(f"JSON cannot write {value}")


def texts(value: Value) -> Iterator[str]:
    """The texts in a value, as they are, with the keys of its maps."""
    match value:
        case List(items=items):
            for item in items:
                yield from texts(item)
        case Map(entries=entries):
            for entry in entries:
                yield entry.key
                yield from texts(entry.value)
        case Bytes(base64=encoded):
            yield base64.b64decode(encoded).decode("utf-8", "replace")
        case String(text=text) | Other(text=text) | Integer(text=text) | Number(text=text):
            yield text
        case ReadError(message=message):
            yield message
        case _:
            return


def kind_of(value: Value) -> str:
    """The kind of a value in words, with an article, such as ``an integer``."""
    match value:
        case Null() | Absent() | Undefined():
            return str(value)
        case Other(native=native) if native:
            return f"an object of the class {native}"
        case _:
            return _KINDS[type(value)]


_KINDS: Final[dict[type, str]] = {
    Boolean: "a boolean",
    Integer: "an integer",
    Number: "a decimal number",
    String: "a string",
    Bytes: "bytes",
    List: "an array",
    Map: "an object",
    Other: "an object",
    ReadError: "an error",
}


def kind_of_json(item: object) -> str:
    """The kind of decoded JSON, in the words of :func:`kind_of`."""
    match item:
        case list():
            return kind_of(List())
        case dict():
            return kind_of(Map())
        case _:
            return kind_of(from_json(item))


def parameters(**arguments: object) -> dict[str, Value]:
    """Named JSON values as the parameters of a call."""
    return {name: from_json(each) for name, each in arguments.items()}


def same(seen: Value, expected: Value) -> bool:
    """Whether two values are equal, apart from the names of their types."""
    match seen, expected:
        case List(items=ours), List(items=theirs):
            return len(ours) == len(theirs) and all(map(same, ours, theirs))
        case Map(entries=ours), Map(entries=theirs):
            left = {entry.key: entry.value for entry in ours}
            right = {entry.key: entry.value for entry in theirs}
            return left.keys() == right.keys() and all(same(left[k], right[k]) for k in left)
        case Number(text=left_text), Number(text=right_text):
            return float(left_text) == float(right_text)
        case Absent() | Undefined() | Null(), _:
            return type(seen) is type(expected)
        case (Bytes(base64=ours), Bytes(base64=theirs)) | (Other(text=ours), Other(text=theirs)):
            return ours == theirs
        case _:
            return type(seen) is type(expected) and str(seen) == str(expected)
