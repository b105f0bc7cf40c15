"""Makes the cases of the suite ``errors`` that READMEs need: one for each API type they name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from conform.cases.expectations import Raises
from conform.cases.interactions import ARGUMENTS
from conform.cases.model import CallStep, Case, Needs
from conform.cases.replies import Answer, Script
from conform.core.identity import Source
from conform.core.values import parameters
from conform.schemas.readmes import Readmes

STATUSES: Final = {
    "bad-request": 400,
    "not-authenticated": 401,
    "not-authorized": 403,
    "not-found": 404,
    "processing-failure": 422,
    "rate-limited": 429,
    "service-unavailable": 503,
    "site-configuration": 403,
}
"""The HTTP status for each group of API types; no README names it."""
_SINCE: Final = "0.1.0"


def error_cases(readmes: Readmes) -> Iterator[Case]:
    """One case for each API type and for each way in which a README tells it apart."""
    for fact in readmes.facts:
        carrier, _, api_type = fact.partition(" ")
        group, slash, name = api_type.partition("/")
        if not slash or carrier not in {"class", "type"}:
            continue
        yield Case(
            id=f"session.create/errors/{api_type}/{carrier}",
            suite="errors",
            title=f"The API type {api_type} can be recognised by its {carrier}",
            level="documented",
            source=Source(kind="readme", reference=f"Errors: {carrier} of {api_type}"),
            since=_SINCE,
            server=Script(replies=(Answer(status=STATUSES[group], json=_body(api_type)),)),
            steps=(
                CallStep(
                    operation="session.create",
                    parameters=parameters(
                        username=ARGUMENTS["username"], password=ARGUMENTS["password"]
                    ),
                ),
            ),
            expect=(
                Raises(classes=_classes(group, name))
                if carrier == "class"
                else Raises(api_type=api_type),
            ),
            needs=Needs(readme=fact),
        )


def _body(api_type: str) -> dict[str, Any]:
    group, _, name = api_type.partition("/")
    return {
        "error": f"{_words(name)} was refused.",
        "http-code": STATUSES[group],
        "instance": "0b6b4a3e-5c0f-4d6b-9c0d-2f6a3f7f9f11",
        "title": _words(name),
        "type": api_type,
    }


def _words(name: str) -> str:
    return name.replace("-", " ").capitalize()


def _classes(group: str, name: str) -> tuple[str, ...]:
    """The class of an API type, as the READMEs of different SDKs spell it."""
    own, family = ("".join(word.capitalize() for word in part.split("-")) for part in (name, group))
    return f"{own}Error", f"{own}Exception", f"{family}_{own}Error"
