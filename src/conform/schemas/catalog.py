"""Says which page an SDK release is checked against, and so which variant and which schemas."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from packaging.version import Version

from conform.core import paths
from conform.core.errors import SuiteError, UsageError
from conform.documents import extract
from conform.documents.facts import Facts, ReleaseRange
from conform.documents.meanings import Meanings
from conform.documents.page import Document
from conform.schemas import shape
from conform.schemas.endpoints import Endpoint, Endpoints
from conform.schemas.files import VariantFiles, contents
from conform.schemas.validation import Validator


class CatalogEntry(Struct, frozen=True, kw_only=True):
    """One page with the releases that ship it."""

    sdk: str
    releases: tuple[ReleaseRange, ...]
    variant: str
    facts: str


class Index(Struct, frozen=True, kw_only=True):
    """The form of ``schemas/catalog.json``."""

    resource: str
    variants: dict[str, VariantFiles]
    pages: tuple[CatalogEntry, ...]


class ReferencePage(Struct, frozen=True, kw_only=True):
    """A page that a target is checked against."""

    facts: Facts
    """What it states, without operations that have no endpoint."""
    variant: str
    release: str
    """The release whose page it is."""
    beyond: bool = False
    """Whether the release that is checked against it is not known to ship it."""
    document: Document | None = None
    """The page itself, where it came with the target."""
    novel: bool = False
    """Whether no known page documents that shape."""
    without_endpoint: tuple[str, ...] = ()
    """Documented operations whose method and path are not known, such as ``session.renew``."""

    @property
    def name(self) -> str:
        """The page, to go into a sentence, such as ``the page of python 1.6.456``."""
        if self.document is not None:
            return "the page that came with it"
        return f"the page of {self.facts.sdk} {self.release}"

    @property
    def sentence(self) -> str:
        """How reports say it, such as ``checked against the page of 1.6.456``."""
        if self.novel:
            return "checked against the page that came with it, whose shape no known page has"
        if self.document is not None:
            return "checked against the page that came with it"
        if self.beyond:
            return f"checked against the page of {self.release}"
        return f"documented by the page of {self.release}"


class Catalog:
    """Everything known about documented pages, read once."""

    def __init__(self, index: Index, root: Path) -> None:
        self._index = index
        self._root = root
        self._endpoints: dict[str, Endpoints] = {}
        self._validators: dict[str, Validator] = {}
        self._derived: dict[str, dict[str, Any]] = {}

    @classmethod
    def load(cls, root: Path | None = None) -> Catalog:
        """The catalog of the folder of schemas.

        Raises:
            SuiteError: it is missing or cannot be read.
        """
        root = root or paths.schemas()
        try:
            content = (root / "catalog.json").read_bytes()
            return cls(msgspec.json.decode(content, type=Index), root)
        except (OSError, msgspec.DecodeError) as error:
            raise SuiteError(
                f"{root / 'catalog.json'} cannot be read.",
                why=f"{error}.",
                fix="Run `conform schemas build`.",
            ) from error

    @property
    def sdks(self) -> tuple[str, ...]:
        """The SDKs with pages."""
        return tuple(dict.fromkeys(page.sdk for page in self._index.pages))

    @property
    def variants(self) -> tuple[str, ...]:
        """The names of all variants that known pages document."""
        variants = self._index.variants.items()
        return tuple(name for name, files in variants if files.schema not in self._derived)

    @cached_property
    def facts(self) -> tuple[Facts, ...]:
        """What each known page states; by SDK, then by first release."""
        return tuple(self._facts(page) for page in self._index.pages)

    def operations(self, variant: str) -> tuple[str, ...]:
        """The operations that a variant documents."""
        return tuple(self._files(variant).requests)

    def page_of(self, sdk: str, release: Version | None) -> ReferencePage:
        """The page that a release is checked against.

        A release that no known page was shipped with is checked against the page of the newest
        release before it, or else of the oldest one; without a release, against the newest page.

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
        """A variant by its name, with the facts of a page that spells names as they travel.

        Raises:
            UsageError: there is no such variant.
        """
        self._files(name)
        pages = [page for page in self._index.pages if page.variant == name]
        plain = [page for page in pages if _is_plain(self._facts(page))] or pages
        newest = max(plain, key=lambda page: Version(page.releases[-1].last))
        return self._page(newest, Version(newest.releases[-1].last), beyond=False)

    def at_hand(self, document: Document, sdk: str, release: str) -> ReferencePage:
        """A page that came with a target, in place of the one that the catalog has for it.

        A shape that the catalog knows is that variant. The schemas of any other one are derived
        here, and the catalog has them for as long as it lives.

        Args:
            document: the page.
            sdk: whose page it is.
            release: what the target says it is.
        """
        facts = extract.facts(document, sdk=sdk, releases=(), meanings=Meanings.load())
        documented = shape.of(facts)
        known = {files.digest: name for name, files in self._index.variants.items()}
        name = known.get(documented.digest, f"at-hand-{documented.digest[:8]}")
        if documented.digest not in known:
            files = {name: VariantFiles.of(name, documented)}
            self._index = replace(self._index, variants=self._index.variants | files)
            self._derived |= contents(name, documented, self._glossary())
        endpoints = self.endpoints(facts.resource).operations
        return ReferencePage(
            facts=replace(
                facts, operations=tuple(each for each in facts.operations if each.name in endpoints)
            ),
            variant=name,
            release=release,
            document=document,
            novel=self._files(name).schema in self._derived,
            without_endpoint=tuple(
                f"{facts.resource}.{each.name}"
                for each in facts.operations
                if each.name not in endpoints
            ),
        )

    def newest_pages(self) -> tuple[ReferencePage, ...]:
        """For each SDK, each variant that it ever documented, with its newest page."""
        newest = {
            (page.sdk, page.variant): (page, last)
            for sdk in self.sdks
            for _, last, page in self._ranges(sdk)
        }
        return tuple(self._page(page, last, beyond=False) for page, last in newest.values())

    def schema(self, variant: str) -> dict[str, Any]:
        """The JSON Schema of the object.

        Raises:
            UsageError: there is no such variant.
        """
        return self._read(self._files(variant).schema)

    def request_schema(self, variant: str, operation: str) -> dict[str, Any]:
        """The JSON Schema of an operation's parameters, wherever in the request they travel.

        Raises:
            UsageError: there is no such variant, or it documents no such operation.
        """
        return self._read(self._request(variant, operation))

    def reconciled(self) -> dict[str, Any]:
        """The JSON Schema that accepts an object of any variant."""
        return self._read(f"{self._index.resource}/reconciled.json")

    def validator(self, variant: str) -> Validator:
        """What checks bodies against the object of a variant; made once.

        Raises:
            UsageError: there is no such variant.
        """
        return self._validator(self._files(variant).schema)

    def request_validator(self, variant: str, operation: str) -> Validator:
        """What checks parameters against an operation's request; made once.

        Raises:
            UsageError: there is no such variant, or it documents no such operation.
        """
        return self._validator(self._request(variant, operation))

    def reconciled_validator(self) -> Validator:
        """What accepts an object of any variant; made once."""
        return self._validator(f"{self._index.resource}/reconciled.json")

    def endpoint(self, resource: str, operation: str) -> Endpoint:
        """Where an operation goes over HTTP.

        Raises:
            UsageError: the table has no such operation.
        """
        return self.endpoints(resource).find(operation)

    def endpoints(self, resource: str) -> Endpoints:
        """Where the operations of a resource go over HTTP.

        Raises:
            UsageError: there is no table of that resource.
        """
        if resource not in self._endpoints:
            path = self._root / resource / "operations.json"
            if not path.is_file():
                raise UsageError(
                    f"The resource {resource!r} has no endpoints.",
                    why=f"There is no {path}.",
                    fix="Add the table.",
                )
            self._endpoints[resource] = Endpoints.decode(path.read_bytes())
        return self._endpoints[resource]

    def _files(self, variant: str) -> VariantFiles:
        try:
            return self._index.variants[variant]
        except KeyError:
            raise UsageError(
                f"There is no variant {variant!r}.",
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

    def _validator(self, path: str) -> Validator:
        if path not in self._validators:
            schemas = {
                Path(each.schema).name: each.schema for each in self._index.variants.values()
            }
            references = path.endswith("/reconciled.json")
            others = {name: self._read(each) for name, each in schemas.items() if references}
            self._validators[path] = Validator(self._read(path), others)
        return self._validators[path]

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
        return msgspec.json.decode((self._root / page.facts).read_bytes(), type=Facts)

    def _glossary(self) -> dict[str, str]:
        content = (self._root / "glossary.json").read_bytes()
        return msgspec.json.decode(content, type=dict[str, str])

    def _read(self, path: str) -> dict[str, Any]:
        if path in self._derived:
            return self._derived[path]
        schema: dict[str, Any] = msgspec.json.decode((self._root / path).read_bytes())
        return schema


def _is_plain(facts: Facts) -> bool:
    samples = (sample for operation in facts.operations for sample in operation.samples)
    spelt = any(attribute.spelling is not None for attribute in facts.attributes)
    return not spelt and not any(sample.instance for sample in samples)
