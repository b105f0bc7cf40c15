"""The document: everything the reader found on a page, each thing with its line."""

from __future__ import annotations

from pathlib import PurePath
import re
from typing import Any, Final

from msgspec import Struct

from conform.documents.findings import Finding
from conform.documents.literals import Notation

_WORD_ENDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class PageEntry(Struct, frozen=True, kw_only=True):
    """One line of a list of attributes or parameters, with the lines that go on from it."""

    line: int
    name: str
    spelling: str | None = None
    """The SDK's own name where the page gives two."""
    type: str | None = None
    """As written; absent where the page gives none."""
    description: str = ""
    """Without the mark of a required parameter."""
    required: bool = False


class Example(Struct, frozen=True, kw_only=True):
    """One fenced block that shows data."""

    line: int
    """Of the first line inside the fence."""
    text: str
    value: Any = None
    notation: Notation | None = None
    """How the data is written; absent where it cannot be read."""
    problem: str = ""
    """Why it cannot be read."""


class CodeSample(Struct, frozen=True, kw_only=True):
    """One fenced block that shows code."""

    line: int
    text: str


class Section(Struct, frozen=True, kw_only=True):
    """One documented operation in one form."""

    line: int
    title: str
    samples: tuple[CodeSample, ...] = ()
    parameters: tuple[PageEntry, ...] = ()
    responses: tuple[Example, ...] = ()
    prose: tuple[str, ...] = ()


class Document(Struct, frozen=True, kw_only=True):
    """One page, read."""

    source: str
    """Where the page came from, as shown to people."""
    title: str
    """As written, such as ``FilesCom.Models.Session``."""
    sha256: str
    """Of the text with each run of white space folded to one space."""
    attributes: tuple[PageEntry, ...] = ()
    example: Example | None = None
    sections: tuple[Section, ...] = ()
    prose: tuple[str, ...] = ()
    is_folded: bool = False
    """Whether the page was folded onto a single line, which cannot be undone within samples."""
    findings: tuple[Finding, ...] = ()
    """What the reader could not place."""

    @property
    def resource(self) -> str:
        """The documented resource in snake case, by the title or else by the name of the file."""
        title = re.split(r"[.\\:]", self.title)[-1].strip()
        return snake_case(title or PurePath(self.source).stem)

    @property
    def entries(self) -> tuple[PageEntry, ...]:
        """All attributes and parameters, in the order of the page."""
        return self.attributes + tuple(p for s in self.sections for p in s.parameters)


def snake_case(name: str) -> str:
    """A name in the one spelling for all SDKs: ``FormFieldSet`` becomes ``form_field_set``."""
    return re.sub(r"[\s-]+", "_", _WORD_ENDS.sub("_", name)).lower()
