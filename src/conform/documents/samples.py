"""Parses samples with the grammar of their language, as someone who copies them would."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Final

from msgspec import Struct
from tree_sitter import Language, Node, Parser

MAX_LENGTH: Final = 10_000
"""The longest sample that is parsed, in characters; real ones have at most some 7,000.

The time that a parser takes to recover from errors grows faster than the length of a text.
"""
_GRAMMARS: Final = {
    "python": ("tree_sitter_python", "language"),
    "javascript": ("tree_sitter_javascript", "language"),
    "ruby": ("tree_sitter_ruby", "language"),
    "php": ("tree_sitter_php", "language_php_only"),
    "dotnet": ("tree_sitter_c_sharp", "language"),
    "java": ("tree_sitter_java", "language"),
}


class SyntaxProblem(Struct, frozen=True):
    """The first place where a sample leaves the grammar of its language."""

    row: int
    """From 0, within the sample."""
    what: str


def problem(code: str, sdk: str) -> SyntaxProblem | None:
    """Where a sample cannot be parsed; absent where all of it can."""
    if len(code) > MAX_LENGTH:
        return SyntaxProblem(0, f"it is longer than {MAX_LENGTH:,} characters")
    root = _parser(sdk).parse(code.encode()).root_node
    return _first(root, code.encode()) if root.has_error else None


@cache
def _parser(sdk: str) -> Parser:
    module, function = _GRAMMARS[sdk]
    return Parser(Language(getattr(import_module(module), function)()))


def _first(root: Node, code: bytes) -> SyntaxProblem:
    """The error that stands first; found without recursion, since a tree can be deep."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.is_missing:
            return SyntaxProblem(node.start_point.row, f"{node.type!r} is missing")
        if node.is_error:
            lines = code[node.start_byte : node.end_byte].decode(errors="replace").split("\n")
            return SyntaxProblem(node.start_point.row, f"it breaks at {lines[0].strip()[:40]!r}")
        waiting += [child for child in reversed(node.children) if child.has_error]
    return SyntaxProblem(0, "it cannot be parsed")
