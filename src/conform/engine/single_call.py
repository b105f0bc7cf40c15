"""Makes a single call of a real SDK, against a server that responds as documented."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conform.cases.documentation import Documentation
from conform.cases.interactions import ARGUMENTS, Interaction, interactions
from conform.cases.model import CallStep, Case, ConfigureStep, Credentials, Step
from conform.cases.replies import Answer, Script
from conform.core.errors import UsageError
from conform.core.identity import Source
from conform.core.observations import Observation
from conform.core.secrets import SECRET_NAMES, Secret, redacted
from conform.core.values import from_json
from conform.engine.preparation import prepare
from conform.schemas.catalog import Catalog


def call_once(
    target: str,
    operation: str,
    given: Mapping[str, Any],
    *,
    read: tuple[str, ...] = (),
    session_id: Secret | None = None,
) -> Observation:
    """Make one documented call, and give everything that was seen; secrets are masked.

    Args:
        target: such as ``python==1.0.17``.
        operation: such as ``session.create``.
        given: the arguments; a ``Secret`` is masked under every name.
        read: the attributes to read from the result; by default all that the server sends.
        session_id: the session that the caller is logged in with.

    Raises:
        UsageError: the target or the operation does not exist.
        TargetUnavailableError: the target is not available here.
        AdapterError: its adapter does not work.
    """
    catalog = Catalog.load()
    with prepare(target, catalog) as prepared:
        documented = _documented(operation, prepared.documentation, catalog)
        case = _case(documented, operation, given, read, session_id)
        observation = prepared.executor.execute(case)
    secrets = {each for name, value in given.items() for each in _secrets(name, value)}
    secrets |= {session_id} if session_id else set()
    return redacted(observation, secrets - set(map(Secret, ARGUMENTS.values())))


def _secrets(name: str, value: Any) -> Iterator[Secret]:
    """The secrets in one argument."""
    match value:
        case Secret():
            yield value
        case _ if name not in SECRET_NAMES:
            return
        case str():
            yield Secret(value)
        case list():
            yield from (secret for each in value for secret in _secrets(name, each))
        case dict():
            yield from _secrets(name, list(value.values()))
        case bool() | None:
            return
        case _:
            yield Secret(str(value))


def _documented(operation: str, documentation: Documentation, catalog: Catalog) -> Interaction:
    known: dict[str, Interaction] = {}
    for page in documentation.pages:
        for each in interactions(page.facts, catalog):
            known.setdefault(each.name.partition("/")[0], each)
    if operation not in known:
        raise UsageError(
            f"{operation!r} is not a documented operation.",
            why=f"The documented operations are {', '.join(sorted(known))}.",
            fix="Name one of them.",
        )
    return known[operation]


def _case(
    documented: Interaction,
    operation: str,
    given: Mapping[str, Any],
    read: tuple[str, ...],
    session_id: Secret | None,
) -> Case:
    attributes = documented.response if isinstance(documented.response, dict) else {}
    answer = Answer(status=documented.endpoint.status, json=documented.response)
    login = (
        ConfigureStep(credentials=Credentials(session_id=session_id.text)) if session_id else None
    )
    call: Step = CallStep(
        operation=operation,
        parameters={
            name: from_json(value.text if isinstance(value, Secret) else value)
            for name, value in given.items()
        },
        read=read or tuple(attributes),
    )
    return Case(
        id=f"{operation}/single/call",
        suite="contract",
        title="A single call",
        level="convention",
        source=Source(kind="page", reference=f"operation {operation}"),
        since="0.1.0",
        server=Script(replies=(answer,)),
        steps=(login, call) if login else (call,),
        expect=(),
    )
