"""The document: everything that the reader finds on a page, with lines."""

from __future__ import annotations

from pathlib import PurePath
import re
from typing import Any, Final

from msgspec import Struct

from conform.documents.findings import Finding
from conform.documents.literals import Notation

_WORD_ENDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class PageEntry(Struct, frozen=True, kw_only=True):
    """One entry in a list of attributes or parameters."""

    line: int
    name: str
    spelling: str | None = None
    """The SDK's own name, if the page gives two names."""
    type: str | None = None
    """The type as written; absent if the page gives none."""
    description: str = ""
    """The text without the mark of a required parameter."""
    required: bool = False


class Example(Struct, frozen=True, kw_only=True):
    """One fenced block that shows data."""

    line: int
    """The first line inside the fence."""
    text: str
    value: Any = None
    notation: Notation | None = None
    """The notation of the data; absent if it cannot be read."""
    problem: str = ""
    """Why the data cannot be read; empty if it can."""


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
    """One page."""

    source: str
    """The origin of the page, as people see it."""
    title: str
    """The title as written, such as ``FilesCom.Models.Session``."""
    sha256: str
    """The digest of the text, with each run of white space as one space."""
    attributes: tuple[PageEntry, ...] = ()
    example: Example | None = None
    sections: tuple[Section, ...] = ()
    prose: tuple[str, ...] = ()
    is_folded: bool = False
    """Whether the page was folded into a single line; line ends in its samples are lost."""
    findings: tuple[Finding, ...] = ()
    """What the reader could not understand."""

    @property
    def resource(self) -> str:
        """The documented resource in snake case, from the title or else the name of the file."""
        title = re.split(r"[.\\:]", self.title)[-1].strip()
        return snake_case(title or PurePath(self.source).stem)

    @property
    def entries(self) -> tuple[PageEntry, ...]:
        """All attributes and parameters, in the order of the page."""
        return self.attributes + tuple(p for s in self.sections for p in s.parameters)


def snake_case(name: str) -> str:
    """A name in snake case: ``FormFieldSet`` becomes ``form_field_set``."""
    return re.sub(r"[\s-]+", "_", _WORD_ENDS.sub("_", name)).lower()
