"""Names the schema files of a variant, and makes their contents."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from conform.schemas import derive
from conform.schemas.derive import Schema
from conform.schemas.shape import Shape


class VariantFiles(Struct, frozen=True, kw_only=True):
    """The generated files of one variant, below the folder of schemas."""

    digest: str
    """The digest of the shape."""
    schema: str
    requests: dict[str, str]
    """The files of request schemas, by operation."""

    @classmethod
    def of(cls, name: str, shape: Shape) -> VariantFiles:
        """The files of a shape with a name."""
        stem = f"{shape.resource}/{name}"
        requests = {action.name: f"{stem}.{action.name}.json" for action in shape.actions}
        return cls(digest=shape.digest, schema=f"{stem}.json", requests=requests)


def contents(name: str, shape: Shape, glossary: Mapping[str, str]) -> dict[str, Schema]:
    """The schemas of a variant, by the path of their file."""
    files, title = VariantFiles.of(name, shape), shape.resource.capitalize()
    described = derive.object_schema(shape, f"{title}, variant {name}", glossary)
    found = {files.schema: described}
    for action in shape.actions:
        request = derive.request_schema(action, f"{title}.{action.name}, variant {name}", glossary)
        found[files.requests[action.name]] = request
    return found
