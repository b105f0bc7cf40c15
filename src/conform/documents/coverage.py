"""Measures how many attributes and parameters on the pages of a checkout the reader finds.

A separate rule counts the lines that start one, so that the reader cannot hide a line that it does
not see.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import re
from typing import Final

from msgspec import Struct

from conform.core.errors import DocumentError, UsageError
from conform.documents import reader, types
from conform.documents.blocks import lines_of
from conform.documents.findings import Code, Finding
from conform.documents.page import Document, PageEntry, snake_case

_STARTS_ENTRY: Final = re.compile(r" {0,3}[*+-]\s+`\w")
_FENCE: Final = re.compile(r" {0,3}(?:```|~~~)")


class SkippedPage(Struct, frozen=True, kw_only=True):
    """A page that documents neither an object nor an operation."""

    page: str
    why: str


class PageFinding(Struct, frozen=True, kw_only=True):
    """A finding and its page."""

    page: str
    finding: Finding


class Coverage(Struct, frozen=True, kw_only=True):
    """How much of the pages of one checkout the reader understands."""

    pages: int
    """How many pages were read."""
    lines: int
    """How many lines start an attribute or a parameter."""
    parsed: int
    """How many of these lines the reader parsed."""
    findings: tuple[PageFinding, ...]
    """Lines that the reader reports, and types that the table of types does not have."""
    unaccounted: tuple[str, ...]
    """Lines that are neither parsed nor reported, as ``page:line``: defects of the reader."""
    skipped: tuple[SkippedPage, ...]

    @property
    def share(self) -> float:
        """The share of lines that are parsed or reported, from 0 to 1."""
        return 1 - len(self.unaccounted) / self.lines if self.lines else 1.0

    @property
    def unknown_types(self) -> int:
        """How many entries have a type that the table of types does not have."""
        return sum(each.finding.code is Code.TYPE_UNKNOWN for each in self.findings)


def measure(checkout: Path) -> Coverage:
    """Read every page of an SDK checkout.

    Raises:
        UsageError: its folder ``docs`` contains no page.
    """
    docs = checkout / "docs"
    pages = sorted([*docs.glob("*.md"), *docs.glob("*/*.md")])
    if not pages:
        raise UsageError(
            f"{checkout} contains no pages.",
            why=f"There is no Markdown file in {docs}.",
            fix="Name the folder of an SDK's checkout.",
        )
    resources = names(pages)
    read = lines = parsed = 0
    findings: list[PageFinding] = []
    unaccounted: list[str] = []
    skipped: list[SkippedPage] = []
    for path in pages:
        page = path.relative_to(checkout).as_posix()
        try:
            document = reader.read(path)
        except DocumentError as error:
            skipped.append(SkippedPage(page=page, why=error.why))
            continue
        read += 1
        starts = _starts(path)
        entries = {entry.line for entry in document.entries}
        reported = {finding.line for finding in document.findings}
        lines += len(starts)
        parsed += len(starts & entries)
        unaccounted += [f"{page}:{line}" for line in sorted(starts - entries - reported)]
        findings += [
            PageFinding(page=page, finding=finding)
            for finding in (*document.findings, *unknown_types(document, resources))
        ]
    return Coverage(
        pages=read,
        lines=lines,
        parsed=parsed,
        findings=tuple(findings),
        unaccounted=tuple(unaccounted),
        skipped=tuple(skipped),
    )


def names(pages: list[Path]) -> frozenset[str]:
    """The resources of a set of pages, in snake case, from the names of the files."""
    return frozenset(snake_case(page.stem) for page in pages)


def unknown_types(document: Document, resources: frozenset[str]) -> Iterator[Finding]:
    """A finding for each documented type that the table of types does not have."""
    for entry in document.entries:
        for name in types.unknown_names(_type(entry, resources)):
            what = f"`{entry.name}` has the unknown type {name!r}."
            yield Finding(code=Code.TYPE_UNKNOWN, line=entry.line, what=what)


def _type(entry: PageEntry, resources: frozenset[str]) -> types.Type:
    return types.parse(entry.type, resources)


def _starts(path: Path) -> set[int]:
    """The numbers of the lines that start an attribute or a parameter, outside of fences."""
    starts: set[int] = set()
    fenced = False
    for number, line in enumerate(lines_of(path.read_text("utf-8-sig")), start=1):
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced and _STARTS_ENTRY.match(line):
            starts.add(number)
    return starts
