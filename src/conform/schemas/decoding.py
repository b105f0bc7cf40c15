"""Decodes JSON strictly, and locates every problem.

A schema checks values. It cannot see what a lenient decoder accepts in silence: repeated members,
NaN, numbers beyond 64 bits, halves of characters, and trailing data. ``1.0`` stays a float, so that
a schema can distinguish it from ``1``.
"""

from __future__ import annotations

from collections.abc import Iterator
import json
import math
from typing import Any, Final

from msgspec import Struct

MAX_DEPTH: Final = 200
"""How deep a body may nest; documented bodies nest three deep."""

_SMALLEST, _LARGEST = -(2**63), 2**64 - 1
_DIGITS: Final = len(str(_LARGEST))
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One problem in a body."""

    pointer: str
    """The JSON Pointer (RFC 6901) of the value; empty for the whole body."""
    what: str
    """The problem in words, without the value, which may be a secret."""
    documented: str | None = None
    """The documented type of the value."""

    def __str__(self) -> str:
        return f"{self.pointer or 'the body'} {self.what}"


class Decoded(Struct, frozen=True):
    """A body that is JSON, with the problems that a lenient decoder hides."""

    value: Any
    problems: tuple[Problem, ...] = ()


class Undecodable(Struct, frozen=True):
    """A body that is not JSON."""

    problem: Problem


class _Flawed(Struct, frozen=True):
    """A value that only a lenient decoder accepts."""

    what: str
    value: Any


def decode(content: bytes) -> Decoded | Undecodable:
    """A body as JSON (RFC 8259): in UTF-8, and without anything that decoders disagree on."""
    if content.startswith(_BYTE_ORDER_MARK):
        return _undecodable("begins with a byte-order mark")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        return _undecodable(f"is not UTF-8 at byte {error.start}")
    try:
        flawed = json.loads(
            text,
            parse_int=_integer,
            parse_float=_float,
            parse_constant=lambda name: _Flawed(f"is {name}, which is not JSON", float(name)),
            object_pairs_hook=_object,
        )
        problems: list[Problem] = []
        value = _clean(flawed, "", 0, problems)
    except json.JSONDecodeError as error:
        return _undecodable(_syntax(text, error))
    except RecursionError:
        return _undecodable(f"nests deeper than {MAX_DEPTH}")
    return Decoded(value, tuple(problems))


def pointer(*steps: str | int) -> str:
    """The JSON Pointer (RFC 6901) of a path of names and indexes."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def _undecodable(what: str) -> Undecodable:
    return Undecodable(Problem(pointer="", what=what))


def _syntax(text: str, error: json.JSONDecodeError) -> str:
    if not text.strip():
        return "is empty"
    if error.msg == "Extra data":
        return f"continues after its JSON value, at character {error.pos}"
    return f"is not JSON at character {error.pos}"


def _integer(text: str) -> Any:
    if len(text.lstrip("-")) > _DIGITS:
        return _Flawed("is beyond 64 bits", float(text))
    number = int(text)
    return number if _SMALLEST <= number <= _LARGEST else _Flawed("is beyond 64 bits", number)


def _float(text: str) -> Any:
    number = float(text)
    return number if math.isfinite(number) else _Flawed("is beyond 64 bits", number)


def _object(pairs: list[tuple[str, Any]]) -> Any:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    names = [name for name, _ in pairs]
    repeated = sorted({name for name in names if names.count(name) > 1})
    return _Flawed(f"repeats a member: {', '.join(repeated)}", members)


def _clean(value: Any, at: str, depth: int, problems: list[Problem]) -> Any:
    if depth > MAX_DEPTH:
        raise RecursionError
    match value:
        case _Flawed(what=what, value=inner):
            problems.append(Problem(pointer=at, what=what))
            return _clean(inner, at, depth, problems)
        case str() if not _is_whole(value):
            problems.append(Problem(pointer=at, what="contains half a character"))
            return value
        case dict():
            return dict(_members(value, at, depth, problems))
        case list():
            return [
                _clean(each, f"{at}/{index}", depth + 1, problems)
                for index, each in enumerate(value)
            ]
        case _:
            return value


def _members(
    members: dict[str, Any], at: str, depth: int, problems: list[Problem]
) -> Iterator[tuple[str, Any]]:
    for name, value in members.items():
        if not _is_whole(name):
            problems.append(Problem(pointer=at, what="has a name with half a character"))
        yield name, _clean(value, at + pointer(name), depth + 1, problems)


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
