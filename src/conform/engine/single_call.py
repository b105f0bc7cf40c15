"""Makes a single call of a real SDK, against a server that responds as documented."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
import json
from typing import Any

from conform.cases.documentation import Documentation
from conform.cases.interactions import ARGUMENTS, Interaction, interactions
from conform.cases.model import CallStep, Case, ConfigureStep, Step
from conform.cases.replies import Answer, Script
from conform.core.errors import UsageError
from conform.core.identity import Source
from conform.core.observations import Observation
from conform.core.protocol import Credentials
from conform.core.secrets import SECRET_NAMES, Secret, redacted
from conform.core.values import from_json
from conform.engine.preparation import prepare
from conform.schemas.catalog import Catalog


def arguments(words: Iterable[str]) -> dict[str, Any]:
    """Values by name, from ``NAME=VALUE``; a value that is not JSON is a text.

    Raises:
        UsageError: a word has no name or no ``=``.
    """
    given = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not (name and equals):
            raise UsageError(
                f"{word!r} is not a valid argument.",
                why="Arguments are passed by name.",
                fix="Write it like username=motor.",
            )
        try:
            given[name] = json.loads(value)
        except ValueError:
            given[name] = value
    return given


def call_once(
    target: str,
    operation: str,
    given: Mapping[str, Any],
    *,
    read: tuple[str, ...] = (),
    session_id: str | None = None,
) -> Observation:
    """Make one documented call, and give everything that was seen; secrets are masked.

    Args:
        target: such as ``python==1.0.17``.
        operation: such as ``session.create``.
        given: the arguments.
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
    given_texts = [session_id, *(given[name] for name in SECRET_NAMES & given.keys())]
    synthetic = set(ARGUMENTS.values())
    return redacted(
        observation,
        [Secret(each) for each in given_texts if isinstance(each, str) and each not in synthetic],
    )


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
    session_id: str | None,
) -> Case:
    attributes = documented.response if isinstance(documented.response, dict) else {}
    answer = Answer(status=documented.endpoint.status, json=documented.response)
    login = ConfigureStep(credentials=Credentials(session_id=session_id)) if session_id else None
    call: Step = CallStep(
        operation=operation,
        parameters={name: from_json(value) for name, value in given.items()},
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
