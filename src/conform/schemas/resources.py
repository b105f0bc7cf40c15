"""Makes the schemas of any resources from their pages, with references between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct

from conform.documents import coverage, extract, reader, types
from conform.documents.facts import Facts
from conform.documents.meanings import Meanings
from conform.documents.types import Dictionary, Reference, Sequence, Type
from conform.schemas import derive, shape
from conform.schemas.source import encode


class ResourceSchemas(Struct, frozen=True, kw_only=True):
    """The schemas of a set of pages."""

    files: dict[str, bytes]
    """Files by name: ``user.json`` for an object, ``user.create.json`` for a request."""
    dangling: tuple[str, ...]
    """Resources with references but no page in the set; their references accept every object."""


def build(
    pages: Iterable[Path], glossary: Mapping[str, str], meanings: Meanings
) -> ResourceSchemas:
    """The schemas of every object and operation on a set of pages.

    Raises:
        DocumentError: a page cannot be read.
    """
    paths = list(pages)
    resources = coverage.names([each for path in paths for each in path.parent.glob("*.md")])
    stated = [
        extract.facts(reader.read(path), sdk="", releases=(), meanings=meanings) for path in paths
    ]
    objects = frozenset(facts.resource for facts in stated if facts.attributes)
    files: dict[str, bytes] = {}
    missing: set[str] = set()
    for facts in stated:
        missing |= _references(facts, resources) - objects
        documented = shape.of(facts, resources)
        title = facts.resource
        if facts.attributes:
            schema = derive.object_schema(documented, title, glossary, objects)
            files[f"{title}.json"] = encode(schema)
        for action in documented.actions:
            name = f"{title}.{action.name}"
            files[f"{name}.json"] = encode(derive.request_schema(action, name, glossary, objects))
    return ResourceSchemas(files=dict(sorted(files.items())), dangling=tuple(sorted(missing)))


def _references(facts: Facts, resources: frozenset[str]) -> set[str]:
    documented = [attribute.type for attribute in facts.attributes]
    documented += [each.type for action in facts.operations for each in action.parameters]
    found = (_referred(types.parse(name, resources)) for name in documented)
    return {name for name in found if name is not None}


def _referred(documented: Type) -> str | None:
    match documented:
        case Reference(resource=name):
            return name
        case Sequence(items=inner) | Dictionary(values=inner):
            return _referred(inner)
        case _:
            return None
