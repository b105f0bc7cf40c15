"""Lists the documented interactions of a page: each request with its arguments, and its response.

The suite ``contract`` runs each interaction, and the Pact files contain the same interactions.
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
"""The synthetic session id in the cases of this suite."""

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
"""The synthetic credentials in the cases of this suite, by parameter."""


_STATES: Final = {
    "create": "a user who can log in",
    "delete": "a session that is logged in",
}


class Interaction(Struct, frozen=True, kw_only=True):
    """One documented exchange between an SDK and the API."""

    name: str
    """Such as ``session.create/documented``; unique on its page."""
    title: str
    operation: Operation
    endpoint: Endpoint
    state: str
    """The provider state in the Pact file."""
    arguments: dict[str, str]
    """The arguments of the caller, by parameter."""
    response: Any
    """The body of the response; None if it is empty."""

    @property
    def path(self) -> str:
        """The path with its parameters filled in and escaped."""
        values = {
            name: quote(self.arguments[name], safe="") for name in self.endpoint.path_parameters
        }
        return self.endpoint.fill(**values)

    @property
    def query(self) -> dict[str, str]:
        """The arguments that are sent in the query."""
        return self._placed("query")

    @property
    def body(self) -> dict[str, str] | None:
        """The arguments that are sent in the body; None if there are none."""
        return self._placed("body") or None

    def _placed(self, place: Place) -> dict[str, str]:
        return {n: v for n, v in self.arguments.items() if self.endpoint.place(n) == place}


def consumer(reference: ReferencePage) -> str:
    """The name of the contract for a page, such as ``python-compact``."""
    return f"{reference.facts.sdk}-{reference.variant}"


def interactions(page: Facts, catalog: Catalog) -> Iterator[Interaction]:
    """One interaction for each operation of a page; two if its response has conditional parts."""
    for operation in page.operations:
        endpoint = catalog.endpoint(page.resource, operation.name)
        name = f"{page.resource}.{operation.name}"
        whole = _response(page, endpoint)
        state = _STATES.get(operation.name, f"{name} can be carried out")
        yield Interaction(
            name=f"{name}/documented",
            title=f"{name} sends the documented request and accepts the documented response",
            operation=operation,
            endpoint=endpoint,
            state=state,
            arguments=documented_arguments(operation),
            response=whole,
        )
        if endpoint.answers == page.resource and (fewer := unconditional(page)) != whole:
            yield Interaction(
                name=f"{name}/conditional-absent",
                title=f"{name} accepts a response without the conditional attributes",
                operation=operation,
                endpoint=endpoint,
                state=state,
                arguments=documented_arguments(operation),
                response=fewer,
            )


def _response(page: Facts, endpoint: Endpoint) -> Any:
    return typical(page) if endpoint.answers == page.resource else endpoint.example


def documented_arguments(operation: Operation) -> dict[str, str]:
    """A value for each required parameter and each parameter that the samples pass."""
    shown = {name: value for each in operation.samples for name, value in each.arguments.items()}
    return {
        parameter.name: ARGUMENTS.get(parameter.name, shown.get(parameter.name) or "motor")
        for parameter in operation.parameters
        if parameter.required or shown.get(parameter.name)
    }
