"""The documentation that a target is checked against: pages, README, and adapter capabilities."""

from __future__ import annotations

from typing import Self

from msgspec import Struct
from msgspec.structs import replace
from packaging.version import InvalidVersion, Version

from conform.core.manifest import Manifest
from conform.documents.facts import Facts
from conform.schemas.catalog import Catalog, ReferencePage
from conform.schemas.readmes import Readmes


class Documentation(Struct, frozen=True, kw_only=True):
    """Everything that decides which cases a target has and what they expect."""

    pages: tuple[ReferencePage, ...]
    """One page for an SDK; one page of each variant for the reference client."""
    name: str
    """The name of the pages inside a sentence, such as ``the page of python 1.6.456``."""
    sentence: str
    """The words that reports use, such as ``documented by the page of 1.6.456``."""
    variant: str = ""
    """The variant that the pages document; empty for the reference client."""
    spelled_by: Facts | None = None
    """The page whose spelling of names the SDK follows; None if the language's style applies."""
    is_own: bool = True
    """True if the SDK documents itself; False if it is checked against pages of other SDKs."""
    sdk: str | None = None
    """The SDK whose README counts; None if every README counts, as for the reference client."""
    release: Version | None = None
    capabilities: frozenset[str] | None = None
    """What the adapter can do in addition to calls; None before the adapter has started."""
    network_problem: str | None = None
    """Why the network of the adapter is not isolated; empty if it is, None before a run."""

    @classmethod
    def of_release(cls, manifest: Manifest, release: str | None, catalog: Catalog) -> Self:
        """The documentation of a release, found by its number alone.

        The reference client is checked against every variant. An SDK without pages is checked
        against the variant that its adapter names.

        Args:
            manifest: the description of the adapter.
            release: the number of the release; None for the newest release.
            catalog: all known pages.
        """
        name, version = manifest.adapter.name, _version(release)
        sdk = name if name in Readmes.load().sdks else None
        if variant := manifest.pages.variant:
            return cls(
                pages=(catalog.variant(variant),),
                name=f"the pages of the variant {variant}",
                sentence=f"checked against the variant {variant}, since no page documents it",
                variant=variant,
                is_own=False,
                sdk=sdk,
                release=version,
            )
        if name not in catalog.sdks:
            return replace(cls.of_every_variant(catalog), sdk=sdk, release=version)
        return cls._of_page(catalog.page_of(name, version), sdk, version)

    @classmethod
    def of_every_variant(cls, catalog: Catalog) -> Self:
        """One page of each variant; the page with the most attributes comes first."""
        known = (catalog.variant(name) for name in catalog.variants)
        pages = tuple(sorted(known, key=lambda page: (-len(page.facts.attributes), page.variant)))
        return cls(
            pages=pages,
            name="any known page",
            sentence=f"checked against the {len(pages)} known variants",
        )

    def with_page(self, page: ReferencePage) -> Self:
        """The documentation of a target that comes with its own page."""
        own = self._of_page(page, self.sdk, self.release)
        return replace(own, capabilities=self.capabilities, network_problem=self.network_problem)

    @classmethod
    def _of_page(cls, page: ReferencePage, sdk: str | None, release: Version | None) -> Self:
        return cls(
            pages=(page,),
            name=page.name,
            sentence=page.sentence,
            variant=page.variant,
            spelled_by=page.facts,
            sdk=sdk,
            release=release,
        )


def _version(text: str | None) -> Version | None:
    try:
        return None if text is None else Version(text)
    except InvalidVersion:
        return None
