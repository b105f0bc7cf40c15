"""Finds every parameter of a request: in its path, in its query, in its body."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
import json
import re
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from msgspec import Struct

from conform.core.observations import Request
from conform.core.text import cut
from conform.core.values import Map, MapEntry, Null, String, Value, from_json, kind_of_json, same
from conform.schemas.decoding import Undecodable, decode
from conform.schemas.endpoints import Place

_FORM: Final = "application/x-www-form-urlencoded"
_NAME: Final = re.compile(r"(\w+)(?:\[(\w+)\]|\.(\w+))?")
"""The name of a parameter in a query or a form, or of one member of an object."""


class UnreadableError(Exception):
    """A part of a request cannot be read; the message is a sentence without its full stop."""


class SentParameter(Struct, frozen=True, kw_only=True):
    """One parameter of a request."""

    name: str
    place: Place
    value: Value
    is_text: bool = True
    """Whether it was sent as text: in a path, a query or a form."""

    def is_kept(self, value: Value) -> bool:
        """Whether this is the value that was sent; as a text, the value as it is written there."""
        if not self.is_text:
            return same(self.value, value)
        match value:
            case Map() if isinstance(self.value, String):
                return same(_from_text(self.value), value)
            case Map() | String():
                return same(self.value, value)
            case Null():
                return same(self.value, String(text=""))
            case _:
                return same(self.value, String(text=str(value)))


def sent_parameters(request: Request, path: str) -> tuple[SentParameter, ...]:
    """Every parameter of a request, in the order of the request.

    Args:
        request: the request.
        path: the documented path, with parameters in braces.

    Raises:
        UnreadableError: the path is not the documented one, or the body cannot be read.
    """
    query = urlsplit(request.target).query
    texts = [*_in_path(request, path), *_in_text(query, "query")]
    if (request.header("content-type") or "").partition(";")[0].strip().lower() == _FORM:
        return (*texts, *_in_text(request.body.decode("utf-8", "replace"), "body"))
    return (*texts, *_in_body(request))


def _in_path(request: Request, path: str) -> Iterator[SentParameter]:
    names = re.findall(r"\{(\w+)\}", path)
    pattern = re.sub(r"\\\{\w+\\\}", "([^/]*)", re.escape(path))
    sent = request.target.partition("?")[0]
    match = re.fullmatch(pattern, sent)
    if match is None:
        raise UnreadableError(f"The path was {cut(sent)}, which is not {path}")
    for name, segment in zip(names, match.groups(), strict=True):
        text = unquote(segment, errors="replace")
        yield SentParameter(name=name, place="path", value=String(text=text))


def _in_text(text: str, place: Place) -> Iterator[SentParameter]:
    """The parameters of a query or a form; the members of one object are one parameter."""
    objects: dict[str, list[MapEntry]] = {}
    for name, value in parse_qsl(text, keep_blank_values=True, errors="replace"):
        parts = _NAME.fullmatch(name)
        member = parts and (parts[2] or parts[3])
        if parts and member:
            entry = MapEntry(key=member, value=String(text=value))
            objects.setdefault(parts[1], []).append(entry)
        else:
            yield SentParameter(name=name, place=place, value=String(text=value))
    for name, entries in objects.items():
        yield SentParameter(name=name, place=place, value=Map(entries=tuple(entries)))


def _in_body(request: Request) -> Iterator[SentParameter]:
    if not request.body:
        return
    match decode(request.body):
        case Undecodable(problem=problem):
            raise UnreadableError(f"The body {problem.what}")
        case decoded if decoded.problems:
            problem = decoded.problems[0]
            raise UnreadableError(
                f"{problem.pointer.removeprefix('/') or 'The body'} {problem.what}"
            )
        case decoded if not isinstance(decoded.value, dict):
            raise UnreadableError(f"The body is {kind_of_json(decoded.value)}, not an object")
        case decoded:
            for name, value in decoded.value.items():
                sent = from_json(value)
                yield SentParameter(name=name, place="body", value=sent, is_text=False)


def _from_text(text: String) -> Value:
    """The value that a text means: an object if the text is JSON."""
    with suppress(ValueError):
        return from_json(json.loads(text.text))
    return text
