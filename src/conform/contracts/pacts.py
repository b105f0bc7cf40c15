"""Writes the interactions of a page as a Pact, and serves one of them on a mock server.

Pact specification V4 (https://github.com/pact-foundation/pact-specification/tree/version-4).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import json
from pathlib import Path
import tempfile
from typing import Any, Final
from urllib.parse import urlencode

from msgspec import Struct
from pact import Pact

from conform.cases.interactions import ARGUMENTS, SESSION_ID, Interaction, consumer, interactions
from conform.contracts.rules import matching_rules
from conform.core.observations import PactMismatch
from conform.schemas.catalog import Catalog, ReferencePage

PROVIDER: Final = "files.com"
_JSON: Final = "application/json"
_FORM: Final = "application/x-www-form-urlencoded"
_MISSING: Final = "MissingRequest"
_TOKEN: Final = "^[A-Za-z0-9]+$"


class PactServer(Struct, frozen=True, kw_only=True):
    """A running Pact mock server."""

    host: str
    port: int
    _server: Any
    _encodings: int

    @property
    def mismatches(self) -> tuple[PactMismatch, ...]:
        """The mismatches so far; a missing request of the interaction is one of them."""
        found = list(_flat(self._server.mismatches))
        missing = [each for each in found if each.kind == _MISSING]
        others = [each for each in found if each.kind != _MISSING]
        return (*others, *missing[: 1 if len(missing) == self._encodings else 0])


def pact_of(reference: ReferencePage, catalog: Catalog, *, only: str | None = None) -> Pact:
    """The contract of an SDK that is checked against a page.

    Args:
        reference: the page.
        catalog: the schemas and the endpoints.
        only: the name of the only interaction to include; by default the contract has all.
    """
    pact = Pact(consumer(reference), PROVIDER).with_specification("V4")
    for interaction in interactions(reference.facts, catalog):
        if only in (None, interaction.name):
            _add(pact, interaction, reference, catalog)
    return pact


def text_of(reference: ReferencePage, catalog: Catalog) -> str:
    """The text of a Pact file: always the same for the same facts and schemas."""
    with tempfile.TemporaryDirectory() as folder:
        pact_of(reference, catalog).write_file(folder, overwrite=True)
        (written,) = Path(folder).iterdir()
        content = json.loads(written.read_text("utf-8"))
    # Pact adds its own version, which is not part of the contract.
    content["metadata"].pop("pactRust", None)
    content["metadata"].pop("pact-python", None)
    return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


@contextmanager
def served(reference: ReferencePage, catalog: Catalog, interaction: str) -> Iterator[PactServer]:
    """Serve one interaction of a contract on loopback until the block ends.

    No page documents how parameters are encoded in a body, and old SDKs send forms. So the server
    accepts both JSON and a form; the contract itself contains only JSON.
    """
    pact = pact_of(reference, catalog, only=interaction)
    documented = next(i for i in interactions(reference.facts, catalog) if i.name == interaction)
    if documented.body is not None:
        _add(pact, documented, reference, catalog, as_form=True)
    encodings = 1 if documented.body is None else 2
    with pact.serve(addr="127.0.0.1", raises=False, verbose=False) as server:
        yield PactServer(
            host=server.host, port=server.port or 0, _server=server, _encodings=encodings
        )


def _add(
    pact: Pact,
    interaction: Interaction,
    reference: ReferencePage,
    catalog: Catalog,
    *,
    as_form: bool = False,
) -> None:
    endpoint = interaction.endpoint
    described = pact.upon_receiving(f"{interaction.name}{' as a form' if as_form else ''}")
    known = {k: v for k, v in interaction.arguments.items() if k in ARGUMENTS}
    credentials = {"session_id": SESSION_ID} if endpoint.authenticated else {}
    described.given(interaction.state, {**known, **credentials})
    described.with_request(endpoint.method, interaction.path)
    described.with_query_parameters(interaction.query)
    rules: dict[str, Any] = {}
    generators: dict[str, Any] = {}
    body = interaction.body
    if endpoint.authenticated:
        described.with_header("X-FilesAPI-Auth", SESSION_ID, part="Request")
        rules["header"] = {
            "X-FilesAPI-Auth": {
                "combine": "AND",
                "matchers": [{"match": "regex", "regex": _TOKEN}],
            }
        }
        generators["header"] = {"X-FilesAPI-Auth": _from_state("session_id")}
    if body is not None and as_form:
        described.with_body(urlencode(body), _FORM, part="Request")
    elif body is not None:
        schema = catalog.request_schema(reference.variant, interaction.operation.name)
        described.with_body(json.dumps(body), _JSON, part="Request")
        rules["body"] = matching_rules(schema, body)
        generators["body"] = {f"$.{name}": _from_state(name) for name in body if name in known}
    if rules:
        described.with_matching_rules(rules, part="Request")
    if any(generators.values()):
        described.with_generators(generators, part="Request")
    described.will_respond_with(endpoint.status)
    if interaction.response is not None:
        described.with_body(json.dumps(interaction.response), _JSON, part="Response")
        if endpoint.answers == reference.facts.resource:
            answered = matching_rules(catalog.schema(reference.variant), interaction.response)
            described.with_matching_rules({"body": answered}, part="Response")


def _from_state(name: str) -> dict[str, str]:
    return {"type": "ProviderState", "expression": f"${{{name}}}", "dataType": "STRING"}


def _flat(found: list[Any]) -> Iterator[PactMismatch]:
    """Pact's nested mismatches, one by one."""
    for each in found:
        inner: list[Any] = getattr(each, "mismatches", None) or []
        if inner:
            yield from _flat(inner)
        else:
            yield PactMismatch(
                kind=type(each).__name__,
                description=str(getattr(each, "mismatch", "") or each),
                path=getattr(each, "path", None),
            )
