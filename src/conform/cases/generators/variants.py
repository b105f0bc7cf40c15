"""Makes the suite ``variants``: an SDK of one variant gets the responses of every other variant.

The server is newer or older than the SDK. The SDK must expose each attribute that both document as
it was sent; it may refuse a response in which one has another type. It must ignore every attribute
that it does not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from conform.cases.examples import typical
from conform.cases.expectations import Expectation, Exposes, Returns, Settles
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
        expect=_exposed(own, own),
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
        response={each: value for each, value in theirs.items() if each not in retyped},
        expect=_exposed(theirs, [each for each in shared if each not in retyped]),
    )
    for attribute in retyped:
        yield _case(
            page,
            f"{name}/{attribute}",
            title=f"{attribute} of a server of the variant {name} is exposed as it is, or refused",
            source=_OTHERS,
            response=theirs,
            expect=(Settles(attribute=attribute, values=(from_json(theirs[attribute]),)),),
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
    expect: tuple[Expectation, ...],
) -> Case:
    return Case(
        id=f"{page.resource}.create/variants/{name}",
        suite="variants",
        title=title,
        level="convention",
        source=source,
        since=_SINCE,
        server=Script(replies=(Answer(status=201, json=response),)),
        steps=(create_step(page, read=tuple(_read(expect))),),
        expect=expect,
    )


def _exposed(response: dict[str, Any], names: Iterable[str]) -> tuple[Expectation, ...]:
    kept = (Exposes(attribute=name, value=from_json(response[name])) for name in names)
    return (Returns(), *kept)


def _read(expect: tuple[Expectation, ...]) -> Iterator[str]:
    return (each.attribute for each in expect if isinstance(each, Exposes | Settles))
