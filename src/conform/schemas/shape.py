"""The shape of a documented object: the part of a page that makes its variant.

The shape is names, types, whether null is allowed, who sends an attribute and when, meanings, and
operations with their parameters. Spelling, samples, examples and order are not part of it. Two
pages with the same shape belong to one variant.
"""

from __future__ import annotations

from collections.abc import Iterable
import hashlib
from typing import Any, Final, Literal, TypeVar

import msgspec
from msgspec import Struct

from conform.documents import types
from conform.documents.facts import Attribute, Facts, Operation, Parameter
from conform.documents.types import Type

Presence = Literal["always", "conditional", "unsaid", "sent"]
"""When the server returns an attribute: always, in one situation only, not documented, or never,
because only the client sends it."""

_FORMAT: Final = "shape-1"
_Part = TypeVar("_Part", "Member", "Argument", "Action")


class Member(Struct, frozen=True, kw_only=True):
    """One attribute of the object."""

    name: str
    type: Type
    presence: Presence
    meaning: str | None = None
    only_if: str | None = None


class Argument(Struct, frozen=True, kw_only=True):
    """One parameter of an operation."""

    name: str
    type: Type
    required: bool
    meaning: str | None = None


class Action(Struct, frozen=True, kw_only=True):
    """One operation."""

    name: str
    arguments: tuple[Argument, ...] = ()


class Shape(Struct, frozen=True, kw_only=True):
    """Everything that makes one variant of an object, sorted by name."""

    resource: str
    members: tuple[Member, ...]
    actions: tuple[Action, ...]

    @property
    def digest(self) -> str:
        """A SHA-256, in hex; the same for two pages with the same shape."""
        text = msgspec.json.encode([_FORMAT, _plain(self)], order="sorted")
        return hashlib.sha256(text).hexdigest()

    def member(self, name: str) -> Member | None:
        """The attribute with a name."""
        return next((member for member in self.members if member.name == name), None)

    def action(self, name: str) -> Action | None:
        """The operation with a name."""
        return next((action for action in self.actions if action.name == name), None)


def of(facts: Facts, resources: frozenset[str] = frozenset()) -> Shape:
    """The shape that a page documents.

    Args:
        facts: what the page states.
        resources: the resources that have a page, in snake case.
    """
    sent = {parameter.name for action in facts.operations for parameter in action.parameters}
    return Shape(
        resource=facts.resource,
        members=_sorted(_member(each, facts, sent, resources) for each in facts.attributes),
        actions=_sorted(_action(each, resources) for each in facts.operations),
    )


def _sorted(parts: Iterable[_Part]) -> tuple[_Part, ...]:
    return tuple(sorted({part.name: part for part in parts}.values(), key=lambda each: each.name))


def _member(
    attribute: Attribute, facts: Facts, sent: set[str], resources: frozenset[str]
) -> Member:
    return Member(
        name=attribute.name,
        type=types.parse(attribute.type, resources),
        presence=_presence(attribute, facts, sent),
        meaning=attribute.meaning,
        only_if=attribute.only_if,
    )


def _presence(attribute: Attribute, facts: Facts, sent: set[str]) -> Presence:
    if attribute.only_if is not None:
        return "conditional"
    if attribute.name in facts.example:
        return "always"
    return "sent" if attribute.name in sent else "unsaid"


def _action(operation: Operation, resources: frozenset[str]) -> Action:
    arguments = (_argument(parameter, resources) for parameter in operation.parameters)
    return Action(name=operation.name, arguments=_sorted(arguments))


def _argument(parameter: Parameter, resources: frozenset[str]) -> Argument:
    return Argument(
        name=parameter.name,
        type=types.parse(parameter.type, resources),
        required=parameter.required,
        meaning=parameter.meaning,
    )


def _plain(part: Any) -> Any:
    match part:
        case Shape() | Member() | Argument() | Action():
            return {name: _plain(getattr(part, name)) for name in part.__struct_fields__}
        case tuple():
            return [_plain(each) for each in part]
        case None | bool():
            return part
        case _:
            return str(part)
