"""Makes the suite ``fields``: every documented attribute × the boundary values of its type.

The SDK creates an object. The response contains the boundary value in one attribute. The SDK must
expose that attribute under its documented name, with value and type unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from conform.cases.examples import typical
from conform.cases.expectations import Expectation, Exposes, Lacks
from conform.cases.generators.boundaries import BOOLEAN, INT64, STRING
from conform.cases.model import Case
from conform.cases.replies import Answer, Script
from conform.cases.steps import create_step
from conform.core.identity import Level, Source
from conform.core.values import to_json
from conform.documents import types
from conform.documents.facts import Attribute, Facts
from conform.documents.types import Scalar

_BOUNDARIES: Final = {"string": STRING, "int64": INT64, "boolean": BOOLEAN}
_SINCE: Final = "0.1.0"
_UNDESCRIBED: Final = Source(
    kind="practice",
    reference="an SDK refuses a response that no page describes, or leaves the value out",
)


def field_cases(page: Facts) -> Iterator[Case]:
    """The field cases of one page, in the order of the page."""
    whole = typical(page)
    for attribute in page.attributes:
        if attribute.name not in whole:
            continue
        documented = types.parse(attribute.type)
        kind = documented.kind if isinstance(documented, Scalar) else ""
        for boundary in _BOUNDARIES.get(kind, ()):
            yield _case(
                page,
                attribute,
                boundary.name,
                title=f"{attribute.name} keeps {boundary.words}",
                level=boundary.level,
                response=whole | {attribute.name: to_json(boundary.value)},
                expectation=Exposes(attribute=attribute.name, value=boundary.value),
            )
        yield _case(
            page,
            attribute,
            "null",
            title=f"{attribute.name} has no value when the server sends null",
            level="documented" if documented.nullable else "convention",
            response=whole | {attribute.name: None},
            expectation=_lacks(attribute, is_documented=documented.nullable),
        )
        yield _case(
            page,
            attribute,
            "absent",
            title=f"{attribute.name} has no value when the server does not send it",
            level="documented" if attribute.only_if else "convention",
            response={name: value for name, value in whole.items() if name != attribute.name},
            expectation=_lacks(attribute, is_documented=bool(attribute.only_if)),
        )


def _lacks(attribute: Attribute, *, is_documented: bool) -> Lacks:
    """No value is invented; a response that the page does not describe may be refused instead."""
    return Lacks(attribute=attribute.name, refusable=not is_documented)


def _case(
    page: Facts,
    attribute: Attribute,
    name: str,
    *,
    title: str,
    level: Level,
    response: dict[str, Any],
    expectation: Expectation,
) -> Case:
    undescribed = isinstance(expectation, Lacks) and expectation.refusable
    return Case(
        id=f"{page.resource}.create/fields/{attribute.name}/{name}",
        suite="fields",
        title=title,
        level=level,
        source=_UNDESCRIBED
        if undescribed
        else Source(
            kind="page",
            reference=f"attribute {attribute.name} ({attribute.type}) of {page.resource}",
        ),
        since=_SINCE,
        server=Script(replies=(Answer(status=201, json=response),)),
        steps=(create_step(page, read=(attribute.name,)),),
        expect=(expectation,),
    )
