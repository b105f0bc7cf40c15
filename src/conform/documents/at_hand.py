"""The page that comes with a target: its facts and its samples, without its sentences."""

from __future__ import annotations

from typing import Self

from msgspec import Struct

from conform.documents import extract
from conform.documents.facts import Facts
from conform.documents.meanings import Meanings
from conform.documents.page import CodeSample, Document


class PrintedSamples(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The samples below one title of a page, as they are printed."""

    title: str
    samples: tuple[CodeSample, ...]


class PageAtHand(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything on a page that came with a target which decides about its cases."""

    facts: Facts
    printed: tuple[PrintedSamples, ...] = ()
    """In the order of the page; titles without a sample are left out."""
    is_folded: bool = False
    """Whether the page was folded into a single line; line ends in its samples are lost."""

    @classmethod
    def of(cls, document: Document, sdk: str) -> Self:
        """What a document of an SDK says.

        Raises:
            SuiteError: the table of meanings cannot be read.
        """
        return cls(
            facts=extract.facts(document, sdk=sdk, releases=(), meanings=Meanings.load()),
            printed=tuple(
                PrintedSamples(title=section.title, samples=section.samples)
                for section in document.sections
                if section.samples
            ),
            is_folded=document.is_folded,
        )
