"""What differs between variants, and whom it breaks."""

import pytest

from conform.documents import types
from conform.schemas import compare
from conform.schemas.shape import Action, Argument, Member, Shape
from conform.schemas.source import SchemaSource


def shape(*parts: Member | Action) -> Shape:
    return Shape(
        resource="thing",
        members=tuple(part for part in parts if isinstance(part, Member)),
        actions=tuple(part for part in parts if isinstance(part, Action)),
    )


def member(documented: str = "string", presence: str = "always", meaning: str = "m") -> Member:
    return Member(
        name="a",
        type=types.parse(documented),
        presence=presence,  # type: ignore[arg-type]
        meaning=meaning,
    )


def action(*arguments: tuple[str, str, bool]) -> Action:
    return Action(
        name="make",
        arguments=tuple(
            Argument(name=name, type=types.parse(documented), required=required)
            for name, documented, required in arguments
        ),
    )


@pytest.mark.parametrize(
    ("old", "new", "breaks"),
    [
        (shape(member()), shape(member()), []),
        (shape(), shape(member()), ["nobody"]),
        (shape(member()), shape(), ["readers"]),
        (shape(member()), shape(member(presence="sent")), ["readers"]),
        (shape(member()), shape(member(presence="conditional")), ["readers"]),
        (shape(member(presence="conditional")), shape(member()), []),
        (shape(member("int64")), shape(member("string")), ["readers"]),
        (shape(member("int64")), shape(member("Nullable<Int64>")), ["readers"]),
        (shape(member("Nullable<Int64>")), shape(member("int64")), ["nobody"]),
        (shape(member("double")), shape(member("int64")), ["nobody"]),
        (shape(member("int64")), shape(member("double")), ["readers"]),
        (shape(member("string[]")), shape(member("Long[]")), ["readers"]),
        (shape(member(meaning="one")), shape(member(meaning="other")), ["readers"]),
        (shape(action()), shape(), ["writers"]),
        (shape(), shape(action()), ["nobody"]),
        (shape(action()), shape(action(("x", "string", False))), ["nobody"]),
        (shape(action()), shape(action(("x", "string", True))), ["writers"]),
        (shape(action(("x", "string", False))), shape(action()), ["writers"]),
        (
            shape(action(("x", "string", False))),
            shape(action(("x", "string", True))),
            ["writers"],
        ),
        (shape(action(("x", "int64", False))), shape(action(("x", "double", False))), []),
        (
            shape(action(("x", "double", False))),
            shape(action(("x", "int64", False))),
            ["writers"],
        ),
    ],
)
def test_a_change_breaks_readers_or_writers(old: Shape, new: Shape, breaks: list[str]) -> None:
    assert [change.breaks for change in compare.changes(old, new)] == breaks


def test_a_variant_does_not_break_its_own_clients() -> None:
    for documented, _ in SchemaSource.load().variants().values():
        assert compare.changes(documented, documented) == ()


def test_a_change_of_meaning_under_one_name_is_shown() -> None:
    variants = SchemaSource.load().variants()
    rows = {row.name: row for row in compare.matrix(variants).rows}
    assert rows["tls_disabled"].meanings == ("insecure-tls-allowed", "strong-tls-disabled")
    assert rows["id"].meanings == ("session-id",)
    assert rows["site_id"].cells["nullable-integers"].nullable
    assert "SiteId" in rows["site_id"].cells["nullable-integers"].spellings
    assert "site_id" not in {
        row.name for row in compare.matrix({"compact": variants["compact"]}).rows
    }
