"""Finds the page that an SDK release is checked against, and the schemas of that page's variant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from packaging.version import Version

from conform.core import jsonfile, paths
from conform.core.errors import UsageError
from conform.documents.at_hand import PageAtHand
from conform.documents.facts import Facts, ReleaseRange
from conform.schemas import shape
from conform.schemas.endpoints import Endpoint, Endpoints
from conform.schemas.files import VariantFiles, contents


class CatalogEntry(Struct, frozen=True, kw_only=True):
    """One page and the releases that ship it."""

    sdk: str
    releases: tuple[ReleaseRange, ...]
    variant: str
    facts: str
    """The path of its facts, below the folder of schemas."""


class Index(Struct, frozen=True, kw_only=True):
    """The form of ``schemas/catalog.json``."""

    resource: str
    variants: dict[str, VariantFiles]
    pages: tuple[CatalogEntry, ...]


class ReferencePage(Struct, frozen=True, kw_only=True):
    """A page that a target is checked against."""

    facts: Facts
    """What the page states, without the operations in ``without_endpoint``."""
    variant: str
    release: str
    """The release that ships the page."""
    beyond: bool = False
    """Whether the target is another release, whose own page is not known."""
    at_hand: PageAtHand | None = None
    """The page itself, if it came with the target."""
    novel: bool = False
    """Whether no known page documents the same shape."""
    without_endpoint: tuple[str, ...] = ()
    """Documented operations whose method and path are not known, such as ``session.renew``."""

    @property
    def name(self) -> str:
        """The page as part of a sentence, such as ``the page of python 1.6.456``."""
        if self.at_hand is not None:
            return "the page that came with it"
        return f"the page of {self.facts.sdk} {self.release}"

    @property
    def sentence(self) -> str:
        """The words that reports use, such as ``checked against the page of 1.6.456``."""
        if self.novel:
            return "checked against the page that came with it, whose shape no known page has"
        if self.at_hand is not None:
            return "checked against the page that came with it"
        if self.beyond:
            return f"checked against the page of {self.release}"
        return f"documented by the page of {self.release}"


class Catalog:
    """All known pages with their variants, schemas and endpoints."""

    def __init__(self, index: Index, root: Path) -> None:
        self._index = index
        self._root = root
        self._endpoints: dict[str, Endpoints] = {}
        self._facts_of: dict[str, Facts] = {}
        self._derived: dict[str, dict[str, Any]] = {}

    @classmethod
    def load(cls, root: Path | None = None) -> Catalog:
        """The catalog in a folder of schemas; by default the project's own.

        Raises:
            SuiteError: it is missing or cannot be read.
        """
        root = root or paths.schemas()
        index = jsonfile.read(root / "catalog.json", Index, fix="Run `conform schemas build`.")
        return cls(index, root)

    @property
    def sdks(self) -> tuple[str, ...]:
        """The SDKs that have pages."""
        return tuple(dict.fromkeys(page.sdk for page in self._index.pages))

    @property
    def variants(self) -> tuple[str, ...]:
        """The variants that known pages document."""
        variants = self._index.variants.items()
        return tuple(name for name, files in variants if files.schema not in self._derived)

    def page_of(self, sdk: str, release: Version | None) -> ReferencePage:
        """The page that a release is checked against.

        A release whose own page is not known is checked against the page of the newest release
        before it, or else of the oldest release.

        Args:
            sdk: the SDK.
            release: the release; the newest page is used without it.

        Raises:
            UsageError: the SDK has no pages.
        """
        ranges = self._ranges(sdk)
        if not ranges:
            raise UsageError(
                f"No page of {sdk} is known.",
                why=f"The SDKs with pages are {', '.join(self.sdks)}.",
                fix=f"Name a variant to check it against: {', '.join(self.variants)}.",
            )
        if release is None:
            first, last, page = ranges[-1]
            return self._page(page, last, beyond=True)
        first, last, page = max(
            (each for each in ranges if each[0] <= release),
            key=lambda each: each[0],
            default=ranges[0],
        )
        if release < first:
            return self._page(page, first, beyond=True)
        if release > last:
            return self._page(page, last, beyond=True)
        return self._page(page, release, beyond=False)

    def variant(self, name: str) -> ReferencePage:
        """The newest page of a variant; a page with the API's own spelling of names is preferred.

        Raises:
            UsageError: the variant does not exist.
        """
        self._files(name)
        pages = [page for page in self._index.pages if page.variant == name]
        plain = [page for page in pages if _is_plain(self._facts(page))] or pages
        newest = max(plain, key=lambda page: Version(page.releases[-1].last))
        return self._page(newest, Version(newest.releases[-1].last), beyond=False)

    def at_hand(self, page: PageAtHand, release: str) -> ReferencePage:
        """A page that came with a target, used instead of the page that the catalog has for it.

        A page with the shape of a known variant belongs to that variant. For any other shape, this
        catalog derives the schemas and keeps them in memory.

        Args:
            page: the page.
            release: the release of the target.
        """
        facts = page.facts
        documented = shape.of(facts)
        known = {files.digest: name for name, files in self._index.variants.items()}
        name = known.get(documented.digest, f"at-hand-{documented.digest[:8]}")
        if documented.digest not in known:
            files = {name: VariantFiles.of(name, documented)}
            self._index = replace(self._index, variants=self._index.variants | files)
            self._derived |= contents(name, documented, self._glossary())
        endpoints = self._table(facts.resource).operations
        return ReferencePage(
            facts=replace(
                facts, operations=tuple(each for each in facts.operations if each.name in endpoints)
            ),
            variant=name,
            release=release,
            at_hand=page,
            novel=self._files(name).schema in self._derived,
            without_endpoint=tuple(
                f"{facts.resource}.{each.name}"
                for each in facts.operations
                if each.name not in endpoints
            ),
        )

    def newest_pages(self) -> tuple[ReferencePage, ...]:
        """The newest page of every SDK and variant."""
        newest = {
            (page.sdk, page.variant): (page, last)
            for sdk in self.sdks
            for _, last, page in self._ranges(sdk)
        }
        return tuple(self._page(page, last, beyond=False) for page, last in newest.values())

    def schema(self, variant: str) -> dict[str, Any]:
        """The JSON Schema of the object.

        Raises:
            UsageError: the variant does not exist.
        """
        return self._read(self._files(variant).schema)

    def request_schema(self, variant: str, operation: str) -> dict[str, Any]:
        """The JSON Schema of an operation's parameters, in every part of the request.

        Raises:
            UsageError: the variant does not exist, or does not document the operation.
        """
        return self._read(self._request(variant, operation))

    def endpoint(self, resource: str, operation: str) -> Endpoint:
        """The HTTP method and path of an operation.

        Raises:
            UsageError: the resource has no table, or the table does not have the operation.
        """
        return self._table(resource).find(operation)

    def _table(self, resource: str) -> Endpoints:
        if resource not in self._endpoints:
            path = self._root / resource / "operations.json"
            if not path.is_file():
                raise UsageError(
                    f"The resource {resource!r} has no endpoints.",
                    why=f"{path} does not exist.",
                    fix="Add the table.",
                )
            self._endpoints[resource] = jsonfile.read(path, Endpoints)
        return self._endpoints[resource]

    def _files(self, variant: str) -> VariantFiles:
        try:
            return self._index.variants[variant]
        except KeyError:
            raise UsageError(
                f"The variant {variant!r} does not exist.",
                why=f"The variants are {', '.join(self.variants)}.",
                fix="Name one of them.",
            ) from None

    def _request(self, variant: str, operation: str) -> str:
        requests = self._files(variant).requests
        if operation not in requests:
            raise UsageError(
                f"The variant {variant} has no operation {operation!r}.",
                why=f"Its operations are {', '.join(requests)}.",
                fix="Name one of them.",
            )
        return requests[operation]

    def _ranges(self, sdk: str) -> list[tuple[Version, Version, CatalogEntry]]:
        return sorted(
            (
                (Version(between.first), Version(between.last), page)
                for page in self._index.pages
                if page.sdk == sdk
                for between in page.releases
            ),
            key=lambda each: each[0],
        )

    def _page(self, page: CatalogEntry, release: Version, *, beyond: bool) -> ReferencePage:
        return ReferencePage(
            facts=self._facts(page), variant=page.variant, release=str(release), beyond=beyond
        )

    def _facts(self, page: CatalogEntry) -> Facts:
        if page.facts not in self._facts_of:
            self._facts_of[page.facts] = jsonfile.read(self._root / page.facts, Facts)
        return self._facts_of[page.facts]

    def _glossary(self) -> dict[str, str]:
        return jsonfile.read(self._root / "glossary.json", dict[str, str])

    def _read(self, path: str) -> dict[str, Any]:
        if path in self._derived:
            return self._derived[path]
        return jsonfile.read(self._root / path, dict[str, Any])


def _is_plain(facts: Facts) -> bool:
    """Whether a page has the API's own spelling of names, and no calls on objects."""
    samples = (sample for operation in facts.operations for sample in operation.samples)
    spelt = any(attribute.spelling is not None for attribute in facts.attributes)
    return not spelt and not any(sample.instance for sample in samples)
