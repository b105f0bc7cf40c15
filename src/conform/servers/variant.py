"""One variant of the documentation, as a server needs it: its operations and its session object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
import secrets
from typing import Any, Final

from msgspec import Struct

from conform.cases.examples import typical, unconditional
from conform.schemas.catalog import Catalog
from conform.schemas.endpoints import Endpoint
from conform.schemas.validation import Validator
from conform.servers.accounts import User
from conform.servers.outcomes import Opened

_USER_OPERATIONS: Final = ("find", "list")


class ServedOperation(Struct, frozen=True, kw_only=True):
    """One operation of the server."""

    name: str
    """Such as ``session.create``."""
    endpoint: Endpoint
    request: dict[str, Any] | None
    """The JSON Schema of its parameters; None if no page of the project documents them."""


class ServedVariant:
    """What the pages of one variant document.

    Args:
        name: the variant.
        catalog: the known pages.

    Raises:
        UsageError: the variant does not exist.
    """

    def __init__(self, name: str, catalog: Catalog) -> None:
        self.name = name
        page = catalog.variant(name).facts
        session = tuple(
            ServedOperation(
                name=f"{page.resource}.{each.name}",
                endpoint=catalog.endpoint(page.resource, each.name),
                request=catalog.request_schema(name, each.name),
            )
            for each in page.operations
        )
        user = tuple(
            ServedOperation(
                name=f"user.{each}", endpoint=catalog.endpoint("user", each), request=None
            )
            for each in _USER_OPERATIONS
        )
        self.operations = (*session, *user)
        # The example, as far as it holds for a user whose second factor is set up.
        self._example = typical(page) | unconditional(page)
        self._conditional = {each.name for each in page.attributes if each.only_if}
        situations = {each.only_if for each in page.attributes if each.only_if}
        self._deciding = {each.name for each in page.attributes if each.meaning in situations}
        self._schemas: dict[str, dict[str, Any]] = catalog.schema(name)["properties"]
        # One name of a type, or a list of names.
        self._has_integer_id = "integer" in self._schemas["id"]["type"]
        self._documented = {
            attribute
            for variant in catalog.variants
            for attribute, schema in catalog.schema(variant)["properties"].items()
            if not schema.get("writeOnly")
        }

    @classmethod
    def newest(cls, catalog: Catalog) -> ServedVariant:
        """The variant that the newest pages of most SDKs document."""
        newest = Counter(catalog.page_of(sdk, None).variant for sdk in catalog.sdks)
        ((name, _),) = newest.most_common(1)
        return cls(name, catalog)

    def documents(self, operation: str, parameter: str) -> bool:
        """Whether an operation has a parameter."""
        found = next((each for each in self.operations if each.name == operation), None)
        return found is not None and parameter in (found.request or {}).get("properties", {})

    def new_session_id(self) -> str:
        """A session id that nobody can guess, of the documented type."""
        if self._has_integer_id:
            return str(secrets.randbelow(2**63 - 1) + 1)
        return secrets.token_hex(20)

    def session(self, opened: Opened, origin: str) -> dict[str, Any]:
        """A session as the object that the page documents.

        Args:
            opened: the session and its user.
            origin: the address of this server, such as ``http://127.0.0.1:8080``.
        """
        chosen = dict(opened.user.attributes)
        if opened.session.site_id is not None:
            chosen["site_id"] = opened.session.site_id
        values = {
            name: _COMPUTED[name](opened, origin) if name in _COMPUTED else chosen.get(name, value)
            for name, value in self._example.items()
        } | {"id": self._id(opened.session_id)}
        hidden = self._conditional if not any(values[name] for name in self._deciding) else set()
        return {name: value for name, value in values.items() if name not in hidden}

    def attribute_problems(self, user: User) -> Iterator[tuple[str, str]]:
        """The attributes of a user that a session cannot have, each with a sentence."""
        for name, value in user.attributes.items():
            if name not in self._documented:
                yield name, f"No page documents the attribute {name!r} of a session"
            elif name == "id" or name in _COMPUTED:
                yield name, f"The server itself sets the attribute {name!r}"
            elif name in self._schemas:
                for problem in Validator(self._schemas[name]).value(value):
                    yield name, f"The value of {name!r} {problem.what}"

    def _id(self, session_id: str) -> str | int:
        return int(session_id) if self._has_integer_id else session_id


def instant(seconds: float) -> str:
    """A time as RFC 3339 writes it, such as ``2030-01-01T01:00:00Z``.

    Args:
        seconds: since 1970.
    """
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_COMPUTED: Final[dict[str, Callable[[Opened, str], Any]]] = {
    "aws_secret_key": lambda _opened, _origin: secrets.token_urlsafe(30),
    "impersonator_user_id": lambda opened, _origin: opened.session.impersonator_id or 0,
    "language": lambda opened, _origin: opened.user.language,
    "login_token": lambda _opened, _origin: f"@tok-{secrets.token_hex(16)}",
    "login_token_domain": lambda _opened, origin: origin,
    "timeout_at": lambda opened, _origin: instant(opened.session.expires_at or 0),
    "trusted": lambda opened, _origin: opened.session.trusted,
}
"""The attributes that depend on the session, from the session and the address of the server."""
