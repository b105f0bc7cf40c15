"""Splits a page into headings, fences, list items and paragraphs, each with its line.

A page that was folded into a single line is unfolded first: the marks ``##``, ``---``, ``* `name```
and the fences show where its lines started.
"""

from __future__ import annotations

from collections.abc import Iterator
import re
from typing import TYPE_CHECKING, Final

from markdown_it import MarkdownIt
from msgspec import Struct

if TYPE_CHECKING:
    from markdown_it.token import Token

MAX_LINES: Final = 20_000
"""The longest page that is read; a real page has some hundred lines."""

_FENCE: Final = re.compile(r"(?<!`)```(?!`)")
_LANGUAGE: Final = re.compile(r"^(?:json|python|ruby|php|javascript|js|java|csharp|cs)\s+")
_MARK: Final = re.compile(
    r"(?:^|(?<=\s))(?:"
    r"(?=\#{2,6}\s)"
    r"|(?P<rule>---)(?=\s|$)"
    r"|(?=\*\s+`[^`\n]{1,200}`\s*(?:/\s*`[^`\n]{1,200}`\s*)?(?:\([^`\n]{0,200}?\))?\s*:)"
    r")"
)


class Heading(Struct, frozen=True):
    """A heading."""

    line: int
    level: int
    text: str


class Fence(Struct, frozen=True):
    """A fenced block; its line is the first line inside the fence."""

    line: int
    text: str


class Item(Struct, frozen=True):
    """An item of a list, with everything inside it."""

    line: int
    text: str


class Paragraph(Struct, frozen=True):
    """Any other text."""

    line: int
    text: str


Block = Heading | Fence | Item | Paragraph


def split(text: str) -> tuple[list[Block], bool]:
    """The blocks of a page in order, and whether the page was folded.

    Raises:
        ValueError: the page has too many lines; the message is the reason.
    """
    lines = lines_of(text)
    folded = len([line for line in lines if line.strip()]) == 1 and _is_folded(text)
    if folded:
        lines = list(_unfold(text.strip()))
    if len(lines) > MAX_LINES:
        raise ValueError(f"It has more than {MAX_LINES} lines")
    blocks = _blocks(lines)
    return ([_first_line(block) for block in blocks] if folded else list(blocks)), folded


def lines_of(text: str) -> list[str]:
    """The lines of a text, counted as editors and git count them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _is_folded(text: str) -> bool:
    return bool(_FENCE.search(text) or re.search(r"\s#{1,6}\s|\s\*\s+`", text))


def _unfold(text: str) -> Iterator[str]:
    """The lines of a folded page; a fenced block stays one line, since it has no marks."""
    for index, part in enumerate(_FENCE.split(text)):
        if index % 2:
            yield from ("```", _LANGUAGE.sub("", part).strip(), "```")
            continue
        yield ""
        start = 0
        for mark in _MARK.finditer(part):
            if part[start : mark.start()].strip():
                yield part[start : mark.start()].strip()
            start = mark.start()
            if mark["rule"]:
                yield from ("", "---", "")
                start = mark.end()
        if part[start:].strip():
            yield part[start:].strip()


def _first_line(block: Block) -> Block:
    match block:
        case Heading(level=level, text=text):
            return Heading(1, level, text)
        case Fence(text=text):
            return Fence(1, text)
        case Item(text=text):
            return Item(1, text)
        case Paragraph(text=text):
            return Paragraph(1, text)


def _markdown() -> MarkdownIt:
    """A parser of blocks only: inside a line, pages have their own notation."""
    markdown = MarkdownIt("zero").enable(["fence", "heading", "hr", "list"])
    markdown.core.ruler.enableOnly(["normalize", "block"])
    return markdown


def _blocks(lines: list[str]) -> Iterator[Block]:
    tokens = _markdown().parse("\n".join(lines))
    index = 0
    while index < len(tokens):
        token = tokens[index]
        match token.type:
            case "heading_open":
                yield Heading(_line(token), int(token.tag[1:]), tokens[index + 1].content.strip())
            case "fence":
                yield Fence(_line(token) + 1, token.content)
            case "paragraph_open":
                yield Paragraph(_line(token), tokens[index + 1].content.strip())
            case "list_item_open":
                yield _item(token, lines)
                index = _closing(tokens, index)
        index += 1


def _line(token: Token) -> int:
    assert token.map is not None
    return token.map[0] + 1


def _item(token: Token, lines: list[str]) -> Item:
    assert token.map is not None
    first, *rest = lines[token.map[0] : token.map[1]]
    text = first.lstrip()[len(token.info) + len(token.markup) :]
    return Item(_line(token), "\n".join([text.strip(), *(line.rstrip() for line in rest)]).strip())


def _closing(tokens: list[Token], index: int) -> int:
    level = tokens[index].level
    while tokens[index].type != "list_item_close" or tokens[index].level != level:
        index += 1
    return index
