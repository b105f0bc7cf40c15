"""Where each SDK keeps its pages, and how it spells what is on them."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from conform.core.errors import UsageError
from conform.documents.page import Document


class PageStyle(Struct, frozen=True, kw_only=True):
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
    "python": PageStyle(folder="docs", file="session.md", title="", notation="python"),
    "javascript": PageStyle(folder="docs/models", file="Session.md", title="", notation="json"),
    "ruby": PageStyle(folder="docs", file="session.md", title="", notation="json"),
    "php": PageStyle(folder="docs/Model", file="Session.md", title="", notation="json"),
    "dotnet": PageStyle(
        folder="docs", file="Session.md", title="FilesCom.Models.", notation="json"
    ),
    "java": PageStyle(folder="docs", file="Session.md", title="Files.Models.", notation="json"),
}
"""By the name of the SDK; an SDK that is not here publishes no pages."""


_SIGNS: Final = (
    ("dotnet", re.compile(r"\bTask(?:<.*>)? \w|\bNullable<|Dictionary<string, ")),
    ("java", re.compile(r"\bHashMap<|\bListIterator<")),
    ("python", re.compile(r"\bfiles_sdk\.|: (?:True|False|None)\b")),
    ("ruby", re.compile(r"\bFiles::")),
    ("php", re.compile(r"\\Files\\|\$\w+->")),
    ("javascript", re.compile(r"\bawait \w")),
)


def guess(document: Document) -> str | None:
    """Whose page a document is, by its title or its samples; absent where nothing tells."""
    for sdk in ("dotnet", "java"):
        if document.title.startswith(STYLES[sdk].title):
            return sdk
    text = "\n".join(sample.text for each in document.sections for sample in each.samples)
    if document.example is not None:
        text += document.example.text
    return next((sdk for sdk, sign in _SIGNS if sign.search(text)), None)


def style(sdk: str) -> PageStyle:
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
