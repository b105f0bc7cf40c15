"""Finds the documented call in a sample of any SDK's language, and what it passes, as values."""

from __future__ import annotations

from itertools import accumulate, pairwise
import re
from typing import Any, Final

from msgspec import Struct

from conform.documents import literals
from conform.documents.literals import FreeName, LiteralError
from conform.documents.page import snake_case

MAX_LENGTH: Final = 100_000
"""The longest sample that is read, in characters; real ones have some hundred."""

_STRING: Final = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'")
_CALL: Final = re.compile(
    r"(?<![\w\\.$:])(?P<receiver>[$\\A-Za-z_][\w\\]*+(?:(?:\.|::)[A-Za-z_]\w*+)*)"
    r"(?P<separator>\.|->|::)(?P<name>[A-Za-z_]\w*[?!]?)[ \t]*(?P<opening>\()?"
)
_GENERICS: Final = re.compile(r"<[^<>]*>")
_DECLARED: Final = re.compile(r"[A-Za-z][\w.]*(?:\[\])?\s+(?P<name>[A-Za-z_]\w*)(?:\s*=\s*null)?")
_SETTERS: Final = frozenset({"put", "Put", "add", "Add"})
_BOILERPLATE: Final = frozenset({"parameters", "options", "attributes", "params"})
_OPENING, _CLOSING = "([{", ")]}"


class SampleCall(Struct, frozen=True, kw_only=True):
    """One call of the SDK."""

    name: str
    """The operation in the SDK's own spelling."""
    instance: bool
    """Whether it is called on an object that the sample made or found before."""
    positional: tuple[Any, ...] = ()
    """What is passed by position: values, and ``FreeName`` where the sample names none."""
    named: dict[str, Any] = {}
    """What is passed by name."""
    signature: bool = False
    """Whether the sample declares the operation and does not call it."""
    complete: bool = True
    """Whether the call has its parentheses, which only Ruby can do without."""

    @property
    def operation(self) -> str:
        """The operation in the one spelling for all SDKs."""
        return snake_case(self.name)


def documented(sample: str) -> SampleCall | None:
    """The call that a sample is about: its last one; absent where it calls nothing.

    Raises:
        LiteralError: with the reason, when what the call passes cannot be read.
    """
    if len(sample) > MAX_LENGTH:
        raise LiteralError(f"is longer than {MAX_LENGTH} characters")
    hidden = _STRING.sub(lambda match: '"' + "_" * (len(match[0]) - 2) + '"', sample)
    depths = _depths(hidden)
    calls = [
        match
        for match in _CALL.finditer(hidden)
        if depths[match.start()] == 0 and (match["opening"] or not _is_detail(hidden, match))
    ]
    set_before = [call for call in calls if call["name"] in _SETTERS]
    calls = [call for call in calls if call["name"] not in _SETTERS]
    if not calls:
        return None
    *before, last = calls
    if before and before[-1].start() == last.start():
        last = before[-1]
    inside = _inside(sample, depths, last) if last["opening"] else ""
    declared = _declared(inside)
    positional, named = _passed(inside) if declared is None else (declared, {})
    for setter in set_before:
        key, value = _pair(_inside(sample, depths, setter))
        named[key] = value
    return SampleCall(
        name=last["name"],
        instance=_is_object(hidden, last),
        positional=tuple(positional),
        named=named,
        signature=declared is not None,
        complete=last["opening"] is not None,
    )


def _depths(text: str) -> list[int]:
    """How many brackets are open before each character, and after the last one."""
    neighbours = pairwise(f" {text} ")
    return [*accumulate((left in _OPENING) - (right in _CLOSING) for left, right in neighbours)]


def _is_detail(text: str, match: re.Match[str]) -> bool:
    """Whether a dotted name without parentheses is not a call: assigned to, or a type."""
    following = text[match.end() :].lstrip(" \t")
    return following[:1] in {"=", "<"} or (bool(following) and match["name"][0].isupper())


def _is_object(text: str, call: re.Match[str]) -> bool:
    receiver = re.escape(call["receiver"])
    return re.search(rf"(?<![\w$.]){receiver}\s*=(?![=>])", text[: call.start()]) is not None


def _inside(sample: str, depths: list[int], call: re.Match[str]) -> str:
    """What stands between the parentheses of a call that is itself in none."""
    for end in range(call.end(), len(sample)):
        if depths[end] == 0:
            return sample[call.end() : end]
    raise LiteralError("does not close a parenthesis")


def _passed(inside: str) -> tuple[list[Any], dict[str, Any]]:
    positional, named = literals.arguments(inside)
    values: list[Any] = []
    for each in positional:
        match each:
            case dict():
                named |= each
            case FreeName(name=name) if name in _BOILERPLATE:
                pass
            case _:
                values.append(each)
    return values, named


def _declared(inside: str) -> list[FreeName] | None:
    """The parameters that a signature declares; absent where the text is not a signature."""
    flat = _GENERICS.sub("", _GENERICS.sub("", inside))
    matches = [_DECLARED.fullmatch(part.strip()) for part in flat.split(",")]
    if not any(matches):
        return None
    names = (match["name"] for match in matches if match)
    return [FreeName(name) for name in names if name not in _BOILERPLATE]


def _pair(inside: str) -> tuple[str, Any]:
    positional, _ = literals.arguments(inside)
    match positional:
        case [str() as key, value]:
            return key, value
        case _:
            raise LiteralError("has a parameter that is not a name and a value")
