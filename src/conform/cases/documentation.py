"""What a target is checked against: its pages, the README of its release, what its adapter can do."""

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
    """Everything that decides which cases a target has, and what they expect."""

    pages: tuple[ReferencePage, ...]
    """One page for an SDK; one of each variant for the reference client."""
    name: str
    """The pages, to go into a sentence, such as ``the page of python 1.6.456``."""
    sentence: str
    """How reports say it, such as ``checked against the page of 1.6.456``."""
    variant: str = ""
    """The one variant that the pages document; empty for the reference client."""
    spelled_by: Facts | None = None
    """The page that spells names, where the language's style does not."""
    is_own: bool = True
    """Whether the SDK documents itself, or is checked against what others document."""
    sdk: str | None = None
    """Whose README counts; that of any SDK for the reference client."""
    release: Version | None = None
    capabilities: frozenset[str] | None = None
    """What the adapter can do beside calling; unknown before it has started."""

    @classmethod
    def of_release(cls, manifest: Manifest, release: str | None, catalog: Catalog) -> Self:
        """The documentation of a release by its number alone; of the newest one without a number.

        The reference client is checked against every variant, and an SDK without pages against the
        variant that its adapter names.
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
        """A page of each variant, the one with most attributes first."""
        known = (catalog.variant(name) for name in catalog.variants)
        pages = tuple(sorted(known, key=lambda page: (-len(page.facts.attributes), page.variant)))
        return cls(
            pages=pages,
            name="any known page",
            sentence=f"checked against the {len(pages)} known variants",
        )

    def with_page(self, page: ReferencePage) -> Self:
        """The same for a target that brought its own page."""
        own = self._of_page(page, self.sdk, self.release)
        return replace(own, capabilities=self.capabilities)

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
