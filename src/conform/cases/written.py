"""Reads the cases that people write as YAML, and refuses each one that is not valid.

``schemas/cases/file.json`` is the JSON Schema of a file. It is made from the types of this module.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final, get_args

from msgspec import Struct

from conform.cases.model import Case
from conform.cases.validity import problems
from conform.core import paths
from conform.core.values import Value
from conform.core.yamlfile import KeyPath, YamlFile

_KINDS: Final = {each.__struct_config__.tag: each.__struct_fields__ for each in get_args(Value)}
_FORM: Final = "Correct the file; schemas/cases/file.json is its JSON Schema."


class CasesFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One YAML file of written cases."""

    about: str
    """The subject of its cases, in one sentence."""
    shared: Any = None
    """A place for YAML anchors that several cases refer to; it has no other meaning."""
    cases: tuple[Case, ...]


@cache
def written_cases(root: Path | None = None) -> tuple[Case, ...]:
    """Every case in a folder of YAML files, in the order of the files.

    Args:
        root: the folder; by default ``suites/cases``.

    Raises:
        UsageError: a case is not valid; the error names file and line.
    """
    folder = root or paths.suites() / "cases"
    seen: dict[str, str] = {}
    found: list[Case] = []
    for path in sorted(folder.glob("**/*.yaml")):
        text = YamlFile(path, what="case", form=_FORM)
        _refuse_unknown(text, text.data, ())
        for index, case in enumerate(text.convert(CasesFile).cases):
            where = text.line(("cases", index, "id"))
            if case.id in seen:
                text.refuse(
                    f"The id {case.id} is already used at {seen[case.id]}", ("cases", index, "id")
                )
            seen[case.id] = f"{path.name}:{where}"
            for place, problem in problems(case):
                text.refuse(f"{case.id}: {problem}", ("cases", index, *place))
            found.append(case)
    return tuple(found)


def _refuse_unknown(file: YamlFile, data: Any, place: KeyPath) -> None:
    """Refuse a value with an unknown key; adapters may send more keys than people may write."""
    match data:
        case {"kind": str(kind)} if kind in _KINDS:
            for key in data.keys() - {"kind", *_KINDS[kind]}:
                file.refuse(f"A value of the kind {kind} has no key {key!r}", (*place, key))
    match data:
        case dict():
            for key, inner in data.items():
                _refuse_unknown(file, inner, (*place, key))
        case list():
            for index, inner in enumerate(data):
                _refuse_unknown(file, inner, (*place, index))
