"""Reads the cases that people write: YAML in the form of a case, refused where it cannot be one.

``schemas/cases/file.json`` is the JSON Schema of a file, made from the types here.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
import re
from typing import Any, Final, NoReturn, get_args

import msgspec
from msgspec import Struct
import yaml

from conform import locations
from conform.cases.model import Case
from conform.cases.possible import Place, problems
from conform.errors import UsageError
from conform.values import Value

_KINDS: Final = {each.__struct_config__.tag: each.__struct_fields__ for each in get_args(Value)}
_PATH: Final = re.compile(r"(?P<what>.*?)(?: - at `(?:key in )?\$(?P<path>[^`]*)`)?")
_START: Final = yaml.Mark("", 0, 0, 0, None, 0)
_MERGE: Final = "tag:yaml.org,2002:merge"


class File(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of written cases."""

    about: str
    """What its cases are about, in a sentence."""
    shared: Any = None
    """Where anchors stand that several cases refer to; it means nothing by itself."""
    cases: tuple[Case, ...]


@cache
def written_cases(root: Path | None = None) -> tuple[Case, ...]:
    """Every case of the folder of written cases, by file.

    Raises:
        UsageError: a file holds what is no case; it names file and line.
    """
    folder = root or locations.suites() / "cases"
    seen: dict[str, str] = {}
    found: list[Case] = []
    for path in sorted(folder.glob("**/*.yaml")):
        text = _Text(path)
        for index, case in enumerate(text.file.cases):
            where = text.line(("cases", index, "id"))
            if case.id in seen:
                text.refuse(f"{case.id} is already at {seen[case.id]}", ("cases", index, "id"))
            seen[case.id] = f"{path.name}:{where}"
            for place, problem in problems(case):
                text.refuse(f"{case.id}: {problem}", ("cases", index, *place))
            found.append(case)
    return tuple(found)


class _Text:
    """One file with the line of everything in it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(path.read_bytes())
            self._root = loader.get_single_node() or yaml.MappingNode(
                "tag:yaml.org,2002:map", [], _START, _START
            )
            self._refuse_duplicates(self._root)
            data: Any = loader.construct_document(self._root)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            self._refuse(str(error.problem or error.context), mark.line + 1 if mark else 1)
        except yaml.YAMLError as error:
            self._refuse(f"{error}".splitlines()[0], 1)
        self._refuse_unknown(data, ())
        try:
            self.file = msgspec.convert(data, type=File)
        except msgspec.ValidationError as error:
            match = _PATH.fullmatch(str(error))
            assert match is not None
            self.refuse(match["what"], _place(match["path"] or ""))

    def line(self, place: Place) -> int:
        """The line of a place, or of what is nearest above it."""
        node: yaml.Node = self._root
        mark = node.start_mark
        for key in place:
            inner = _inner(node, key)
            if inner is None:
                break
            mark, node = inner
        line: int = mark.line + 1
        return line

    def refuse(self, problem: str, place: Place) -> NoReturn:
        """End with what is wrong and where.

        Raises:
            UsageError: always.
        """
        self._refuse(problem, self.line(place))

    def _refuse(self, problem: str, line: int) -> NoReturn:
        raise UsageError(
            f"{self._path}:{line} is no case.",
            why=f"{problem}.",
            fix="schemas/cases/file.json is the form of such a file.",
        )

    def _refuse_duplicates(self, node: yaml.Node | None) -> None:
        match node:
            case yaml.MappingNode(value=pairs):
                keys: set[str] = set()
                for key, inner in pairs:
                    if key.value in keys and key.tag != _MERGE:
                        line = key.start_mark.line + 1
                        self._refuse(f"The key {key.value!r} stands there twice", line)
                    keys.add(key.value)
                    self._refuse_duplicates(inner)
            case yaml.SequenceNode(value=items):
                for item in items:
                    self._refuse_duplicates(item)

    def _refuse_unknown(self, data: Any, place: Place) -> None:
        """Refuse a tagged value with a key of no value; adapters may add some, people may not."""
        match data:
            case {"kind": str(kind)} if kind in _KINDS:
                for key in data.keys() - {"kind", *_KINDS[kind]}:
                    self.refuse(f"A value of kind {kind} has no {key!r}", (*place, key))
        match data:
            case dict():
                for key, inner in data.items():
                    self._refuse_unknown(inner, (*place, key))
            case list():
                for index, inner in enumerate(data):
                    self._refuse_unknown(inner, (*place, index))


def _inner(node: yaml.Node, key: str | int) -> tuple[yaml.Mark, yaml.Node] | None:
    """Where something in a node stands, its key where it has one, and what it is."""
    match node, key:
        case yaml.MappingNode(value=pairs), _:
            found = ((name.start_mark, each) for name, each in pairs if name.value == str(key))
            return next(found, None)
        case yaml.SequenceNode(value=items), int() if key < len(items):
            return items[key].start_mark, items[key]
    return None


def _place(path: str) -> Place:
    """The place that a path of msgspec names, such as ``.cases[0].steps[1]``."""
    parts = re.findall(r"\[(\d+)\]|\.([\w-]+)", path)
    return tuple(int(index) if index else key for index, key in parts)
