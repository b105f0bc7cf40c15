"""Shortens, counts and joins the parts of a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_SHORT: Final = 60


def cut(text: str) -> str:
    """A text on one line, cut to 60 characters."""
    line = " ".join(text.split())
    return line if len(line) <= _SHORT else f"{line[:_SHORT]}…"


def counted(number: int, noun: str) -> str:
    """``1 case``, ``1,234 cases``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(items: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(items[:-1]), *items[-1:])))


def capitalised(text: str) -> str:
    """A text with a capital letter at its start."""
    return text[:1].upper() + text[1:]
