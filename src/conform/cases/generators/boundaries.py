"""Lists the boundary values of each documented type, which SDKs lose, round, trim or convert."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from conform.core.identity import Level
from conform.core.values import Value, from_json


class Boundary(Struct, frozen=True):
    """One value that is worth a case, with a stable name."""

    name: str
    value: Value
    words: str
    """The value in words, to complete the sentence "keeps …"."""
    level: Level = "documented"


def _of(name: str, item: object, words: str, level: Level = "documented") -> Boundary:
    return Boundary(name, from_json(item), words, level)


INT64: Final = (
    _of("int64-zero", 0, "zero"),
    _of("int64-one", 1, "one"),
    _of("int64-minus-one", -1, "a negative number"),
    _of("int64-beyond-int32", 2**31, "the first number that does not fit in 32 bits"),
    _of("int64-beyond-double", 2**53 + 1, "the first number that does not fit in a double"),
    _of("int64-max", 2**63 - 1, "the largest 64-bit number"),
    _of("int64-min", -(2**63), "the smallest 64-bit number"),
)

BOOLEAN: Final = (
    _of("boolean-true", item=True, words="true"),
    _of("boolean-false", item=False, words="false"),
)

STRING: Final = (
    _of("string-ordinary", "motor", "an ordinary text"),
    _of("string-empty", "", "the empty text"),
    _of("string-spaces", "  motor\t", "white space at both ends"),
    _of("string-digits", "007", "digits with leading zeros"),
    _of("string-number", "1e3", "a text that looks like a number"),
    _of("string-true", "true", "a text that looks like a boolean"),
    _of("string-null", "null", "a text that looks like null"),
    _of("string-json", '{"a":1}', "a text that looks like JSON"),
    _of("string-date", "2021-02-03T04:05:06Z", "a text that looks like a date"),
    _of("string-unicode", "żółć Ünïcödé 漢字", "letters of several scripts"),
    _of("string-decomposed", "e\u0301 \u212b", "combining characters, not composed"),
    _of("string-emoji", "👩\u200d💻🏳️\u200d🌈", "characters that need more than 16 bits"),
    _of("string-right-to-left", "\u202eabc\u202c שלום", "text that is written from right to left"),
    _of("string-escapes", '"\\/\b\f\n\r\t', "every character that JSON escapes"),
    _of("string-markup", "<b>&amp;'\"</b>", "markup as text"),
    _of("string-separators", "\u2028\u2029\u0085", "line separators of Unicode"),
    _of(
        "string-controls",
        "".join(map(chr, (*range(1, 32), 127))),
        "control characters",
        "convention",
    ),
    _of("string-nul", "a\u0000b", "a NUL character", "convention"),
    _of("string-long", "0123456789abcdef" * 4096, "65,536 characters", "convention"),
)
