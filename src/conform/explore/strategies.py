"""Turns JSON Schemas and what is known of API errors into Hypothesis strategies.

The strategies know what ``schemas.derive`` writes, and make nothing that the schema refuses. What
shrinks, shrinks to zero, to the empty text and to the first of several branches.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection, Iterable, Mapping
import json
import operator
from typing import Any, Final

from hypothesis import strategies as st
from msgspec import Struct

from conform.cases.replies import Answer
from conform.core.errors import SuiteError
from conform.schemas.derive import Schema

LONGEST: Final = 4096
"""Characters of the longest text in a body."""
LONGEST_IN_A_URL: Final = 512
"""Characters of all texts in a URL, which RFC 9110, section 4.1 wants 8,000 octets of."""

_TELLING: Final = " \t\r\n\"'\\/<>&%+#?=;:,.{}[]()-_01e\u0000\u0085\u2028\ufeff\u0301éß漢👩🏳"
"""What parsers, escapes, trimming and encodings are most likely to change."""
_MOST_MEMBERS: Final = 4
_KEYS: Final = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=8)
_NAMES_IN_USE: Final = (
    "__class__",
    "__dict__",
    "__proto__",
    "class",
    "constructor",
    "hashCode",
    "length",
    "method_missing",
    "options",
    "save",
    "toString",
)
"""What languages and SDKs use as names themselves."""


class Limits(Struct, frozen=True, kw_only=True):
    """What a value may be beside what its schema says."""

    shortest: int = 0
    """Characters of a text."""
    longest: int = LONGEST
    """Characters of a text."""
    only_text: bool = False
    """Whether the members of objects are texts under plain names, as in a query."""


UNLIMITED: Final = Limits()


def texts(limits: Limits) -> st.SearchStrategy[str]:
    """Any text that is valid Unicode: ordinary, made of what is easily changed, or long."""
    shortest, longest = limits.shortest, limits.longest
    unit = st.text(min_size=1, max_size=4)
    often = st.integers(max(2, shortest), max(2, longest // 4))
    return st.one_of(
        st.text(min_size=shortest, max_size=longest),
        st.text(_TELLING, min_size=shortest, max_size=longest),
        st.builds(operator.mul, unit, often),
    )


def anything() -> st.SearchStrategy[Any]:
    """Any JSON value, small."""
    scalars = (
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | texts(Limits(longest=64))
    )
    return st.recursive(
        scalars,
        lambda inner: (
            st.lists(inner, max_size=_MOST_MEMBERS)
            | st.dictionaries(st.text(max_size=8), inner, max_size=_MOST_MEMBERS)
        ),
        max_leaves=8,
    )


def values(schema: Schema, limits: Limits = UNLIMITED) -> st.SearchStrategy[Any]:
    """The JSON values that a schema accepts.

    Raises:
        SuiteError: the schema says something that ``schemas.derive`` does not write.
    """
    match schema:
        case {"type": [*names, "null"]}:
            kind = names[0] if len(names) == 1 else names
            return values({**schema, "type": kind}, limits) | st.none()
        case {"type": "array", "items": inner}:
            return st.lists(values(inner, limits), max_size=_MOST_MEMBERS)
        case {"type": "object", "properties": properties, "required": required}:
            return members(properties, required, limits)
        case {"type": "object"}:
            return _dictionary(schema.get("additionalProperties", {}), limits)
        case {"type": _}:
            return _scalar(schema, limits)
        case {"$ref": _} | {"anyOf": _}:
            raise _unknown(schema)
        case _:
            return anything()


def members(
    properties: Mapping[str, Schema], required: Collection[str], limits: Limits = UNLIMITED
) -> st.SearchStrategy[dict[str, Any]]:
    """Objects of these members; those that are not required are there or not."""
    made = {name: values(schema, limits) for name, schema in properties.items()}
    return chosen(made, required)


@st.composite
def chosen(
    draw: st.DrawFn, made: Mapping[str, st.SearchStrategy[Any]], required: Collection[str] = ()
) -> dict[str, Any]:
    """Objects of these members in their order; each that is not required is there or not.

    Each choice stands for itself, so that a member goes away in shrinking whatever the others are.
    """
    return {
        name: draw(each) for name, each in made.items() if name in required or draw(st.booleans())
    }


def strangers(documented: Collection[str]) -> st.SearchStrategy[dict[str, Any]]:
    """One and more members of an object that have none of the documented names."""
    near = sorted({near for name in documented for near in _near(name)} - set(documented))
    names = st.one_of(st.text(max_size=16), st.sampled_from(_NAMES_IN_USE), st.sampled_from(near))
    unknown = names.filter(lambda name: name not in documented)
    return st.dictionaries(unknown, anything(), min_size=1, max_size=_MOST_MEMBERS)


def refusals(api_types: Iterable[str]) -> st.SearchStrategy[Answer]:
    """Answers that are errors: any status, with the body of an API error, or with any other one.

    Args:
        api_types: those that are known.
    """
    kinds = ("application/json", "application/json; charset=utf-8", "text/html", "text/plain", "")
    bodies = st.one_of(
        _errors(api_types).map(json.dumps).map(str.encode),
        anything().map(json.dumps).map(str.encode),
        st.lists(_errors(api_types), max_size=2).map(json.dumps).map(str.encode),
        st.just(b""),
        st.text(max_size=64).map(str.encode),
        st.binary(max_size=64),
        st.just(b"<!DOCTYPE html><title>Error</title>"),
    )
    return st.builds(_refusal, st.integers(400, 599), st.sampled_from(kinds), bodies)


def _errors(api_types: Iterable[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Bodies of API errors: each known member there or not, as it should be or not."""
    said, odd = texts(Limits(longest=256)), anything()
    kind = st.one_of(st.sampled_from(sorted(api_types)), st.text(max_size=32))
    known: dict[str, st.SearchStrategy[Any]] = {
        "type": kind,
        "error": said,
        "http-code": st.integers(400, 599),
        "title": said,
        "instance": st.uuids().map(str),
        "detail": said,
        "errors": st.lists(said, max_size=3),
        "data": st.dictionaries(_KEYS, odd, max_size=2),
    }
    return chosen({name: each | odd for name, each in known.items()})


def _refusal(status: int, content_type: str, body: bytes) -> Answer:
    # An answer without the header would be given one; an empty header says as little.
    headers = {"Content-Type": content_type}
    try:
        return Answer(status=status, headers=headers, text=body.decode())
    except UnicodeDecodeError:
        return Answer(status=status, headers=headers, base64=b64encode(body).decode())


def _scalar(schema: Schema, limits: Limits) -> st.SearchStrategy[Any]:
    match schema:
        case {"type": ["string", "number"]}:
            numbers = st.decimals(allow_nan=False, allow_infinity=False, places=2)
            return numbers.map(str) | numbers.map(float)
        case {"type": "string", "format": "date"}:
            return st.dates().map(lambda day: day.isoformat())
        case {"type": "string", "format": "date-time"}:
            return st.datetimes().map(lambda time: f"{time.isoformat(timespec='seconds')}Z")
        case {"type": "string", "format": "email"}:
            return _KEYS.map(lambda name: f"{name}@example.com")
        case {"type": "string"}:
            return texts(limits)
        case {"type": "integer", "minimum": least, "maximum": most}:
            return st.integers(least, most)
        case {"type": "number"}:
            return st.floats(allow_nan=False, allow_infinity=False)
        case {"type": "boolean"}:
            return st.booleans()
        case _:
            raise _unknown(schema)


def _unknown(schema: Schema) -> SuiteError:
    return SuiteError(
        "Nothing can be generated from a schema.",
        why=f"It says {json.dumps(schema)}.",
        fix="Teach conform.exploration.strategies what it means.",
    )


def _dictionary(inner: Schema, limits: Limits) -> st.SearchStrategy[dict[str, Any]]:
    if not limits.only_text:
        return st.dictionaries(st.text(max_size=8), values(inner, limits), max_size=_MOST_MEMBERS)
    # An object without members leaves no trace in a query.
    each = texts(Limits(longest=limits.longest // _MOST_MEMBERS))
    return st.dictionaries(_KEYS, each, min_size=1, max_size=_MOST_MEMBERS)


def _near(name: str) -> tuple[str, ...]:
    """Names that a careless reader takes for another one."""
    first, *others = name.split("_")
    camel = first + "".join(map(str.capitalize, others))
    return name.upper(), name.capitalize(), camel, f" {name}", f"{name} ", f"@{name}"
