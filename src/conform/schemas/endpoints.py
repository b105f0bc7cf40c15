"""Knows the HTTP method and path of each operation, from tables that people edit.

No page documents them.
"""

from __future__ import annotations

import re
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from conform.core.errors import UsageError

Place = Literal["path", "query", "body"]


class Endpoint(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The method and path of one operation, and its successful response."""

    method: str
    path: str
    """The path, with path parameters in braces; in a table, below its ``base_path``."""
    status: int
    answers: str | None = None
    """The resource in the body of the response; absent if the body is empty. The schema of the
    variant describes a ``session``; ``example`` shows any other resource."""
    example: Any = None
    """A body of the response; absent if the example of the variant is one."""
    authenticated: bool = False
    """Whether the request needs a session or an API key."""

    @property
    def path_parameters(self) -> tuple[str, ...]:
        """The parameters that are sent in the path."""
        return tuple(re.findall(r"\{(\w+)\}", self.path))

    def place(self, parameter: str) -> Place:
        """The part of the request that contains a parameter."""
        if parameter in self.path_parameters:
            return "path"
        return "query" if self.method in {"GET", "HEAD", "DELETE"} else "body"

    def fill(self, **values: str) -> str:
        """The path with values for its parameters; the values must be escaped."""
        return self.path.format(**values)


class Endpoints(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table of one resource: the form of ``schemas/<resource>/operations.json``."""

    resource: str
    source: str
    """The source of the table, in words."""
    base_path: str
    operations: dict[str, Endpoint]

    def find(self, operation: str) -> Endpoint:
        """The endpoint of one operation, with its complete path.

        Raises:
            UsageError: the table does not have the operation.
        """
        try:
            endpoint = self.operations[operation]
        except KeyError:
            raise UsageError(
                f"{self.resource}.{operation} has no endpoint.",
                why=f"The operations with an endpoint are {', '.join(self.operations)}.",
                fix=f"Add it to schemas/{self.resource}/operations.json.",
            ) from None
        return replace(endpoint, path=self.base_path + endpoint.path)
