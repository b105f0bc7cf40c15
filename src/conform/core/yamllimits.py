"""Refuses YAML that is too large or too deep, also after its aliases are expanded.

Such a text exhausts time or memory while it becomes data, or crashes the interpreter. The events of
the parser show it before, in a time that depends only on the length of the text.
"""

from __future__ import annotations

from typing import Any, Final, NoReturn

from msgspec import Struct
from msgspec.structs import replace
import yaml

MAX_BYTES: Final = 4 << 20
"""The size of the largest file that is read."""
MAX_DEPTH: Final = 50
"""How deep lists and mappings may nest, with aliases expanded."""
MAX_NODES: Final = 200_000
"""How many lists, mappings, keys and values a text may contain, with aliases expanded."""


def verify(text: str, loader: Any) -> None:
    """Check a text against the limits of depth and nodes, and that it contains no tags.

    Args:
        text: the text.
        loader: the class of the loader that will read it.

    Raises:
        yaml.YAMLError: it exceeds a limit, contains a tag, or is not YAML.
    """
    measure = _Measure()
    for event in yaml.parse(text, Loader=loader):
        measure.take(event)


class _Part(Struct):
    """A value, a list or a mapping, as far as it has been parsed."""

    anchor: str | None
    height: int = 0
    """How many lists and mappings nest in it, itself included."""
    nodes: int = 1
    """How many parts it consists of, itself included."""


class _Measure:
    def __init__(self) -> None:
        self._nodes = 0
        self._unfinished: list[_Part] = []
        self._anchored: dict[str, _Part] = {}

    def take(self, event: yaml.Event) -> None:
        match event:
            case yaml.CollectionStartEvent(tag=str() as tag) | yaml.ScalarEvent(tag=str() as tag):
                _refuse(f"The tag {tag} is not allowed", event)
            case yaml.CollectionStartEvent(anchor=anchor):
                self._begin(_Part(anchor, height=1), event)
            case yaml.CollectionEndEvent():
                self._end()
            case yaml.ScalarEvent(anchor=anchor):
                self._begin(_Part(anchor), event)
                self._end()
            case yaml.AliasEvent(anchor=anchor) if anchor in self._anchored:
                self._begin(replace(self._anchored[anchor], anchor=None), event)
                self._end()
            case yaml.AliasEvent(anchor=anchor):
                _refuse(f"The alias *{anchor} does not come after its value", event)

    def _begin(self, part: _Part, event: yaml.Event) -> None:
        self._nodes += part.nodes
        if self._nodes > MAX_NODES:
            _refuse(f"It has more than {MAX_NODES:,} values, with aliases expanded", event)
        if len(self._unfinished) + part.height > MAX_DEPTH:
            _refuse(f"It nests deeper than {MAX_DEPTH} lists and mappings", event)
        self._unfinished.append(part)

    def _end(self) -> None:
        part = self._unfinished.pop()
        if self._unfinished:
            outer = self._unfinished[-1]
            outer.nodes += part.nodes
            outer.height = max(outer.height, part.height + 1)
        if part.anchor is not None:
            self._anchored[part.anchor] = part


def _refuse(problem: str, event: Any) -> NoReturn:
    raise yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)
