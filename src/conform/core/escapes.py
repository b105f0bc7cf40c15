"""Escapes the characters that a reader cannot see and that a terminal or a parser would obey."""

from __future__ import annotations

import re
from typing import Final

UNSEEN: Final = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, except tab and line feed
    "\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # invisible
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"  # not characters at all
    "\U0001d173-\U0001d17a\U000e0000-\U000e007f"
    "]+"
)
"""Characters that cannot be seen, or that a terminal, a browser or an XML parser obeys or refuses.
"""

_UNDECODED: Final = range(0xDC80, 0xDD00)
_FIRST_UNDECODED: Final = 0x80
_LAST_BYTE: Final = 0xFF


def visible(text: str) -> str:
    """The text with every unseen character escaped; tabs and line feeds stay."""
    return UNSEEN.sub(lambda found: escapes(found[0]), text)


def escapes(text: str) -> str:
    r"""Each character as its escape, such as ``\x1b`` or ``\u202e``.

    A byte that is not valid UTF-8, decoded with ``surrogateescape``, becomes ``\xff``.
    """
    return "".join(map(_escape, text))


def _escape(character: str) -> str:
    number = ord(character)
    if number in _UNDECODED:
        number -= _UNDECODED.start - _FIRST_UNDECODED
    return f"\\x{number:02x}" if number <= _LAST_BYTE else f"\\u{number:04x}"
