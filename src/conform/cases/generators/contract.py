"""Makes the suite ``contract``: each documented interaction against its own Pact mock server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from conform.cases.expectations import Expectation, Exposes, Matches, Requests, Returns, Sent
from conform.cases.interactions import SESSION_ID, Interaction, consumer, interactions
from conform.cases.model import Case
from conform.cases.replies import ContractServer
from conform.cases.steps import call_steps
from conform.core.identity import Source
from conform.core.values import from_json
from conform.documents.facts import Facts
from conform.schemas.catalog import Catalog, ReferencePage

_SINCE: Final = "0.1.0"


def contract_cases(reference: ReferencePage, catalog: Catalog) -> Iterator[Case]:
    """The contract cases of one page, in the order of the page."""
    page = reference.facts
    for interaction in interactions(page, catalog):
        operation, _, name = interaction.name.partition("/")
        yield Case(
            id=f"{operation}/contract/{name}",
            suite="contract",
            title=interaction.title,
            level="documented",
            source=Source(kind="page", reference=f"operation {operation}"),
            since=_SINCE,
            server=ContractServer(contract=consumer(reference), interaction=interaction.name),
            steps=tuple(
                call_steps(
                    page,
                    interaction.operation,
                    interaction.endpoint,
                    {name: from_json(value) for name, value in interaction.arguments.items()},
                    read=tuple(interaction.response or ()) if _is_own(page, interaction) else (),
                )
            ),
            expect=tuple(_expectations(page, interaction)),
        )


def _expectations(page: Facts, interaction: Interaction) -> Iterator[Expectation]:
    yield Requests(count=1)
    yield Matches()
    endpoint = interaction.endpoint
    yield Sent(
        method=endpoint.method,
        path=interaction.path,
        query=interaction.query,
        headers={"X-FilesAPI-Auth": SESSION_ID} if endpoint.authenticated else {},
    )
    is_own = _is_own(page, interaction)
    yield Returns(thing=page.resource if is_own else "")
    if is_own:
        for name, value in (interaction.response or {}).items():
            yield Exposes(attribute=name, value=from_json(value))


def _is_own(page: Facts, interaction: Interaction) -> bool:
    """Whether the response is the object of the page."""
    return interaction.endpoint.answers == page.resource
