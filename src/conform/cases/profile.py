"""What a target says about itself: with a catalog, it gives the documentation of the target."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from conform.cases.documentation import Documentation
from conform.core.manifest import Manifest
from conform.core.protocol import Started
from conform.documents.at_hand import PageAtHand
from conform.schemas.catalog import Catalog


class Profile(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything about a target that decides which cases it has.

    Where the profile is, the cases can be planned without the SDK.
    """

    sdk: str
    """The name of its adapter."""
    release: str
    started: Started
    """What its adapter answered when it was started."""
    network_problem: str = ""
    """Why its network was not isolated, as a sentence; empty if it was."""
    page: PageAtHand | None = None
    """The page that came with it; absent if none did, or if it cannot be read."""
    page_problem: str = ""
    """Why the page that came with it cannot be read, as a sentence; empty if it can."""

    def documentation(self, manifest: Manifest, catalog: Catalog) -> Documentation:
        """What the target is checked against: its own page, else the page in the catalog.

        Args:
            manifest: the description of its adapter.
            catalog: all known pages; it gets the schemas of a page that has a new shape.

        Raises:
            UsageError: the manifest names a variant that does not exist.
        """
        known = replace(
            Documentation.of_release(manifest, self.release, catalog),
            capabilities=frozenset(self.started.capabilities),
            network_problem=self.network_problem,
        )
        if self.page is not None:
            return known.with_page(catalog.at_hand(self.page, self.release))
        if self.page_problem:
            why = self.page_problem.removesuffix(".")
            note = f", since the page that came with it cannot be read: {why}"
            return replace(known, sentence=known.sentence + note)
        return known
