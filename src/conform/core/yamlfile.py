"""Reads YAML that people write, and names the file and the line of every mistake."""

from __future__ import annotations

from pathlib import Path
import re
from typing import Any, Final, NoReturn, TypeVar

import msgspec
from msgspec import Struct
import yaml

from conform.core import files, yamllimits
from conform.core.errors import UsageError
from conform.core.text import capitalised

KeyPath = tuple[str | int, ...]
"""The keys and positions that lead to a value in a file."""

_T = TypeVar("_T")
_PATH: Final = re.compile(r"(?P<problem>.*?)(?: - at `(?:key in )?\$(?P<path>[^`]*)`)?")
_UNKNOWN: Final = re.compile(r"unknown field `(.+)`")
_START: Final = yaml.Mark("", 0, 0, 0, None, 0)
_TAG: Final = "tag:yaml.org,2002:"
_NUMBERS: Final = frozenset({f"{_TAG}int", f"{_TAG}float"})
_LONGEST_NUMBER: Final = 100
_NO_DIGITS: Final = re.compile(r"[-+]?0[bx]_+")


class Span(Struct, frozen=True):
    """The place of a value in a text, in characters."""

    start: int
    end: int
    """The place after its last character; comments after it do not count."""
    column: int
    """The indentation of its first line."""
    inline: bool
    """Whether it is a scalar, or a collection in brackets."""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Keeps dates as text, so that a wrong date is refused like any other wrong value."""

    yaml_implicit_resolvers: Final = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != f"{_TAG}timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


class YamlFile:
    """One file, its data, and the line of everything in it.

    Args:
        path: the file.
        what: what the file should contain, to follow "is not a valid".
        form: one sentence that says where its format is described.
        columns: whether errors name the column, too.

    Raises:
        UsageError: it cannot be read, is too large or too deep, is not YAML, or repeats a key.
    """

    def __init__(self, path: Path, *, what: str, form: str, columns: bool = False) -> None:
        self._path = path
        self._what = what
        self._form = form
        self._columns = columns
        self.text = self._read()
        try:
            yamllimits.verify(self.text, _Loader)
            loader = _Loader(self.text)
            self._root = loader.get_single_node() or yaml.MappingNode(
                f"{_TAG}map", [], _START, _START
            )
            self._verify(self._root)
            self.data: Any = loader.construct_document(self._root)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            problem = ", ".join(filter(None, (error.context, error.problem)))
            self._refuse(capitalised(problem), mark or _START)
        except yaml.YAMLError as error:
            self._refuse(f"{error}".splitlines()[0], _START)

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
            unknown = _UNKNOWN.search(match["problem"])
            self.refuse(match["problem"], (*place, unknown[1]) if unknown else place)

    def line(self, place: KeyPath) -> int:
        """The line of a value, or of the nearest value around it."""
        mark, _ = self._find(place)
        line: int = mark.line + 1
        return line

    def span(self, place: KeyPath) -> Span:
        """The place of a value in the text."""
        _, node = self._find(place)
        mark = node.start_mark
        return Span(mark.index, _end(node), mark.column, bool(getattr(node, "flow_style", True)))

    def refuse(self, problem: str, place: KeyPath) -> NoReturn:
        """Raise an error that names a problem and its line.

        Raises:
            UsageError: always.
        """
        mark, _ = self._find(place)
        self._refuse(problem, mark)

    def _read(self) -> str:
        try:
            content = files.read(self._path, yamllimits.MAX_BYTES)
        except OSError as error:
            raise UsageError(
                f"{self._path} cannot be read.", why=f"{error.strerror}.", fix="Name another file."
            ) from error
        if len(content) > yamllimits.MAX_BYTES:
            self._refuse(f"It is larger than {yamllimits.MAX_BYTES:,} bytes", _START)
        try:
            return content.decode().replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError as error:
            self._refuse(f"It is not UTF-8 at byte {error.start}", _START)

    def _find(self, place: KeyPath) -> tuple[yaml.Mark, yaml.Node]:
        node: yaml.Node = self._root
        mark = node.start_mark
        for key in place:
            inner = _inner(node, key)
            if inner is None:
                break
            mark, node = inner
        return mark, node

    def _refuse(self, problem: str, mark: yaml.Mark) -> NoReturn:
        place = f"{mark.line + 1}:{mark.column + 1}" if self._columns else f"{mark.line + 1}"
        raise UsageError(
            f"{self._path}:{place} is not a valid {self._what}.", why=f"{problem}.", fix=self._form
        )

    def _verify(self, node: yaml.Node) -> None:
        match node:
            case yaml.MappingNode(value=pairs):
                keys: set[str] = set()
                for key, inner in pairs:
                    mark = key.start_mark
                    if not isinstance(key, yaml.ScalarNode):
                        self._refuse("A list or a mapping cannot be a key", mark)
                    if key.value in keys and key.tag != f"{_TAG}merge":
                        self._refuse(f"The key {key.value!r} appears twice", mark)
                    keys.add(key.value)
                    self._verify(key)
                    self._verify(inner)
            case yaml.SequenceNode(value=items):
                for item in items:
                    self._verify(item)
            case yaml.ScalarNode(tag=tag, value=text) if tag in _NUMBERS:
                mark = node.start_mark
                if len(text) > _LONGEST_NUMBER:
                    self._refuse(f"A number has more than {_LONGEST_NUMBER} characters", mark)
                if _NO_DIGITS.fullmatch(text):
                    self._refuse(f"The number {text} has no digits", mark)


def _end(node: yaml.Node) -> int:
    """The end of a node; a block ends where its last value ends."""
    if getattr(node, "flow_style", True) or not node.value:
        end: int = node.end_mark.index
        return end
    last = node.value[-1]
    return _end(last[1] if isinstance(node, yaml.MappingNode) else last)


def _inner(node: yaml.Node, key: str | int) -> tuple[yaml.Mark, yaml.Node] | None:
    """A node inside a node, and where it starts, with its key if it has one."""
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
