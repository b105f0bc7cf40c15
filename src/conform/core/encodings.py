r"""Knows how a value can be written: every escape and encoding of it, as one pattern to search for.

Each character can be written in its own way: unchanged, escaped as in JSON (RFC 8259, section 7)
and in string literals of programming languages, percent-encoded (RFC 3986, section 2.1), or as a
character reference of HTML. Escapes can be nested, as in JSON that is a string in JSON. The bytes
of the value can also be a part of Base64 text (RFC 4648), or be listed in hex or in decimal.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from html.entities import html5
import re
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Final

_LEAST_BYTES: Final = 4
"""The length from which a value is also searched for in Base64, hex and decimal: what shorter ones
become is in many other texts, too."""
_LONG: Final = 8
"""The length from which a value is also found if a line break is in it, or if an encoder replaced
some of its characters, since too little of a shorter one is left."""
_LEVELS: Final = 4
"""How many times a text can be escaped."""
_GROWTH: Final = 2**_LEVELS
"""How many backslashes one backslash becomes at most."""
_LAST_BYTE: Final = 0xFF
_SIGN: Final = 0x80

_ALPHANUMERIC: Final = f"{ascii_uppercase}{ascii_lowercase}{digits}"
_BASE64: Final = f"{_ALPHANUMERIC}+/"
_BITS: Final = 6
"""The number of bits of one character of Base64."""
_SHORT: Final = dict(zip("\a\b\t\n\v\f\r\x1b", "abtnvfre", strict=True))
r"""The letters of short escapes, such as ``\n``."""


def _one_of(*written: str) -> str:
    return f"(?:{'|'.join(written)})"


# A backslash, and what begins an escape: as many backslashes as its level needs. What follows is no
# backslash, so possessive quantifiers lose no match, and a search takes linear time.
_PERCENT: Final = rf"%(?:25){{0,{_LEVELS - 1}}}"
_BACKSLASH: Final = rf"(?i:\\(?:u005c|x5c|134)?|{_PERCENT}5c|&#92;|&#x5c;|&bsol;)"
_ESCAPE: Final = rf"{_BACKSLASH}{{1,{_GROWTH - 1}}}+"
_HASH: Final = _one_of("#", f"{_PERCENT}23")
_SEMICOLON: Final = _one_of(";", f"{_PERCENT}3[Bb]")
_AMPERSAND: Final = (
    _one_of("&", f"{_ESCAPE}u0026", f"{_PERCENT}26")
    + rf"(?:{_one_of('amp', f'{_HASH}38')}{_SEMICOLON}){{0,{_LEVELS - 1}}}"
)
_LINE_BREAK: Final = r"(?:\r?\n)?"
_WRAP: Final = rf"(?:\r?\n|(?:{_ESCAPE}r)?{_ESCAPE}n)?"
"""What may be between two characters of Base64 (RFC 2045, section 6.8)."""
_BETWEEN_NUMBERS: Final = r"[\s,]{1,20}+"


@lru_cache(maxsize=256)
def pattern(value: str) -> re.Pattern[str]:
    """The pattern that matches a value in every spelling.

    Every repetition in it is bounded. Bytes are to be decoded as Latin-1 to be searched.

    Args:
        value: the value; not empty.
    """
    raw = _utf_8(value)
    listed = (_base64(raw, 0), _base64(raw, 1), _base64(raw, 2), _hex(raw), _decimal(raw))
    return re.compile(_one_of(_text(value), *(listed if len(raw) >= _LEAST_BYTES else ())))


def _text(value: str) -> str:
    """A value, written one character after the other.

    It begins with all characters that a match can begin with, which makes a search fast.
    """
    wrap = _LINE_BREAK if len(value) >= _LONG else ""
    replaced = ("[?\ufffd]",) if sum(map(str.isascii, value)) >= _LONG else ()
    written, escape = "", _ESCAPE
    for part in re.findall(r"\\+|[^\\]", value):
        if written and part not in "\r\n":
            written += wrap
        if part[0] == "\\":
            written, escape = written + _backslashes(len(part)), ""
        else:
            other = () if part.isascii() else replaced
            written, escape = written + _one_of(*_spellings(part, escape), *other), _ESCAPE
    first = re.escape(value[0] + _utf_8(value[0]).decode("latin-1")[0])
    return rf"(?=[\\%&+?\ufffd{first}]){written}"


def _backslashes(count: int) -> str:
    """A run of backslashes, with the ones that escape the next character."""
    times = f"{{{count},{(count + 1) * _GROWTH - 1}}}+"
    return _one_of(f"{_BACKSLASH}{times}", rf"\\{times}")


@cache
def _spellings(character: str, escape: str = _ESCAPE) -> tuple[str, ...]:
    """What one character can be written as, the longest first.

    Args:
        character: any character except a backslash.
        escape: what begins an escape; empty after a run of backslashes, which has it.
    """
    number = ord(character)
    raw = _utf_8(character)
    in_utf_16 = _PERCENT.join(f"u{unit}" for unit in _utf_16(character))
    percent = (*([f"{number:02x}"] if number <= _LAST_BYTE else []), in_utf_16)
    whole = _one_of(
        _AMPERSAND + _one_of(*_references(character)) + _SEMICOLON,
        f"{_PERCENT}(?i:{'|'.join(percent)})",
        *([r"\+"] if character == " " else []),
        re.escape(character),
    )
    # JSON in HTML has \&quot; and a form with JSON of PHP has %5C%2F.
    is_sign = character.isascii() and character not in _ALPHANUMERIC
    return (
        *([_bytewise(raw, escape), re.escape(raw.decode("latin-1"))] if len(raw) > 1 else []),
        escape + _one_of(*_escaped(character)),
        f"(?:{_ESCAPE})?+{whole}" if is_sign else whole,
    )


def _escaped(character: str) -> Iterator[str]:
    """What follows the backslash."""
    number = ord(character)
    yield f"(?i:{_ESCAPE.join(f'u{unit}' for unit in _utf_16(character))})"
    yield rf"(?i:u\{{0{{0,5}}{number:x}\}}|u{number:08x})"
    if number <= _LAST_BYTE:
        yield f"(?i:x{number:02x}|0{{0,2}}{number:o})"
    if character in _SHORT:
        yield _SHORT[character]


def _references(character: str) -> Iterator[str]:
    """What is between ``&`` and ``;`` in HTML."""
    number = ord(character)
    yield f"{_HASH}(?i:0{{0,6}}{number}|x0{{0,6}}{number:x})"
    yield from (name.removesuffix(";") for name in _entities().get(character, ()))


@cache
def _entities() -> dict[str, list[str]]:
    """The names of HTML that end with ``;``, by text."""
    names: dict[str, list[str]] = {}
    for name, text in html5.items():
        if name.endswith(";"):
            names.setdefault(text, []).append(name)
    return names


def _bytewise(raw: bytes, escape: str) -> str:
    """Bytes of UTF-8, each escaped or percent-encoded."""
    escapes = (escape, *[_ESCAPE] * (len(raw) - 1))
    written = (
        _one_of(f"{begin}(?:x{byte:02x}|{byte:o})", f"{_PERCENT}{byte:02x}")
        for begin, byte in zip(escapes, raw, strict=True)
    )
    return f"(?i:{''.join(written)})"


def _base64(raw: bytes, offset: int) -> str:
    """What some bytes become that begin ``offset`` bytes after a group of three."""
    bits = "." * (8 * offset) + "".join(f"{byte:08b}" for byte in raw)
    bits += "." * (-len(bits) % _BITS)
    parts = (bits[at : at + _BITS] for at in range(0, len(bits), _BITS))
    return _WRAP.join(_digit(part) for part in parts if "0" in part or "1" in part)


@cache
def _digit(bits: str) -> str:
    """The characters of Base64 for six bits, where ``.`` is any bit; both alphabets."""
    known = re.compile(bits)
    found = "".join(each for n, each in enumerate(_BASE64) if known.match(f"{n:06b}"))
    return _one_of(
        *([f"[{letters}]"] if (letters := found.rstrip("+/")) else []),
        *(["-", *_spellings("+")] if "+" in found else []),
        *(["_", *_spellings("/")] if "/" in found else []),
    )


def _hex(raw: bytes) -> str:
    return f"(?i:{'[ :-]?'.join(f'{byte:02x}' for byte in raw)})"


def _decimal(raw: bytes) -> str:
    """A list of numbers, which are negative from 128 on where bytes are signed."""
    numbers = (str(byte) if byte < _SIGN else f"(?:{byte}|{byte - 2 * _SIGN})" for byte in raw)
    return rf"(?<!\d){_BETWEEN_NUMBERS.join(numbers)}(?!\d)"


def _utf_8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _utf_16(character: str) -> list[str]:
    """One or two units, in hex."""
    return character.encode("utf-16-be", "surrogatepass").hex(" ", 2).split()
