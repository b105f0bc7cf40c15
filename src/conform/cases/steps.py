"""Makes the steps that call an operation as its page shows it, and the server that responds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conform.cases.examples import typical
from conform.cases.interactions import SESSION_ID
from conform.cases.model import CallStep, ConfigureStep, Credentials, Step
from conform.cases.replies import Answer, Script
from conform.core import values
from conform.core.values import Value
from conform.documents.facts import Facts, Operation, Sample
from conform.schemas.endpoints import Endpoint


def call_steps(
    page: Facts,
    operation: Operation,
    endpoint: Endpoint,
    parameters: Mapping[str, Value],
    *,
    read: tuple[str, ...] = (),
    sample: Sample | None = None,
) -> Iterator[Step]:
    """The steps that call an operation; the last step is the call itself.

    Args:
        page: the page that documents the operation.
        operation: the operation.
        endpoint: its endpoint, which may need credentials.
        parameters: the arguments, by name.
        read: the attributes to read from the result.
        sample: the sample that shows the form of the call; by default the first of the operation.
    """
    if endpoint.authenticated:
        yield ConfigureStep(credentials=Credentials(session_id=SESSION_ID))
    sample = sample or next(iter(operation.samples), None)
    on_object = sample is not None and sample.instance
    if on_object:
        yield CallStep(operation=f"{page.resource}.new", form="construct", keep="object")
    yield CallStep(
        operation=f"{page.resource}.{operation.name}",
        form="instance" if on_object else "static",
        on="object" if on_object else None,
        parameters=dict(parameters),
        read=read,
    )


def create_step(page: Facts, read: tuple[str, ...]) -> CallStep:
    """The step that creates an object of a page and reads some of its attributes."""
    return CallStep(
        operation=f"{page.resource}.create",
        parameters=values.parameters(username="motor", password="vroom"),
        read=read,
    )


def documented_server(page: Facts, endpoint: Endpoint) -> Script:
    """A server that sends the documented response to every request."""
    own = endpoint.answers == page.resource
    body = typical(page) if own else endpoint.example
    return Script(replies=(Answer(status=endpoint.status, json=body),))
