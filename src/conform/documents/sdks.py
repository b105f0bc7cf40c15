"""Where each SDK keeps its pages, and how it spells what is on them."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from conform.errors import UsageError


class Style(Struct, frozen=True, kw_only=True):
    """What is particular to the pages of one SDK."""

    folder: str
    """The folder of the pages in the SDK's repository."""
    file: str
    """The name of the page of ``Session``."""
    title: str
    """What stands before the resource in a page's title."""
    notation: str
    """How examples are written: ``json``, or ``python`` for Python's literals."""

    @property
    def session(self) -> str:
        """The path of the page of ``Session``."""
        return f"{self.folder}/{self.file}"


STYLES: Final = {
    "python": Style(folder="docs", file="session.md", title="", notation="python"),
    "javascript": Style(folder="docs/models", file="Session.md", title="", notation="json"),
    "ruby": Style(folder="docs", file="session.md", title="", notation="json"),
    "php": Style(folder="docs/Model", file="Session.md", title="", notation="json"),
    "dotnet": Style(folder="docs", file="Session.md", title="FilesCom.Models.", notation="json"),
    "java": Style(folder="docs", file="Session.md", title="Files.Models.", notation="json"),
}
"""By the name of the SDK; an SDK that is not here publishes no pages."""


def style(sdk: str) -> Style:
    """The style of one SDK's pages.

    Raises:
        UsageError: the SDK publishes none.
    """
    try:
        return STYLES[sdk]
    except KeyError:
        raise UsageError(
            f"No pages of an SDK called {sdk!r} are known.",
            why=f"The SDKs with pages are {', '.join(STYLES)}.",
            fix="Name one of them.",
        ) from None
