"""Reads a page in the style of any SDK into a document, without loss."""

from __future__ import annotations

import hashlib
from pathlib import Path
import re
from typing import Final

from msgspec.structs import replace

from conform.core import files
from conform.core.errors import DocumentError
from conform.documents import literals
from conform.documents.blocks import Block, Fence, Heading, Item, Paragraph, split
from conform.documents.findings import Code, Finding
from conform.documents.page import CodeSample, Document, Example, PageEntry, Section

MAX_BYTES: Final = 32 << 20
"""The size of the largest page that is read. Most pages have some thousand bytes, but one has a
description of four million."""

_OBJECT_HEADING: Final = re.compile(
    r"example\b.*\bobject|.*\bobject example|attributes", re.IGNORECASE
)
_PARAMETERS_HEADING: Final = re.compile(r"(?:param(?:eter)?s|arguments)\b", re.IGNORECASE)
_RESPONSE_HEADING: Final = re.compile(r"(?:example )?response", re.IGNORECASE)
_ENTRY: Final = re.compile(
    r"`(?P<name>[^`\n]+)`"
    r"(?:\s*/\s*`(?P<spelling>[^`\n]+)`)?"
    r"(?:\s*\((?P<type>[^()\n]*(?:\((?:[^()\n]|\([^()\n]*\))*\)[^()\n]*)*)\))?"
    r"\s*:(?P<description>.*)",
    re.DOTALL,
)
_REQUIRED: Final = re.compile(r"Required\s*-(?:\s+|$)")


def fold(text: str) -> str:
    """The text with each run of white space as one space."""
    return " ".join(text.split())


def digest(text: str) -> str:
    """The SHA-256 of a text, in hex; the amount of white space does not count."""
    return hashlib.sha256(fold(text).encode()).hexdigest()


def read(path: Path) -> Document:
    """The document on a page.

    Raises:
        DocumentError: the page cannot be read, is not text, or documents nothing.
    """
    try:
        content = files.read(path, MAX_BYTES)
    except OSError as error:
        raise DocumentError(
            f"The page {path} cannot be read.",
            why=(error.strerror or str(error)) + ".",
            fix="Name a Markdown page of an SDK, such as docs/session.md.",
        ) from error
    return parse(decode(content, str(path)), str(path))


def decode(content: bytes, source: str) -> str:
    """The text of a page.

    Raises:
        DocumentError: the bytes are too many, or are not text.
    """
    if len(content) > MAX_BYTES:
        raise _unreadable(source, f"It is larger than {MAX_BYTES:,} bytes.")
    if not content.strip():
        raise _unreadable(source, "It is empty.")
    if b"\0" in content:
        raise _unreadable(source, "It is a binary file.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(
            source, f"It is not UTF-8: byte {error.start} cannot be decoded."
        ) from error


def parse(text: str, source: str) -> Document:
    """The document in a page's text.

    Raises:
        DocumentError: the text documents neither an object nor an operation.
    """
    try:
        blocks, folded = split(text)
    except ValueError as error:
        raise _unreadable(source, f"{error}.") from error
    state = _State(source)
    for block in blocks:
        state.take(block)
    document = replace(state.document(), sha256=digest(text), is_folded=folded)
    unreadable = any(finding.code is Code.ENTRY_UNREADABLE for finding in document.findings)
    if not (document.attributes or document.sections or unreadable):
        raise _unreadable(source, "It lists neither attributes nor operations.")
    return document


def _unreadable(source: str, why: str) -> DocumentError:
    return DocumentError(
        f"{source} is not a page that documents an object.",
        why=why,
        fix="Name a Markdown page of an SDK, such as docs/session.md.",
    )


class _State:
    """What has been read so far, and which part of the page the next block belongs to."""

    def __init__(self, source: str) -> None:
        self._document = Document(source=source, title="", sha256="")
        self._sections: list[Section] = []
        self._attributes: list[PageEntry] = []
        self._findings: list[Finding] = []
        self._prose: list[str] = []
        self._parameters: list[PageEntry] = []
        self._part = "object"

    def take(self, block: Block) -> None:
        match block:
            case Heading(level=1, text=text):
                self._document = replace(self._document, title=text)
            case Heading(level=2, text=text) if _OBJECT_HEADING.match(text):
                self._close()
                self._part = "object"
            case Heading(level=2, text=text, line=line):
                self._close()
                self._sections.append(Section(line=line, title=text))
                self._part = "section"
            case Heading(text=text) if self._sections and _PARAMETERS_HEADING.match(text):
                self._part = "parameters"
            case Heading(text=text) if self._sections and _RESPONSE_HEADING.match(text):
                self._part = "response"
            case Heading(text=text) | Paragraph(text=text):
                self._note(text)
            case Fence():
                self._fence(block)
            case Item():
                self._item(block)

    def document(self) -> Document:
        self._close()
        return replace(
            self._document,
            attributes=tuple(self._attributes),
            sections=tuple(section for section in self._sections if _states_something(section)),
            prose=tuple(self._prose),
            findings=tuple(self._findings),
        )

    def _close(self) -> None:
        if self._sections and self._parameters:
            self._amend(parameters=tuple(self._parameters))
        self._parameters = []

    def _amend(self, **changes: object) -> None:
        self._sections[-1] = replace(self._sections[-1], **changes)

    def _note(self, text: str) -> None:
        if self._sections and self._part != "object":
            self._amend(prose=(*self._sections[-1].prose, text))
        else:
            self._prose.append(text)

    def _fence(self, fence: Fence) -> None:
        if self._part == "response":
            self._amend(responses=(*self._sections[-1].responses, example(fence)))
        elif self._part != "object":
            sample = CodeSample(line=fence.line, text=fence.text)
            self._amend(samples=(*self._sections[-1].samples, sample))
        elif self._document.example is None:
            self._document = replace(self._document, example=example(fence))
        else:
            what = "A second example of the object is not read."
            self._find(Code.ENTRY_DUPLICATE, fence.line, what)

    def _item(self, item: Item) -> None:
        entries = self._attributes if self._part == "object" else self._parameters
        entry = _entry(item)
        if entry is None and item.text.startswith("`"):
            what = f"The line cannot be read: {fold(item.text)[:80]}"
            self._find(Code.ENTRY_UNREADABLE, item.line, what)
        elif entry is None and entries and self._part in {"object", "parameters"}:
            entries[-1] = _continued(entries[-1], f"* {item.text}")
        elif entry is None:
            self._note(f"* {item.text}")
        elif self._part not in {"object", "parameters"}:
            what = f"`{entry.name}` is not below a heading for attributes or parameters."
            self._find(Code.ENTRY_MISPLACED, item.line, what)
        else:
            entries.append(entry)

    def _find(self, code: Code, line: int, what: str) -> None:
        self._findings.append(Finding(code=code, line=line, what=what))


def _states_something(section: Section) -> bool:
    return bool(section.samples or section.parameters)


def _entry(item: Item) -> PageEntry | None:
    match = _ENTRY.fullmatch(item.text)
    if match is None:
        return None
    description = match["description"].strip()
    required = _REQUIRED.match(description)
    documented = match["type"]
    return PageEntry(
        line=item.line,
        name=match["name"].strip(),
        spelling=match["spelling"] and match["spelling"].strip(),
        type=None if documented is None else documented.strip(),
        description=description[required.end() :] if required else description,
        required=required is not None,
    )


def _continued(entry: PageEntry, text: str) -> PageEntry:
    return replace(entry, description=f"{entry.description}\n{text}")


def example(fence: Fence) -> Example:
    """A fenced block as data, or with the reason why it is not data."""
    try:
        value, notation = literals.read(fence.text)
    except literals.LiteralError as error:
        return Example(line=fence.line, text=fence.text, problem=str(error))
    return Example(line=fence.line, text=fence.text, value=value, notation=notation)
