"""Accounts for every line of a checkout's pages that starts an attribute or a parameter.

The lines are counted by a rule of their own, apart from the reader's, so that the reader cannot
hide what it overlooks.
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
    """A page that documents no object and no operation."""

    page: str
    why: str


class Unread(Struct, frozen=True, kw_only=True):
    """A finding with the page it is on."""

    page: str
    finding: Finding


class Coverage(Struct, frozen=True, kw_only=True):
    """What the pages of one checkout hold, and what became of it."""

    pages: int
    """How many were read."""
    lines: int
    """How many of their lines start an attribute or a parameter."""
    parsed: int
    """How many of those became one."""
    findings: tuple[Unread, ...]
    """Lines that became none, and types that the table lacks."""
    unaccounted: tuple[str, ...]
    """Lines that are neither parsed nor a finding, as ``page:line``: faults of the reader."""
    skipped: tuple[SkippedPage, ...]

    @property
    def share(self) -> float:
        """Which share of the lines is accounted for, from 0 to 1."""
        return 1 - len(self.unaccounted) / self.lines if self.lines else 1.0

    @property
    def unknown_types(self) -> int:
        """How often a type is documented that the table lacks."""
        return sum(each.finding.code is Code.TYPE_UNKNOWN for each in self.findings)


def measure(checkout: Path) -> Coverage:
    """Read every page of an SDK checkout.

    Raises:
        UsageError: there is no page below its ``docs`` folder.
    """
    docs = checkout / "docs"
    pages = sorted([*docs.glob("*.md"), *docs.glob("*/*.md")])
    if not pages:
        raise UsageError(
            f"{checkout} holds no pages.",
            why=f"There is no Markdown file in {docs}.",
            fix="Name the folder of a checkout of an SDK.",
        )
    resources = names(pages)
    read = lines = parsed = 0
    findings: list[Unread] = []
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
        unread = {finding.line for finding in document.findings}
        lines += len(starts)
        parsed += len(starts & entries)
        unaccounted += [f"{page}:{line}" for line in sorted(starts - entries - unread)]
        findings += [
            Unread(page=page, finding=finding)
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
    """The resources that a set of pages documents, in snake case, by the names of the files."""
    return frozenset(snake_case(page.stem) for page in pages)


def unknown_types(document: Document, resources: frozenset[str]) -> Iterator[Finding]:
    """A finding for each documented type that the table lacks."""
    for entry in document.entries:
        for name in types.unknown_names(_type(entry, resources)):
            what = f"`{entry.name}` has the unknown type {name!r}."
            yield Finding(code=Code.TYPE_UNKNOWN, line=entry.line, what=what)


def _type(entry: PageEntry, resources: frozenset[str]) -> types.Type:
    return types.parse(entry.type, resources)


def _starts(path: Path) -> set[int]:
    """The lines outside of fences that start an attribute or a parameter."""
    starts: set[int] = set()
    fenced = False
    for number, line in enumerate(lines_of(path.read_text("utf-8-sig")), start=1):
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced and _STARTS_ENTRY.match(line):
            starts.add(number)
    return starts
