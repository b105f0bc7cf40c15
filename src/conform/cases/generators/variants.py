"""Makes the suite ``variants``: an SDK of one variant gets the responses of every other variant.

The server is newer or older than the SDK. Its responses must not make the SDK fail. The SDK must
expose each attribute that both document as it was sent, even with another type, and must ignore
every attribute that it does not know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from conform.cases.examples import typical
from conform.cases.expectations import Expectation, Exposes, Returns
from conform.cases.model import Case
from conform.cases.replies import Answer, Script
from conform.cases.steps import create_step
from conform.core.identity import Source
from conform.core.values import from_json
from conform.documents import types
from conform.documents.facts import Facts
from conform.schemas.catalog import Catalog, ReferencePage

_SINCE: Final = "0.1.0"
_OTHERS: Final = Source(
    kind="practice",
    reference="SDKs of every language read the responses of newer and older servers",
)
_IGNORED: Final = Source(kind="rfc", reference="RFC 7493, section 4.2: the must-ignore policy")
_UNKNOWN: Final[Mapping[str, Any]] = {
    "conform_text": "motor",
    "conform_number": 7,
    "conform_flag": True,
    "conform_nothing": None,
    "conform_list": ["motor", 7],
    "conform_object": {"id": 7, "language": "en"},
}
"""Attributes that no page documents, one for each JSON type."""


def variant_cases(reference: ReferencePage, catalog: Catalog) -> Iterator[Case]:
    """The variant cases of one page; other variants in the order of the catalog."""
    page = reference.facts
    own = typical(page)
    yield _case(
        page,
        "unknown-attributes",
        title="attributes that no page documents are ignored",
        source=_IGNORED,
        response={**_UNKNOWN, **own},
        exposed=tuple(own),
    )
    for name in catalog.variants:
        if name != reference.variant:
            yield from _against(page, name, catalog.variant(name).facts)


def _against(page: Facts, name: str, other: Facts) -> Iterator[Case]:
    """The cases with the responses of a server of another variant."""
    theirs, ours = typical(other), typical(page)
    shared = [attribute for attribute in theirs if attribute in ours]
    retyped = [each for each in shared if _kind(page, each) != _kind(other, each)]
    yield _case(
        page,
        f"{name}/shared",
        title=f"attributes that the variant {name} documents too are exposed",
        source=_OTHERS,
        response=theirs,
        exposed=tuple(each for each in shared if each not in retyped),
    )
    for attribute in retyped:
        yield _case(
            page,
            f"{name}/{attribute}",
            title=f"{attribute} is exposed as a server of the variant {name} sends it",
            source=_OTHERS,
            response=theirs,
            exposed=(attribute,),
        )


def _kind(page: Facts, name: str) -> str:
    documented = next(each.type for each in page.attributes if each.name == name)
    return str(types.parse(documented)).removesuffix("?")


def _case(
    page: Facts,
    name: str,
    *,
    title: str,
    source: Source,
    response: dict[str, Any],
    exposed: tuple[str, ...],
) -> Case:
    kept: tuple[Expectation, ...] = tuple(
        Exposes(attribute=each, value=from_json(response[each])) for each in exposed
    )
    return Case(
        id=f"{page.resource}.create/variants/{name}",
        suite="variants",
        title=title,
        level="convention",
        source=source,
        since=_SINCE,
        server=Script(replies=(Answer(status=201, json=response),)),
        steps=(create_step(page, read=exposed),),
        expect=(Returns(), *kept),
    )
