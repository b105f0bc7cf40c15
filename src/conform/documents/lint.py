"""Finds the defects of a page that show without its SDK."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from conform.core.values import kind_of_json
from conform.documents import calls, samples, sdks, types
from conform.documents.coverage import unknown_types
from conform.documents.findings import Code, Finding
from conform.documents.literals import LiteralError
from conform.documents.meanings import Meanings, is_unknown
from conform.documents.page import Document, Example, PageEntry, Section


def lint(
    document: Document,
    *,
    sdk: str | None = None,
    resources: frozenset[str] = frozenset(),
    meanings: Meanings | None = None,
) -> tuple[Finding, ...]:
    """The defects of a page, in the order of its lines.

    Args:
        document: the page.
        sdk: the SDK of the page; guessed from the page if absent.
        resources: the resources that have a page, in snake case.
        meanings: the table of meanings; absent for a resource that it does not cover.
    """
    sdk = sdk or sdks.guess(document)
    found = [
        *document.findings,
        *unknown_types(document, resources),
        *_entries(document),
        *_example(document, sdk),
        *(_values(document.example, document, resources) if document.example else ()),
        *(each for section in document.sections for each in _section(section, document, sdk)),
        *(_meanings(document, meanings) if meanings else ()),
    ]
    return tuple(sorted(found, key=lambda finding: (finding.line, finding.code, finding.what)))


def _entries(document: Document) -> Iterator[Finding]:
    lists = (document.attributes, *(section.parameters for section in document.sections))
    for entries in lists:
        yield from _duplicates(entries)
    for entry in document.entries:
        if entry.type is None:
            yield _finding(Code.TYPE_MISSING, entry.line, f"`{entry.name}` has no type.")


def _duplicates(entries: Iterable[PageEntry]) -> Iterator[Finding]:
    seen: dict[str, PageEntry] = {}
    for entry in entries:
        first = seen.setdefault(entry.name, entry)
        if first is not entry:
            what = f"`{entry.name}` is already described on line {first.line}"
            other = "" if first.type == entry.type else f" with the type {first.type!r}"
            yield _finding(Code.ENTRY_DUPLICATE, entry.line, f"{what}{other}.")


def _example(document: Document, sdk: str | None) -> Iterator[Finding]:
    match document.example:
        case None if document.attributes:
            line = document.attributes[0].line
            yield _finding(Code.EXAMPLE_MISSING, line, "The object has attributes, but no example.")
        case Example(line=line, problem=problem) if problem:
            yield _finding(
                Code.EXAMPLE_UNREADABLE, line, f"The example cannot be read ({problem})."
            )
        case Example(line=line, value=value) if not isinstance(value, dict):
            yield _finding(Code.EXAMPLE_UNREADABLE, line, "The example is not a JSON object.")
        case Example(line=line, notation="literal") if not _has_literals(sdk):
            yield _finding(Code.EXAMPLE_NOT_JSON, line, "The example is not valid JSON.")


def _has_literals(sdk: str | None) -> bool:
    """Whether the pages of an SDK write examples as literals of its language."""
    table = sdks.pages().get(sdk or "")
    return table is not None and table.notation != "json"


def _values(example: Example, document: Document, resources: frozenset[str]) -> Iterator[Finding]:
    if not isinstance(example.value, dict):
        return
    shown: dict[str, Any] = example.value
    sent = {entry.name for section in document.sections for entry in section.parameters}
    described = {entry.name: entry for entry in document.attributes}
    for name in shown.keys() - described.keys():
        what = f"The example shows `{name}`, which no attribute describes."
        yield _finding(Code.EXAMPLE_UNDOCUMENTED, _line_of(name, example), what)
    for name, entry in described.items():
        if name not in shown:
            if name not in sent:
                what = f"`{name}` is neither in the example nor a parameter."
                yield _finding(Code.ATTRIBUTE_WITHOUT_EXAMPLE, entry.line, what)
        elif not types.accepts(types.parse(entry.type, resources), shown[name]):
            kind = kind_of_json(shown[name])
            what = f"`{name}` has the type {entry.type}, but the example shows {kind}."
            yield _finding(Code.EXAMPLE_TYPE, _line_of(name, example), what)


def _section(section: Section, document: Document, sdk: str | None) -> Iterator[Finding]:
    listed = {entry.name for entry in section.parameters}
    for sample in section.samples:
        try:
            call = calls.documented(sample.text)
        except LiteralError as error:
            what = f"The arguments in the sample of “{section.title}” cannot be read ({error})."
            yield _finding(Code.SAMPLE_UNPARSABLE, sample.line, what)
            continue
        if call is None or not (call.complete or sdk == "ruby"):
            what = f"The sample of “{section.title}” does not call the operation."
            yield _finding(Code.SAMPLE_WITHOUT_CALL, sample.line, what)
        if call is not None:
            for name in call.named.keys() - listed:
                what = f"The sample of “{section.title}” passes `{name}`, which is not listed."
                yield _finding(Code.SAMPLE_UNDOCUMENTED, sample.line, what)
        if sdk is None or document.is_folded or (call is not None and call.signature):
            continue
        if problem := samples.problem(sample.text, sdk):
            what = f"The sample of “{section.title}” cannot be parsed: {problem.what}."
            yield _finding(Code.SAMPLE_UNPARSABLE, sample.line + problem.row, what)


def _meanings(document: Document, meanings: Meanings) -> Iterator[Finding]:
    for entry in document.entries:
        if is_unknown(meanings.of(entry.description)):
            what = f"The description of `{entry.name}` has no meaning id yet."
            yield _finding(Code.MEANING_UNKNOWN, entry.line, what)
        if meanings.is_misspelt(entry.description):
            what = f"The description of `{entry.name}` has a typing error."
            yield _finding(Code.MEANING_MISSPELT, entry.line, what)


def _line_of(name: str, example: Example) -> int:
    for offset, line in enumerate(example.text.splitlines()):
        if f'"{name}"' in line or f"'{name}'" in line:
            return example.line + offset
    return example.line


def _finding(code: Code, line: int, what: str) -> Finding:
    return Finding(code=code, line=line, what=what)
