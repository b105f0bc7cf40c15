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
_CLOSING: Final = {"{": "}", "[": "]", "(": ")"}


class LiteralError(ValueError):
    """The text is no literal of any of the languages."""


class FreeName(Struct, frozen=True):
    """A name that stands for a value which the page does not give, such as ``path``."""

    name: str


class _Token(Struct, frozen=True):
    kind: str
    text: str


def read(text: str) -> tuple[Any, Notation]:
    """The data that an example shows, and how it is written.

    Raises:
        LiteralError: with the reason, when the text is data in no known notation.
    """
    if len(text) > MAX_LENGTH:
        raise LiteralError(f"is longer than {MAX_LENGTH} characters")
    try:
        value = json.loads(
            text, parse_constant=_refuse, parse_float=_finite, object_pairs_hook=_unique
        )
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        value = literal(text)
        if not is_data(value):
            raise LiteralError("holds a name that stands for no value") from None
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


def literal(text: str) -> Any:
    """The one value that a text writes, as JSON data; unquoted names become ``FreeName``.

    Raises:
        LiteralError: with the reason.
    """
    reader = _Reader(text)
    value = reader.value(0)
    reader.end()
    return value


def arguments(text: str) -> tuple[list[Any], dict[str, Any]]:
    """What stands between the parentheses of a call: by position, and by name.

    Empty arguments are dropped; named ones may be written ``name: value`` or ``name=value``.

    Raises:
        LiteralError: with the reason.
    """
    return _Reader(text).arguments()


def _refuse(constant: str) -> Any:
    raise LiteralError(f"{constant} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise LiteralError(f"{text} is beyond all floating-point numbers")
    return number


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        raise LiteralError("a key stands there twice")
    return mapping


def _unquote(text: str) -> str:
    def unescape(match: re.Match[str]) -> str:
        code, character = match.groups()
        return chr(int(code, 16)) if code else _ESCAPES.get(character, character)

    try:
        return _ESCAPE.sub(unescape, text[1:-1]).encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError as error:
        raise LiteralError("a string holds half a character") from error


class _Reader:
    """Recursive descent over the tokens of one text."""

    def __init__(self, text: str) -> None:
        self._tokens = list(self._scan(text))
        self._at = 0

    @staticmethod
    def _scan(text: str) -> Iterator[_Token]:
        position, end = 0, len(text.rstrip())
        while position < end:
            match = _TOKEN.match(text, position)
            if match is None:
                unread = text[position : position + 20].strip()
                raise LiteralError(f"cannot be read from {unread!r} on")
            assert match.lastgroup is not None
            yield _Token(match.lastgroup, match[match.lastgroup])
            position = match.end()

    def _next(self) -> _Token:
        if self._at == len(self._tokens):
            raise LiteralError("ends too early")
        self._at += 1
        return self._tokens[self._at - 1]

    def _looking_at(self, *texts: str, ahead: int = 0) -> bool:
        index = self._at + ahead
        return index < len(self._tokens) and self._tokens[index].text in texts

    def end(self) -> None:
        if self._at < len(self._tokens):
            raise LiteralError(f"goes on with {self._tokens[self._at].text!r}")

    def value(self, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise LiteralError(f"nests deeper than {MAX_DEPTH}")
        match self._next():
            case _Token("string", text):
                return _unquote(text)
            case _Token("number", text):
                return int(text) if re.fullmatch(r"[+-]?[0-9]+", text) else _finite(text)
            case _Token("name", text) if text in _CONSTANTS:
                return _CONSTANTS[text]
            case _Token("name", text):
                return FreeName(text.lstrip("$@"))
            case _Token("punctuation", "{" | "[" as opening):
                return self._container(opening, depth)
            case token:
                raise LiteralError(f"has {token.text!r} where a value belongs")

    def _container(self, opening: str, depth: int) -> Any:
        items: list[Any] = []
        pairs: list[tuple[str, Any]] = []
        while not self._looking_at(_CLOSING[opening]):
            if self._is_pair():
                pairs.append(self._pair(depth))
            else:
                items.append(self.value(depth + 1))
            if not self._looking_at(","):
                break
            self._next()
        if self._next().text != _CLOSING[opening]:
            raise LiteralError(f"lacks a comma or {_CLOSING[opening]!r}")
        if items and pairs:
            raise LiteralError("mixes a list and a map")
        if pairs or (opening == "{" and not items):
            return _unique(pairs)
        return items

    def _is_pair(self) -> bool:
        return self._looking_at(":", "=>", "=", ahead=1)

    def _pair(self, depth: int) -> tuple[str, Any]:
        key = self._next()
        if key.kind == "punctuation":
            raise LiteralError(f"has {key.text!r} where a key belongs")
        self._next()
        name = _unquote(key.text) if key.kind == "string" else key.text.lstrip("$@")
        return name, self.value(depth + 1)

    def arguments(self) -> tuple[list[Any], dict[str, Any]]:
        positional: list[Any] = []
        named: list[tuple[str, Any]] = []
        while self._at < len(self._tokens):
            if self._looking_at(","):
                self._next()
                continue
            if self._is_pair():
                named.append(self._pair(0))
            else:
                positional.append(self.value(0))
            if self._at < len(self._tokens) and not self._looking_at(","):
                raise LiteralError(f"lacks a comma before {self._tokens[self._at].text!r}")
        return positional, _unique(named)
