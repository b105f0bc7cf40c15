"""Guesses the SDK of a document, from what the adapters say about the pages of their SDKs."""

from __future__ import annotations

from collections.abc import Mapping
import re

from conform.core import manifest
from conform.core.errors import UsageError
from conform.core.manifest import PagesTable
from conform.documents.page import Document


def pages() -> Mapping[str, PagesTable]:
    """What is special about the pages of each SDK that publishes pages, by SDK."""
    found = {name: each.manifest.pages for name, each in manifest.shipped().items()}
    return {name: each for name, each in found.items() if each.checkout}


def pages_of(sdk: str) -> PagesTable:
    """What is special about the pages of one SDK.

    Raises:
        UsageError: the SDK publishes no pages.
    """
    known = pages()
    if sdk not in known:
        raise UsageError(
            f"{sdk!r} is not an SDK with pages.",
            why=f"The SDKs with pages are {', '.join(known)}.",
            fix="Name one of them.",
        )
    return known[sdk]


def guess(document: Document) -> str | None:
    """The SDK of a document, from its title or its samples; absent if neither shows it."""
    known = pages()
    titled = (sdk for sdk, each in known.items() if each.title)
    if sdk := next((sdk for sdk in titled if document.title.startswith(known[sdk].title)), None):
        return sdk
    text = "\n".join(sample.text for each in document.sections for sample in each.samples)
    if document.example is not None:
        text += document.example.text
    return next((sdk for sdk, each in known.items() if re.search(each.sign, text)), None)
