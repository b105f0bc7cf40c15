"""Finds out whose page a document is, by what the adapters say of the pages of their SDKs."""

from __future__ import annotations

from collections.abc import Mapping
import re

from conform.core import manifest
from conform.core.manifest import PagesTable
from conform.documents.page import Document


def pages() -> Mapping[str, PagesTable]:
    """What is particular to the pages of each SDK that publishes any, by its name."""
    found = {name: each.manifest.pages for name, each in manifest.shipped().items()}
    return {name: each for name, each in found.items() if each.checkout}


def guess(document: Document) -> str | None:
    """Whose page a document is, by its title or its samples; absent where nothing tells."""
    known = pages()
    titled = (sdk for sdk, each in known.items() if each.title)
    if sdk := next((sdk for sdk in titled if document.title.startswith(known[sdk].title)), None):
        return sdk
    text = "\n".join(sample.text for each in document.sections for sample in each.samples)
    if document.example is not None:
        text += document.example.text
    return next((sdk for sdk, each in known.items() if re.search(each.sign, text)), None)
