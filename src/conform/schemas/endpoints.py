"""Where each operation goes over HTTP: kept by hand, since it is on no page."""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec
from msgspec import Struct

from conform.core.errors import UsageError

Place = Literal["path", "query", "body"]


class Endpoint(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Method and path of one operation, and what the server answers when all is well."""

    method: str
    path: str
    """Under the base URL, from ``/api/rest/v1`` on; path parameters stand in braces."""
    status: int
    answers: str | None = None
    """The object in the body: ``session`` is that of the variant, any other one is shown by
    ``example``; absent where there is no body."""
    is_list: bool = False
    """Whether the body is a JSON array of such objects."""
    example: Any = None
    """A body that the server may answer; absent where the variant's own example is one."""
    read_only: bool = False
    authenticated: bool = False
    """Whether the caller must be known by a session or a key."""

    @property
    def path_parameters(self) -> tuple[str, ...]:
        """Names of the parameters that travel in the path."""
        return tuple(re.findall(r"\{(\w+)\}", self.path))

    def place(self, parameter: str) -> Place:
        """Where a parameter travels."""
        if parameter in self.path_parameters:
            return "path"
        return "query" if self.method in {"GET", "HEAD", "DELETE"} else "body"

    def fill(self, **values: str) -> str:
        """The path with its parameters put in, each already escaped."""
        return self.path.format(**values)


class Endpoints(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table of one resource, as ``schemas/<resource>/operations.json`` holds it."""

    resource: str
    source: str
    """Where the table comes from."""
    base_path: str
    operations: dict[str, Endpoint]

    @classmethod
    def decode(cls, content: bytes) -> Endpoints:
        """The table in a file."""
        return msgspec.json.decode(content, type=cls)

    def find(self, operation: str) -> Endpoint:
        """The endpoint of one operation, its path whole.

        Raises:
            UsageError: the table has none.
        """
        try:
            endpoint = self.operations[operation]
        except KeyError:
            raise UsageError(
                f"{self.resource}.{operation} has no endpoint.",
                why=f"Those of {self.resource} are {', '.join(self.operations)}.",
                fix=f"Add it to schemas/{self.resource}/operations.json.",
            ) from None
        return msgspec.structs.replace(endpoint, path=self.base_path + endpoint.path)
