"""Reads an HTML document strictly, as a tree of elements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

from conform.core.results import Line
from conform.reports import html
from conform.reports.summary import Summary

VOID = {"meta", "input", "br", "hr", "img", "link"}


class Element:
    """An element with its text and children."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.content: list[Element | str] = []

    @property
    def text(self) -> str:
        """All text in it."""
        return "".join(each if isinstance(each, str) else each.text for each in self.content)

    @property
    def classes(self) -> set[str]:
        """Its classes."""
        return set(self.attributes.get("class", "").split())

    def all(self, tag: str = "", of_class: str = "") -> Iterator[Element]:
        """The elements in it of a tag and a class, in their order."""
        for each in self.content:
            if isinstance(each, Element):
                if tag in {"", each.tag} and (not of_class or of_class in each.classes):
                    yield each
                yield from each.all(tag, of_class)

    def one(self, identifier: str) -> Element:
        """The element of an id."""
        (found,) = (each for each in self.all() if each.attributes.get("id") == identifier)
        return found


class Parser(HTMLParser):
    """Builds the tree and refuses what is not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Element("root", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element opens."""
        names = Counter(name for name, _ in attrs)
        assert max(names.values(), default=1) == 1, f"an attribute appears twice in {tag}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].content.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        """An element closes."""
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        """A text."""
        self.open[-1].content.append(data)


def render(lines: Iterable[Line]) -> str:
    """Some lines as HTML."""
    every = tuple(lines)
    return html.render(every, Summary.of(every))


def parse(document: str) -> Element:
    """The document as a tree."""
    parser = Parser()
    parser.feed(document)
    parser.close()
    assert parser.open == [parser.root]
    return parser.root
