"""Reads the vectors of the protocol: what every adapter must answer, whatever its language."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

import msgspec
from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from conform.core import jsonfile, paths
from conform.core.values import List, Other, String, Value

FILE: Final = "protocol/vectors.json"
"""The vectors, below ``schemas/``."""


class _Vector(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    rule: str
    """What the adapter must do, in words."""


class VectorReply(
    Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """One reply; its ``result`` is not compared."""

    id: int | None
    error: int | UnsetType = UNSET
    """The code of the error; absent if the reply has a result."""


class LineVector(_Vector, frozen=True, kw_only=True):
    """Lines that are sent to a new adapter, and the replies that they must get."""

    send: tuple[str, ...]
    """Each is written at once, with a line break at its end; it may have several lines."""
    replies: tuple[VectorReply, ...]


class ValueVector(_Vector, frozen=True, kw_only=True):
    """A value that ``echo`` must give back."""

    value: Value
    or_refused: bool = False
    """Whether the language may not have such a value (-32602), or no parser for it."""
    alike: Value | None = None
    """What may come back too, from a language that does not tell the two apart."""
    times: int = 1
    """How many times the text of the value is repeated."""
    nested: int = 0
    """How many lists the value is in."""
    shown: int = 0
    """How many of these lists come back; inside of them is ``other`` if they are fewer."""

    @property
    def sent(self) -> str:
        """The value as it is sent, in JSON; no encoder has to follow it into its depth."""
        inside = msgspec.json.encode(self._repeated).decode()
        return '{"kind":"list","items":[' * self.nested + inside + "]}" * self.nested

    @property
    def expected(self) -> Value:
        """The value that comes back, apart from the names of types."""
        inside = Other() if self.shown < self.nested else self._repeated
        return _in_lists(inside, self.shown)

    @property
    def _repeated(self) -> Value:
        if isinstance(self.value, String):
            return replace(self.value, text=self.value.text * self.times)
        return self.value


class Vectors(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All vectors."""

    lines: tuple[LineVector, ...]
    values: tuple[ValueVector, ...]

    @property
    def rules(self) -> Iterator[str]:
        """What the lines are about, in words."""
        return (each.rule for each in self.lines)


@cache
def read() -> Vectors:
    """The vectors that come with the suite.

    Raises:
        SuiteError: they are missing or cannot be read.
    """
    return jsonfile.read(paths.schemas() / FILE, Vectors)


def _in_lists(value: Value, count: int) -> Value:
    for _ in range(count):
        value = List(items=(value,))
    return value
