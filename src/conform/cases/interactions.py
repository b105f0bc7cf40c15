"""The documented exchanges of a page: what is asked with which arguments, and what is answered.

The suite ``contract`` runs each one, and the Pact files hold the same ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

from msgspec import Struct

from conform.cases.examples import typical, unconditional
from conform.documents.facts import Facts, Operation
from conform.schemas.catalog import Catalog, ReferencePage
from conform.schemas.endpoints import Endpoint, Place

SESSION_ID: Final = "8f14e45fceea167a5a36dedd4bea2543c9f0f895"
"""The synthetic session id of the suite's own cases."""

ARGUMENTS: Final[Mapping[str, str]] = {
    "username": "motor",
    "password": "vroom",
    "otp": "123456",
    "partial_session_id": "c4ca4238a0b923820dcc509a6f75849b",
    "code": "abc123",
    "confirm_password": "vroom",
    "email": "motor@example.com",
    "key": "d3d9446802a44259755d38e6d163e820",
}
"""The synthetic credentials of the suite's own cases, by parameter."""


_STATES: Final = {
    "create": "a user who can log in",
    "delete": "a session that is logged in",
}


class Interaction(Struct, frozen=True, kw_only=True):
    """One exchange between an SDK and the API, as documented."""

    name: str
    """Such as ``session.create/documented``; unique among those of a page."""
    title: str
    operation: Operation
    endpoint: Endpoint
    state: str
    """What the server must be in, for Pact's provider states."""
    arguments: dict[str, str]
    """What the caller passes, by parameter."""
    answer: Any
    """The body that is answered, or nothing."""

    @property
    def path(self) -> str:
        """The path with its parameters put in and escaped."""
        values = {
            name: quote(self.arguments[name], safe="") for name in self.endpoint.path_parameters
        }
        return self.endpoint.fill(**values)

    @property
    def query(self) -> dict[str, str]:
        """The arguments that travel in the query."""
        return self._placed("query")

    @property
    def body(self) -> dict[str, str] | None:
        """The arguments that travel in the body; nothing where it is empty."""
        return self._placed("body") or None

    def _placed(self, place: Place) -> dict[str, str]:
        return {n: v for n, v in self.arguments.items() if self.endpoint.place(n) == place}


def consumer(reference: ReferencePage) -> str:
    """The name of the contract of an SDK that is reference to a page, such as ``python-compact``."""
    return f"{reference.facts.sdk}-{reference.variant}"


def interactions(page: Facts, catalog: Catalog) -> Iterator[Interaction]:
    """Every documented operation of a page; twice where part of its answer is conditional."""
    for operation in page.operations:
        endpoint = catalog.endpoint(page.resource, operation.name)
        name = f"{page.resource}.{operation.name}"
        whole = _answer(page, endpoint)
        state = _STATES.get(operation.name, f"{name} can be carried out")
        yield Interaction(
            name=f"{name}/documented",
            title=f"{name} sends what is documented and takes what is answered",
            operation=operation,
            endpoint=endpoint,
            state=state,
            arguments=documented_arguments(operation),
            answer=whole,
        )
        if endpoint.answers == page.resource and (fewer := unconditional(page)) != whole:
            yield Interaction(
                name=f"{name}/conditional-absent",
                title=f"{name} takes an answer without what is sent in some situation only",
                operation=operation,
                endpoint=endpoint,
                state=state,
                arguments=documented_arguments(operation),
                answer=fewer,
            )


def _answer(page: Facts, endpoint: Endpoint) -> Any:
    return typical(page) if endpoint.answers == page.resource else endpoint.example


def documented_arguments(operation: Operation) -> dict[str, str]:
    """Every required parameter, and those that the documented samples pass."""
    shown = {name: value for each in operation.samples for name, value in each.arguments.items()}
    return {
        parameter.name: ARGUMENTS.get(parameter.name, shown.get(parameter.name) or "motor")
        for parameter in operation.parameters
        if parameter.required or shown.get(parameter.name)
    }
