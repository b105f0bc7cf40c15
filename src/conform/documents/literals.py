"""Reads data as SDK documentation writes it: JSON, or the literals of the SDK's language.

One grammar covers JSON, Python, Ruby, PHP, JavaScript, C# and Java, because pages mix them. Depth
and size are bounded; nothing is ever evaluated.
"""

from __future__ import annotations

from collections.abc import Iterator
import json
import math
import re
from typing import Any, Final, Literal

from msgspec import Struct

Notation = Literal["json", "literal"]

MAX_LENGTH: Final = 1_000_000
"""The longest text that is read, in characters; real examples have some thousand."""
MAX_DEPTH: Final = 64
"""How deep lists and maps may nest."""

_TOKEN: Final = re.compile(
    r"""\s*(?:
      (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<number>[+-]?(?:0|[1-9][0-9]{0,99})(?:\.[0-9]{1,99})?(?:[eE][+-]?[0-9]{1,3})?)(?![\w.])
    | (?P<punctuation>=>|[{}\[\](),:;=])
    | (?P<name>[$@]?[A-Za-z_]\w*[?!]?)
    )""",
    re.VERBOSE | re.DOTALL,
)
_CONSTANTS: Final = {
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
    "null": None, "None": None, "nil": None, "NULL": None,
}  # fmt: skip
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0"}
_ESCAPE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_CLOSING: Final = {"{": "}", "[": "]"}
_SEPARATORS: Final = {":", "=>", "="}
_END: Final = ("end", "")

_Token = tuple[str, str]
"""Its kind and its text."""


class LiteralError(ValueError):
    """The text is not a literal of any of the languages."""


class FreeName(Struct, frozen=True):
    """A name that stands for a value which the page does not give, such as ``path``."""

    name: str


def read(text: str) -> tuple[Any, Notation]:
    """The data that an example shows, and how it is written.

    Raises:
        LiteralError: with the reason, when the text is data in no known notation.
    """
    if len(text) > MAX_LENGTH:
        raise LiteralError(f"is longer than {MAX_LENGTH} characters")
    try:
        value = json.loads(
            text, parse_constant=_finite, parse_float=_finite, object_pairs_hook=_unique
        )
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        value = _Reader(text).only()
        if not is_data(value):
            raise LiteralError("contains a name that has no value") from None
        return value, "literal"
    return value, "json"


def is_data(value: Any) -> bool:
    """Whether a value is given in full, without a free name in it."""
    match value:
        case FreeName():
            return False
        case list():
            return all(map(is_data, value))
        case dict():
            return all(map(is_data, value.values()))
        case _:
            return True


def arguments(text: str) -> tuple[list[Any], dict[str, Any]]:
    """What stands between the parentheses of a call: by position, and by name.

    Empty arguments are dropped; named ones may be written ``name: value`` or ``name=value``.

    Raises:
        LiteralError: with the reason.
    """
    return _Reader(text).items(closing="", depth=0)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise LiteralError(f"contains {text}, which is not a finite number")
    return number


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        raise LiteralError("has a key twice")
    return mapping


def _unquote(text: str) -> str:
    def unescape(match: re.Match[str]) -> str:
        code, character = match.groups()
        return chr(int(code, 16)) if code else _ESCAPES.get(character, character)

    try:
        return _ESCAPE.sub(unescape, text[1:-1]).encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError as error:
        raise LiteralError("contains a string with half a character") from error


def _tokens(text: str) -> Iterator[_Token]:
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            raise LiteralError(f"cannot be read from {text[position : position + 20].strip()!r} on")
        assert match.lastgroup is not None
        yield match.lastgroup, match[match.lastgroup]
        position = match.end()


class _Reader:
    """Recursive descent over the tokens of one text."""

    def __init__(self, text: str) -> None:
        self._tokens = [*_tokens(text), _END, _END]
        self._at = 0

    def _next(self) -> _Token:
        token = self._tokens[self._at]
        if token is _END:
            raise LiteralError("ends too early")
        self._at += 1
        return token

    def _take(self, text: str) -> bool:
        """Go past the next token if its text is this; tells whether it was."""
        found = self._tokens[self._at][1] == text
        self._at += found
        return found

    def only(self) -> Any:
        """The one value that the text writes."""
        value = self._value(0)
        if not self._take(""):
            raise LiteralError(f"goes on with {self._next()[1]!r}")
        return value

    def items(self, *, closing: str, depth: int) -> tuple[list[Any], dict[str, Any]]:
        """The values without and with a key, up to a bracket, or to the end where it is empty."""
        items: list[Any] = []
        pairs: list[tuple[str, Any]] = []
        while not self._take(closing):
            if not closing and self._take(","):
                continue
            if self._tokens[self._at + 1][1] in _SEPARATORS:
                pairs.append((self._key(), self._value(depth)))
            else:
                items.append(self._value(depth))
            if not self._take(",") and self._tokens[self._at][1] != closing:
                raise LiteralError(f"lacks a comma or a bracket before {self._next()[1]!r}")
        return items, _unique(pairs)

    def _key(self) -> str:
        kind, text = self._next()
        self._next()
        if kind == "punctuation":
            raise LiteralError(f"has {text!r} where a key belongs")
        return _unquote(text) if kind == "string" else text.lstrip("$@")

    def _value(self, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise LiteralError(f"nests deeper than {MAX_DEPTH}")
        match self._next():
            case "string", text:
                return _unquote(text)
            case "number", text:
                return int(text) if re.fullmatch(r"[+-]?[0-9]+", text) else _finite(text)
            case "name", text:
                return _CONSTANTS[text] if text in _CONSTANTS else FreeName(text.lstrip("$@"))
            case _, "{" | "[" as opening:
                items, pairs = self.items(closing=_CLOSING[opening], depth=depth + 1)
                if items and pairs:
                    raise LiteralError("mixes a list and a map")
                return pairs if pairs or (opening == "{" and not items) else items
            case _, text:
                raise LiteralError(f"has {text!r} where a value belongs")
