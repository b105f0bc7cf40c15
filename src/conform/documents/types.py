"""The table of documented type names, and the types that they mean.

``Nullable<Int64>``, ``Long`` and ``int64`` are one type in three languages, except that the first
one allows null.

``str`` of a type is its short form, the same for all SDKs: ``int64``, ``int64?`` (null is allowed),
``[int64]`` (a list), ``{string}`` (a map), ``#user`` (another object), ``!frob`` (unknown).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
import re
from typing import Any, Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from conform.documents.page import snake_case

Kind = Literal[
    "string", "int64", "boolean", "double", "decimal", "date", "date-time", "email", "file", "any"
]  # fmt: skip

MAX_DEPTH: Final = 8
"""How deep a documented type may nest; real types nest three deep."""


class _Type(Struct, frozen=True, kw_only=True, omit_defaults=True):
    nullable: bool = False


class Scalar(_Type, frozen=True):
    """One value."""

    kind: Kind

    def __str__(self) -> str:
        return self.kind + "?" * self.nullable


class Dictionary(_Type, frozen=True):
    """A JSON object with any member names."""

    values: Type

    def __str__(self) -> str:
        return f"{{{self.values}}}" + "?" * self.nullable


class Sequence(_Type, frozen=True):
    """A JSON array."""

    items: Type

    def __str__(self) -> str:
        return f"[{self.items}]" + "?" * self.nullable


class Reference(_Type, frozen=True):
    """An object that another page documents."""

    resource: str
    """The name of the resource in snake case."""

    def __str__(self) -> str:
        return f"#{self.resource}" + "?" * self.nullable


class Unknown(_Type, frozen=True):
    """A type name that the table does not have; it becomes a finding."""

    name: str

    def __str__(self) -> str:
        return f"!{self.name}" + "?" * self.nullable


Type = Scalar | Dictionary | Sequence | Reference | Unknown

ANY: Final = Scalar(kind="any")
"""The type of an entry for which a page gives no type."""

_NAMES: Final[dict[str, Type]] = {
    "string": Scalar(kind="string"),
    "int": Scalar(kind="int64"),
    "int32": Scalar(kind="int64"),
    "int64": Scalar(kind="int64"),
    "integer": Scalar(kind="int64"),
    "long": Scalar(kind="int64"),
    "bool": Scalar(kind="boolean"),
    "boolean": Scalar(kind="boolean"),
    "double": Scalar(kind="double"),
    "float": Scalar(kind="double"),
    "decimal": Scalar(kind="decimal"),
    "date": Scalar(kind="date"),
    "date-time": Scalar(kind="date-time"),
    "datetime": Scalar(kind="date-time"),
    "email": Scalar(kind="email"),
    "file": Scalar(kind="file"),
    "byte[]": Scalar(kind="file"),
    "system.net.http.bytearraycontent": Scalar(kind="file"),
    "object": Dictionary(values=ANY),
    "hash": Dictionary(values=ANY),
    "array": Sequence(items=ANY),
}
_WRAPPERS: Final[tuple[tuple[re.Pattern[str], Callable[[Type], Type]], ...]] = (
    (re.compile(r"nullable<(.+)>", re.IGNORECASE), lambda inner: replace(inner, nullable=True)),
    (re.compile(r"array\((.+)\)", re.IGNORECASE), lambda inner: Sequence(items=inner)),
    (re.compile(r"(?:array|list)<(.+)>", re.IGNORECASE), lambda inner: Sequence(items=inner)),
    (re.compile(r"(.+)\[\]"), lambda inner: Sequence(items=inner)),
    (
        re.compile(r"(?:dictionary|map|hashmap|hash)[<(]\s*string\s*,\s*(.+)[>)]", re.IGNORECASE),
        lambda inner: Dictionary(values=inner),
    ),
)
_SHOWN: Final[dict[Kind, type | tuple[type, ...]]] = {
    "boolean": bool,
    "int64": int,
    "double": (int, float),
    "decimal": (str, int, float),
}
_REFERENCE: Final = re.compile(r"[A-Z][A-Za-z0-9]*")


def parse(name: str | None, resources: frozenset[str] = frozenset()) -> Type:
    """The type that a documented type name means.

    Args:
        name: the name as the page writes it; absent if it gives none.
        resources: the resources that have a page, in snake case. A name with a capital letter is
            taken for a resource even if it is not one of them.
    """
    return ANY if name is None else _parse(name.strip(), resources, MAX_DEPTH)


@lru_cache(maxsize=4096)
def _parse(name: str, resources: frozenset[str], depth: int) -> Type:
    if depth == 0:
        return Unknown(name=name)
    if known := _NAMES.get(name.lower()):
        return known
    for pattern, wrap in _WRAPPERS:
        if match := pattern.fullmatch(name):
            return wrap(_parse(match[1].strip(), resources, depth - 1))
    if _REFERENCE.fullmatch(name) or snake_case(name) in resources:
        return Reference(resource=snake_case(name))
    return Unknown(name=name)


def unknown_names(documented: Type) -> tuple[str, ...]:
    """The names inside a type that the table does not have."""
    match documented:
        case Unknown(name=name):
            return (name,)
        case Sequence(items=inner) | Dictionary(values=inner):
            return unknown_names(inner)
        case _:
            return ()


def accepts(documented: Type, value: Any) -> bool:
    """Whether a documented type accepts an example value; a date-time accepts any string."""
    if value is None:
        return documented.nullable or str(documented) == "any" or isinstance(documented, Unknown)
    match documented:
        case Scalar(kind="any") | Unknown():
            return True
        case Scalar(kind=kind):
            numeric = not isinstance(value, bool)
            return isinstance(value, _SHOWN.get(kind, str)) and numeric == (kind != "boolean")
        case Sequence(items=inner):
            return isinstance(value, list) and all(accepts(inner, each) for each in value)
        case Dictionary(values=inner):
            return isinstance(value, dict) and all(accepts(inner, each) for each in value.values())
        case Reference():
            return isinstance(value, dict)
