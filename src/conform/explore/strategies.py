"""Makes Hypothesis strategies from JSON Schemas, and strategies for API errors.

The strategies support the schemas that ``schemas.derive`` writes, and generate only valid values.
Values shrink to zero, to the empty text, and to the first of several branches.
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
"""The length of the longest text in a body, in characters."""
LONGEST_IN_A_URL: Final = 512
"""The length of all texts in a URL, in characters; RFC 9110, section 4.1 allows 8,000 octets."""

_RISKY: Final = " \t\r\n\"'\\/<>&%+#?=;:,.{}[]()-_01e\u0000\u0085\u2028\ufeff\u0301éß漢👩🏳"
"""Characters that parsers, escaping, trimming and encodings often change."""
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
"""Names that languages and SDKs use themselves."""


class Limits(Struct, frozen=True, kw_only=True):
    """Limits of a value in addition to its schema."""

    shortest: int = 0
    """The length of a text, in characters."""
    longest: int = LONGEST
    """The length of a text, in characters."""
    only_text: bool = False
    """Whether the members of objects are texts with plain names, as in a query."""


UNLIMITED: Final = Limits()


def texts(limits: Limits) -> st.SearchStrategy[str]:
    """Texts of valid Unicode: any characters, risky characters, or long repetitions."""
    shortest, longest = limits.shortest, limits.longest
    unit = st.text(min_size=1, max_size=4)
    times = st.integers(max(2, shortest), max(2, longest // 4))
    return st.one_of(
        st.text(min_size=shortest, max_size=longest),
        st.text(_RISKY, min_size=shortest, max_size=longest),
        st.builds(operator.mul, unit, times),
    )


def anything() -> st.SearchStrategy[Any]:
    """Any small JSON value."""
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
    """JSON values that a schema accepts.

    Raises:
        SuiteError: the schema has a keyword that ``schemas.derive`` does not write.
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
            raise _unsupported(schema)
        case _:
            return anything()


def members(
    properties: Mapping[str, Schema], required: Collection[str], limits: Limits = UNLIMITED
) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with these members; each member that is not required is present or absent."""
    each = {name: values(schema, limits) for name, schema in properties.items()}
    return chosen(each, required)


@st.composite
def chosen(
    draw: st.DrawFn, members: Mapping[str, st.SearchStrategy[Any]], required: Collection[str] = ()
) -> dict[str, Any]:
    """Objects with these members, in order; each member that is not required is present or absent.

    The choices are independent, so that shrinking can remove each member.
    """
    return {
        name: draw(each)
        for name, each in members.items()
        if name in required or draw(st.booleans())
    }


def unknown_members(documented: Collection[str]) -> st.SearchStrategy[dict[str, Any]]:
    """One or more members of an object, none of which has a documented name."""
    similar = sorted({each for name in documented for each in _similar(name)} - set(documented))
    names = st.one_of(
        st.text(max_size=16), st.sampled_from(_NAMES_IN_USE), st.sampled_from(similar)
    )
    unknown = names.filter(lambda name: name not in documented)
    return st.dictionaries(unknown, anything(), min_size=1, max_size=_MOST_MEMBERS)


def error_responses(api_types: Iterable[str]) -> st.SearchStrategy[Answer]:
    """Responses with the status of an error, and the body of an API error or any other body.

    Args:
        api_types: the known API types.
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
    return st.builds(_error_response, st.integers(400, 599), st.sampled_from(kinds), bodies)


def _errors(api_types: Iterable[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Bodies of API errors: each known member is present or absent, and is valid or not."""
    words, odd = texts(Limits(longest=256)), anything()
    kind = st.one_of(st.sampled_from(sorted(api_types)), st.text(max_size=32))
    known: dict[str, st.SearchStrategy[Any]] = {
        "type": kind,
        "error": words,
        "http-code": st.integers(400, 599),
        "title": words,
        "instance": st.uuids().map(str),
        "detail": words,
        "errors": st.lists(words, max_size=3),
        "data": st.dictionaries(_KEYS, odd, max_size=2),
    }
    return chosen({name: each | odd for name, each in known.items()})


def _error_response(status: int, content_type: str, body: bytes) -> Answer:
    # The gateway adds the header if it is missing, so it is sent empty instead.
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
            raise _unsupported(schema)


def _unsupported(schema: Schema) -> SuiteError:
    return SuiteError(
        "No value can be generated from a schema.",
        why=f"The schema is {json.dumps(schema)}.",
        fix="Add it to conform.explore.strategies.",
    )


def _dictionary(inner: Schema, limits: Limits) -> st.SearchStrategy[dict[str, Any]]:
    if not limits.only_text:
        return st.dictionaries(st.text(max_size=8), values(inner, limits), max_size=_MOST_MEMBERS)
    # An object without members cannot be seen in a query.
    each = texts(Limits(longest=limits.longest // _MOST_MEMBERS))
    return st.dictionaries(_KEYS, each, min_size=1, max_size=_MOST_MEMBERS)


def _similar(name: str) -> tuple[str, ...]:
    """Names that differ from a name only in case, spaces or a prefix."""
    first, *others = name.split("_")
    camel = first + "".join(map(str.capitalize, others))
    return name.upper(), name.capitalize(), camel, f" {name}", f"{name} ", f"@{name}"
