"""Compares variants: every attribute, and what a change from one variant to another breaks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from msgspec import Struct

from conform.documents.facts import Facts
from conform.documents.types import Reference, Scalar, Sequence, Type, Unknown
from conform.schemas.shape import Action, Argument, Member, Presence, Shape

Affected = Literal["readers", "writers", "nobody"]
"""Whom a change breaks: clients that read responses, or clients that send requests."""


class VariantCell(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One attribute in one variant."""

    type: str
    nullable: bool
    presence: Presence
    meaning: str | None = None
    spellings: tuple[str, ...] = ()
    """The names in SDKs that differ from the name in the API."""


class AttributeComparison(Struct, frozen=True, kw_only=True):
    """One attribute in all variants."""

    name: str
    cells: dict[str, VariantCell]
    """One cell for each variant that has the attribute."""

    @property
    def meanings(self) -> tuple[str, ...]:
        """The ids of its meanings; several if the meaning changed."""
        return tuple(sorted({cell.meaning for cell in self.cells.values() if cell.meaning}))


class VariantMatrix(Struct, frozen=True, kw_only=True):
    """Attribute × variant."""

    variants: tuple[str, ...]
    rows: tuple[AttributeComparison, ...]


class VariantChange(Struct, frozen=True, kw_only=True):
    """One difference between two variants."""

    where: str
    """An attribute, such as ``site_id``, or a parameter, such as ``create(otp)``."""
    breaks: Affected
    what: str


def matrix(variants: Mapping[str, tuple[Shape, tuple[Facts, ...]]]) -> VariantMatrix:
    """Every attribute of every variant, side by side."""
    names = {member.name for shape, _ in variants.values() for member in shape.members}
    rows = []
    for name in sorted(names):
        found = {
            variant: (member, pages)
            for variant, (shape, pages) in variants.items()
            if (member := shape.member(name)) is not None
        }
        cells = {variant: _cell(member, pages) for variant, (member, pages) in found.items()}
        rows.append(AttributeComparison(name=name, cells=cells))
    return VariantMatrix(variants=tuple(variants), rows=tuple(rows))


def changes(old: Shape, new: Shape) -> tuple[VariantChange, ...]:
    """The differences between two shapes, and whom each of them breaks."""
    return (*_member_changes(old, new), *_action_changes(old, new))


def _cell(member: Member, pages: tuple[Facts, ...]) -> VariantCell:
    spellings = {
        attribute.spelling
        for page in pages
        for attribute in page.attributes
        if attribute.name == member.name and attribute.spelling not in {None, member.name}
    }
    return VariantCell(
        type=str(member.type).removesuffix("?"),
        nullable=member.type.nullable,
        presence=member.presence,
        meaning=member.meaning,
        spellings=tuple(sorted(each for each in spellings if each)),
    )


def _member_changes(old: Shape, new: Shape) -> Iterator[VariantChange]:
    for name in sorted({member.name for member in (*old.members, *new.members)}):
        match old.member(name), new.member(name):
            case None, Member(presence="sent"):
                pass
            case None, Member():
                yield VariantChange(where=name, breaks="nobody", what="is returned in addition")
            case Member(presence="sent"), _:
                pass
            case Member(), None | Member(presence="sent"):
                yield VariantChange(where=name, breaks="readers", what="is no longer returned")
            case Member() as before, Member() as after:
                yield from _same_member(before, after)


def _same_member(old: Member, new: Member) -> Iterator[VariantChange]:
    if old.presence == "always" != new.presence:
        what = f"is returned only in one situation: {new.only_if or 'not documented'}"
        yield VariantChange(where=old.name, breaks="readers", what=what)
    if problem := _narrowed(new.type, old.type):
        yield VariantChange(where=old.name, breaks="readers", what=problem)
    elif str(old.type) != str(new.type):
        what = f"changed its type from {old.type} to {new.type}"
        yield VariantChange(where=old.name, breaks="nobody", what=what)
    if old.meaning != new.meaning:
        what = f"changed its meaning from {old.meaning} to {new.meaning}"
        yield VariantChange(where=old.name, breaks="readers", what=what)


def _action_changes(old: Shape, new: Shape) -> Iterator[VariantChange]:
    for name in sorted({action.name for action in (*old.actions, *new.actions)}):
        match old.action(name), new.action(name):
            case Action(), None:
                what = "is no longer an operation"
                yield VariantChange(where=f"{name}()", breaks="writers", what=what)
            case None, Action():
                yield VariantChange(where=f"{name}()", breaks="nobody", what="is a new operation")
            case Action() as before, Action() as after:
                yield from _argument_changes(before, after)


def _argument_changes(old: Action, new: Action) -> Iterator[VariantChange]:
    before = {argument.name: argument for argument in old.arguments}
    after = {argument.name: argument for argument in new.arguments}
    for name in sorted(before.keys() | after.keys()):
        where = f"{old.name}({name})"
        match before.get(name), after.get(name):
            case None, Argument(required=True):
                yield VariantChange(
                    where=where, breaks="writers", what="is a new parameter that must be sent"
                )
            case None, _:
                yield VariantChange(where=where, breaks="nobody", what="is a new parameter")
            case _, None:
                yield VariantChange(where=where, breaks="writers", what="is no longer a parameter")
            case Argument() as one, Argument() as other:
                yield from _same_argument(where, one, other)


def _same_argument(where: str, old: Argument, new: Argument) -> Iterator[VariantChange]:
    if new.required and not old.required:
        yield VariantChange(where=where, breaks="writers", what="must now be sent")
    if problem := _narrowed(old.type, new.type):
        yield VariantChange(where=where, breaks="writers", what=problem)
    if old.meaning != new.meaning:
        what = f"changed its meaning from {old.meaning} to {new.meaning}"
        yield VariantChange(where=where, breaks="writers", what=what)


def _narrowed(given: Type, taken: Type) -> str | None:
    """Why a value of one type need not be a value of another; absent if it always is."""
    if given.nullable and not taken.nullable:
        return f"can be null as {given}, but not as {taken}"
    match given, taken:
        case (Unknown(), _) | (_, Unknown()) | (_, Scalar(kind="any")):
            return None
        case Scalar(kind=left), Scalar(kind=right) if left == right or _widens(left, right):
            return None
        case Reference(resource=left), Reference(resource=right) if left == right:
            return None
        case Sequence(items=inner), Sequence(items=outer):
            return _narrowed(inner, outer)
        case _ if str(given).removesuffix("?") == str(taken).removesuffix("?"):
            return None
        case _:
            return f"has the type {given}, which is not {taken}"


def _widens(given: str, taken: str) -> bool:
    texts = {"date", "date-time", "email", "file"}
    return (given in texts and taken == "string") or (given == "int64" and taken == "double")
