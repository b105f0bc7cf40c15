"""Reads YAML that people write, and says file and line of whatever is wrong in it."""

from __future__ import annotations

from pathlib import Path
import re
from typing import Any, Final, NoReturn, TypeVar

import msgspec
from msgspec import Struct
import yaml

from conform.core.errors import UsageError

KeyPath = tuple[str | int, ...]
"""The keys and positions that lead to something in a file."""

_T = TypeVar("_T")
_PATH: Final = re.compile(r"(?P<what>.*?)(?: - at `(?:key in )?\$(?P<path>[^`]*)`)?")
_UNKNOWN: Final = re.compile(r"unknown field `(.+)`")
_START: Final = yaml.Mark("", 0, 0, 0, None, 0)
_TAG: Final = "tag:yaml.org,2002:"


class Span(Struct, frozen=True):
    """Where a value stands in a text, in characters."""

    start: int
    end: int
    """Behind its last character, comments after it left out."""
    column: int
    """How far its first line is indented."""
    inline: bool
    """Whether it is a scalar, or a collection in brackets."""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Leaves dates as they are written, so that a wrong one is refused like any other value."""

    yaml_implicit_resolvers: Final = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != f"{_TAG}timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


class YamlFile:
    """One file, its data, and the line of everything in it.

    Args:
        path: the file.
        what: what it is to be, to follow "is no".
        form: one sentence, where its form is described.

    Raises:
        UsageError: it cannot be read, is no YAML, or has a key twice.
    """

    def __init__(self, path: Path, *, what: str, form: str) -> None:
        self._path = path
        self._what = what
        self._form = form
        self.text = self._read()
        try:
            loader = _Loader(self.text)
            self._root = loader.get_single_node() or yaml.MappingNode(
                f"{_TAG}map", [], _START, _START
            )
            self._refuse_duplicates(self._root)
            self.data: Any = loader.construct_document(self._root)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            self._refuse(str(error.problem or error.context), mark.line + 1 if mark else 1)
        except yaml.YAMLError as error:
            self._refuse(f"{error}".splitlines()[0], 1)

    def convert(self, form: type[_T]) -> _T:
        """The data as a type.

        Raises:
            UsageError: it is not of that type.
        """
        try:
            return msgspec.convert(self.data, type=form)
        except msgspec.ValidationError as error:
            match = _PATH.fullmatch(str(error))
            assert match is not None
            place = _place(match["path"] or "")
            unknown = _UNKNOWN.search(match["what"])
            self.refuse(match["what"], (*place, unknown[1]) if unknown else place)

    def line(self, place: KeyPath) -> int:
        """The line of a place, or of what is nearest above it."""
        mark, _ = self._find(place)
        line: int = mark.line + 1
        return line

    def span(self, place: KeyPath) -> Span:
        """Where in the text the value of a place stands."""
        _, node = self._find(place)
        mark = node.start_mark
        return Span(mark.index, _end(node), mark.column, bool(getattr(node, "flow_style", True)))

    def refuse(self, problem: str, place: KeyPath) -> NoReturn:
        """End with what is wrong and where.

        Raises:
            UsageError: always.
        """
        self._refuse(problem, self.line(place))

    def _read(self) -> str:
        try:
            return self._path.read_text("utf-8")
        except OSError as error:
            raise UsageError(
                f"{self._path} cannot be read.", why=f"{error.strerror}.", fix="Name another file."
            ) from error
        except UnicodeDecodeError as error:
            self._refuse(f"It is not UTF-8 at byte {error.start}", 1)

    def _find(self, place: KeyPath) -> tuple[yaml.Mark, yaml.Node]:
        node: yaml.Node = self._root
        mark = node.start_mark
        for key in place:
            inner = _inner(node, key)
            if inner is None:
                break
            mark, node = inner
        return mark, node

    def _refuse(self, problem: str, line: int) -> NoReturn:
        raise UsageError(
            f"{self._path}:{line} is no {self._what}.", why=f"{problem}.", fix=self._form
        )

    def _refuse_duplicates(self, node: yaml.Node | None) -> None:
        match node:
            case yaml.MappingNode(value=pairs):
                keys: set[str] = set()
                for key, inner in pairs:
                    if key.value in keys and key.tag != f"{_TAG}merge":
                        line = key.start_mark.line + 1
                        self._refuse(f"The key {key.value!r} stands there twice", line)
                    keys.add(key.value)
                    self._refuse_duplicates(inner)
            case yaml.SequenceNode(value=items):
                for item in items:
                    self._refuse_duplicates(item)


def _end(node: yaml.Node) -> int:
    """Where a node ends; that of a block is where its last value does."""
    if getattr(node, "flow_style", True) or not node.value:
        end: int = node.end_mark.index
        return end
    last = node.value[-1]
    return _end(last[1] if isinstance(node, yaml.MappingNode) else last)


def _inner(node: yaml.Node, key: str | int) -> tuple[yaml.Mark, yaml.Node] | None:
    """Where something in a node stands, its key where it has one, and what it is."""
    match node, key:
        case yaml.MappingNode(value=pairs), _:
            found = ((name.start_mark, each) for name, each in pairs if name.value == str(key))
            return next(found, None)
        case yaml.SequenceNode(value=items), int() if key < len(items):
            return items[key].start_mark, items[key]
    return None


def _place(path: str) -> KeyPath:
    """The place that a path of msgspec names, such as ``.cases[0].steps[1]``."""
    parts = re.findall(r"\[(\d+)\]|\.([\w-]+)", path)
    return tuple(int(index) if index else key for index, key in parts)
