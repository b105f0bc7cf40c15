"""Derives JSON Schemas (2020-12) from a shape: of the object, and of each operation's request.

Objects are open, since a server may return more than is documented. Requests are closed, since a
client must send only what is documented. There are three additional annotations: ``x-type`` (the
documented type in the short form of ``documents.types``), ``x-meaning`` and ``x-only-if`` (ids of
ours).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from conform.documents.meanings import is_unknown
from conform.documents.types import Dictionary, Kind, Reference, Scalar, Sequence, Type, Unknown
from conform.schemas.shape import Action, Argument, Member, Shape

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
INT64_MIN: Final = -(2**63)
INT64_MAX: Final = 2**63 - 1

Schema = dict[str, Any]

_SCALARS: Final[dict[Kind, Schema]] = {
    "string": {"type": "string"},
    "int64": {"type": "integer", "format": "int64", "minimum": INT64_MIN, "maximum": INT64_MAX},
    "boolean": {"type": "boolean"},
    "double": {"type": "number", "format": "double"},
    "decimal": {"type": ["string", "number"], "format": "decimal"},
    "date": {"type": "string", "format": "date"},
    "date-time": {"type": "string", "format": "date-time"},
    "email": {"type": "string", "format": "email"},
    "file": {"type": "string", "format": "binary"},
    "any": {},
}


def object_schema(
    shape: Shape, title: str, glossary: Mapping[str, str], objects: frozenset[str] = frozenset()
) -> Schema:
    """The object as the server returns it.

    An attribute that only the client sends is ``writeOnly`` and not required.

    Args:
        shape: the documented shape.
        title: the title of the schema.
        glossary: a sentence for each meaning.
        objects: the resources that have a schema; a reference to any other accepts every object.
    """
    return {
        "$schema": DIALECT,
        "title": title,
        "type": "object",
        "properties": {member.name: _member(member, glossary, objects) for member in shape.members},
        "required": [member.name for member in shape.members if member.presence == "always"],
    }


def request_schema(
    action: Action, title: str, glossary: Mapping[str, str], objects: frozenset[str] = frozenset()
) -> Schema:
    """The parameters of one operation, in every part of the request."""
    return {
        "$schema": DIALECT,
        "title": title,
        "type": "object",
        "properties": {each.name: _argument(each, glossary, objects) for each in action.arguments},
        "required": [each.name for each in action.arguments if each.required],
        "additionalProperties": False,
    }


def reconciled_schema(resource: str, variants: Iterable[tuple[str, Shape]]) -> Schema:
    """One schema that accepts an object of any variant.

    Variants with the same object share a branch, even if their operations differ. Each branch
    refers to the schema of its first variant, and lists its variants under ``x-variants``.
    """
    branches: dict[str, list[str]] = {}
    for name, shape in sorted(variants):
        key = repr(shape.members)
        branches.setdefault(key, []).append(name)
    return {
        "$schema": DIALECT,
        "title": f"{resource}, any variant",
        "anyOf": [{"$ref": f"{names[0]}.json", "x-variants": names} for names in branches.values()],
    }


def type_schema(documented: Type, objects: frozenset[str] = frozenset()) -> Schema:
    """The JSON Schema of a documented type."""
    match documented:
        case Scalar(kind=kind):
            schema = dict(_SCALARS[kind])
        case Sequence(items=inner):
            schema = {"type": "array", "items": type_schema(inner, objects)}
        case Dictionary(values=inner):
            schema = {"type": "object", "additionalProperties": type_schema(inner, objects)}
        case Reference(resource=resource) if resource in objects:
            schema = {"$ref": f"{resource}.json"}
        case Reference():
            schema = {"type": "object"}
        case Unknown():
            schema = {}
    return _nullable(schema) if documented.nullable else schema


def _nullable(schema: Schema) -> Schema:
    match schema:
        case {"type": str() as name}:
            return {**schema, "type": [name, "null"]}
        case {"type": [*names]}:
            return {**schema, "type": [*names, "null"]}
        case {"$ref": _}:
            return {"anyOf": [schema, {"type": "null"}]}
        case _:
            return schema


def _member(member: Member, glossary: Mapping[str, str], objects: frozenset[str]) -> Schema:
    schema = _argument(member, glossary, objects)
    if member.only_if is not None:
        schema["x-only-if"] = member.only_if
    if member.presence == "sent":
        schema["writeOnly"] = True
    return schema


def _argument(
    part: Member | Argument, glossary: Mapping[str, str], objects: frozenset[str]
) -> Schema:
    schema = type_schema(part.type, objects)
    if part.meaning is not None and part.meaning in glossary:
        schema["description"] = glossary[part.meaning]
    schema["x-type"] = str(part.type)
    if part.meaning is not None and not is_unknown(part.meaning):
        schema["x-meaning"] = part.meaning
    return schema
