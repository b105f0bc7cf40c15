r"""Writes a text as the serialisers of each language do.

The search for secrets is proved with these spellings, so this module shares nothing with it. They
are what is between the quotes. Where Python has the serialiser, it is used; the others are small
models, which the tests compare with the real ones.
"""

from __future__ import annotations

from base64 import b64encode, encodebytes, urlsafe_b64encode
from collections.abc import Callable, Mapping
from functools import partial
from html import escape
import json
import re
from typing import Final
from unicodedata import category
from urllib.parse import quote, quote_plus

Write = Callable[[str], str]
_LAST_OF_BMP: Final = 0xFFFF

_SHORT: Final = {
    '"': r"\"",
    "\\": r"\\",
    "\b": r"\b",
    "\f": r"\f",
    "\n": r"\n",
    "\r": r"\r",
    "\t": r"\t",
}


def _json(special: str, digits: str = "04x", **short: str) -> Write:
    """A serialiser that escapes the characters that a pattern matches."""

    def escaped(found: re.Match[str]) -> str:
        units = memoryview(found[0].encode("utf-16-le")).cast("H")
        return known.get(found[0]) or "".join(f"\\u{unit:{digits}}" for unit in units)

    known = {**_SHORT, **short}
    return partial(re.compile(special).sub, escaped)


def _go_quoted(text: str) -> str:
    """``%q`` of Go, https://pkg.go.dev/strconv#Quote."""
    short = {**_SHORT, "\a": r"\a", "\v": r"\v"}

    def written(character: str) -> str:
        number = ord(character)
        if character.isprintable():
            return character
        if character.isascii():
            return f"\\x{number:02x}"
        return f"\\u{number:04x}" if number <= _LAST_OF_BMP else f"\\U{number:08x}"

    return "".join(short.get(each) or written(each) for each in text)


def _inspected(text: str) -> str:
    """``inspect`` of Ruby, https://docs.ruby-lang.org/en/master/String.html#method-i-inspect."""
    short = {**_SHORT, "\a": r"\a", "\v": r"\v", "\x1b": r"\e"}

    def written(character: str) -> str:
        number = ord(character)
        if category(character) not in {"Cc", "Cn", "Zl", "Zp"} or character == "\x85":
            return character
        return f"\\u{number:04X}" if number <= _LAST_OF_BMP else f"\\u{{{number:X}}}"

    plain = "".join(short.get(each) or written(each) for each in text)
    return re.sub(r"#(?=[{$@])", r"\\#", plain)


def _beside(before: str, encode: Callable[[bytes], bytes]) -> Write:
    """An encoder of bytes that come after some others."""
    return lambda text: encode(f"{before}{text}".encode()).decode()


def _twice(first: Write, second: Write) -> Write:
    return lambda text: second(first(text))


# https://pkg.go.dev/encoding/json#Marshal
_GO: Final = _json(r'["\\<>&\x00-\x1f\u2028\u2029]')
# https://learn.microsoft.com/dotnet/api/system.text.encodings.web.javascriptencoder.default
_DOTNET: Final = _json(r"""[^ -~]|["\\&'+<>`]""", "04X", **{'"': r"\u0022"})
# https://www.php.net/manual/function.json-encode.php
_PHP: Final = _json(r'["\\/\x00-\x1f]|[^\x00-\x7f]', **{"/": r"\/"})
_percent_encoded: Final = partial(quote, safe="")

SERIALISERS: Final[Mapping[str, Write]] = {
    "unchanged": str,
    "JSON of Go": _GO,
    "JSON of .NET": _DOTNET,
    # JsonConvert.ToString of Newtonsoft.Json
    "JSON of Newtonsoft": _json(r'["\\\x00-\x1f\x85\u2028\u2029]'),
    "JSON of PHP": _PHP,
    "JSON of Python": lambda text: json.dumps(text)[1:-1],
    # JSON.stringify of JavaScript and JSON.generate of Ruby are the same.
    "JSON of JavaScript": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    # com.google.gson.stream.JsonWriter, with its replacements that are safe in HTML
    "JSON of Gson": _json(r"""["\\<>&='\x00-\x1f\u2028\u2029]"""),
    # com.fasterxml.jackson.core.io.CharTypes
    "JSON of Jackson": _json(r'["\\\x00-\x1f]', "04X"),
    "JSON, all escaped": _json(r"(?s:.)", "04X"),
    "JSON in JSON of .NET": _twice(_DOTNET, _DOTNET),
    "JSON of Go, quoted": _twice(_GO, _go_quoted),
    "quoted by Go": _go_quoted,
    "inspected by Ruby": _inspected,
    "repr of Python": lambda text: repr(text)[1:-1],
    "bytes of Python": lambda text: repr(text.encode())[2:-1],
    "percent-encoded": _percent_encoded,
    "percent-encoded in lower case": lambda text: re.sub(
        "%..", lambda found: found[0].lower(), _percent_encoded(text)
    ),
    "percent-encoded, all of it": lambda text: "".join(f"%{each:02X}" for each in text.encode()),
    "percent-encoded twice": _twice(_percent_encoded, _percent_encoded),
    "form of a JSON text": _twice(_PHP, quote_plus),
    "form": quote_plus,
    "HTML": escape,
    "HTML in decimal": lambda text: "".join(f"&#{ord(each)};" for each in text),
    "HTML in hex": lambda text: "".join(f"&#x{ord(each):X};" for each in text),
    "JSON of Go in HTML": _twice(_GO, escape),
    "Base64": _beside("", b64encode),
    "Base64 of a name and it": _beside("motor:", b64encode),
    "Base64, one byte later": _beside(":", b64encode),
    "Base64, two bytes later": _beside("me", b64encode),
    "Base64 in a URL": _beside("", lambda raw: urlsafe_b64encode(raw).rstrip(b"=")),
    "Base64 in lines": _beside("a name that is as long as a line of Base64 is:", encodebytes),
    "Base64 in JSON of PHP": _twice(_beside("?>", b64encode), _PHP),
    "hex": lambda text: text.encode().hex(),
    "HEX": lambda text: text.encode().hex("-").upper(),
    "decimal": lambda text: ", ".join(map(str, text.encode())),
    "UTF-8 read as Latin-1": lambda text: text.encode().decode("latin-1"),
    "ASCII": lambda text: text.encode("ascii", "replace").decode(),
    "in two lines": lambda text: f"{text[:6]}\n{text[6:]}",
}
"""What a text can become, by name."""
