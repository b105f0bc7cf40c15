"""Mutations of an attribute of an object: lost, invented, of another type, or changed."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import wraps
import html
import json
import re
from typing import Final
import unicodedata

from msgspec.structs import replace

from conform.cases.expectations import Exposes, Lacks, Settles
from conform.cases.model import Case
from conform.core.observations import Observation
from conform.core.protocol import Returned
from conform.core.values import (
    ABSENT,
    NULL,
    Absent,
    Boolean,
    Bytes,
    Integer,
    List,
    Map,
    Null,
    Number,
    String,
    Undefined,
    Value,
    from_json,
    same,
)
from conform.selftest.mutations.mutation import (
    MutatedObservation,
    Mutation,
    Notices,
    named,
    step_of,
)
from conform.verdicts.words import short

_INT32: Final = 2**31
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\dT.*Z")


def each_attribute(change: Callable[[Value], Value | None]) -> Mutation:
    """The mutation that changes one attribute of one object at a time."""

    def mutate(_: Case, seen: Observation) -> Iterator[MutatedObservation]:
        for step, name, value in _attributes(seen):
            other = change(value)
            if other is not None and not same(other, value):
                yield _with_attributes(seen, step, name, {name: other})

    name, does = named(change)
    return Mutation(name=name, does=does, mutate=mutate)


def _attributes(seen: Observation) -> Iterator[tuple[int, str, Value]]:
    for step, outcome in enumerate(seen.steps):
        if isinstance(outcome, Returned):
            for name, value in outcome.attributes.items():
                yield step, name, value


def _with_attributes(
    seen: Observation, step: int, name: str, others: dict[str, Value]
) -> MutatedObservation:
    """The observation with other attributes in an object; ``name`` is the changed attribute."""
    outcome = seen.steps[step]
    assert isinstance(outcome, Returned)
    steps = list(seen.steps)
    steps[step] = replace(outcome, attributes={**outcome.attributes, **others})
    changed = replace(seen, steps=tuple(steps))
    return MutatedObservation(
        seen=changed, notices=_notices(changed, step, name, others[name]), where=name
    )


def _notices(seen: Observation, step: int, name: str, value: Value) -> Notices:
    """The expectations that notice that an attribute has this value now."""

    def is_about(expectation: Exposes | Lacks | Settles) -> bool:
        return expectation.attribute == name and step_of(expectation, seen) == step

    def exposes(expectation: Exposes) -> str | None:
        if not is_about(expectation) or same(value, expectation.value):
            return None
        return f"has no {name}" if isinstance(value, Absent) else f"became {short(value)}"

    def lacks(expectation: Lacks) -> str | None:
        is_nothing = isinstance(value, Absent | Null | Undefined)
        return f"invented {short(value)}" if is_about(expectation) and not is_nothing else None

    def settles(expectation: Settles) -> str | None:
        is_right = any(same(value, each) for each in expectation.values)
        words = f"The SDK accepted the response, with {name} = {short(value)}"
        return words if is_about(expectation) and not is_right else None

    return {Exposes: exposes, Lacks: lacks, Settles: settles}


def each_text(edit: Callable[[str], object]) -> Mutation:
    """The mutation that edits one text at a time; a :class:`ValueError` means no change."""

    @wraps(edit)
    def change(value: Value) -> Value | None:
        if not isinstance(value, String):
            return None
        with suppress(ValueError):
            return from_json(edit(value.text))
        return None

    return each_attribute(change)


# ── present or not ───────────────────────────────────────────────────────────────────────────────


@each_attribute
def dropped(value: Value) -> Value | None:
    """An attribute that was sent is absent."""
    return None if isinstance(value, Null) else ABSENT


def _renamed(_: Case, seen: Observation) -> Iterator[MutatedObservation]:
    """An attribute has a name that is not documented."""
    for step, name, value in _attributes(seen):
        if not isinstance(value, Absent | Null):
            yield _with_attributes(seen, step, name, {name: ABSENT, f"{name}_": value})


renamed: Final = Mutation(*named(_renamed), _renamed)


@each_attribute
def nulled(value: Value) -> Value | None:
    """An attribute that was sent is null."""
    return None if isinstance(value, Absent) else NULL


@each_text
def empty_nulled(text: str) -> object:
    """The empty text becomes null."""
    return text or None


def invented(other: Value) -> Mutation:
    """The mutation that invents a value where there is none."""

    def invent(value: Value) -> Value | None:
        return other if isinstance(value, Absent | Null | Undefined) else None

    kind = type(other).__name__.lower()
    return replace(
        each_attribute(invent), name=f"invented-{kind}", does=f"A missing value becomes {other}."
    )


# ── another type ─────────────────────────────────────────────────────────────────────────────────


@each_attribute
def retyped(value: Value) -> Value | None:
    """An attribute has another type."""
    match value:
        case String() | Integer() | Boolean() | Number():
            return List(items=(value,))
        case Map() | List():
            return String(text=str(value))
        case _:
            return None


@each_attribute
def number_as_text(value: Value) -> Value | None:
    """A number becomes the text of its digits."""
    return String(text=value.text) if isinstance(value, Integer) else None


@each_attribute
def number_as_double(value: Value) -> Value | None:
    """A whole number becomes a decimal number."""
    return Number(text=repr(float(value.text))) if isinstance(value, Integer) else None


@each_attribute
def boolean_as_number(value: Value) -> Value | None:
    """A boolean becomes a number."""
    return Integer(text=str(int(value.text == "true"))) if isinstance(value, Boolean) else None


@each_attribute
def boolean_as_text(value: Value) -> Value | None:
    """A boolean becomes a text."""
    return String(text=value.text) if isinstance(value, Boolean) else None


@each_attribute
def text_as_bytes(value: Value) -> Value | None:
    """A text becomes bytes."""
    if not isinstance(value, String):
        return None
    return Bytes(base64=base64.b64encode(value.text.encode()).decode())


@each_text
def text_as_number(text: str) -> object:
    """A text that looks like a number becomes one."""
    return int(text) if text.isdigit() else float(text)


@each_text
def text_as_json(text: str) -> object:
    """A text that looks like JSON is parsed."""
    return json.loads(text)


# ── another value ────────────────────────────────────────────────────────────────────────────────


@each_attribute
def changed(value: Value) -> Value | None:
    """An attribute has another value of the same type."""
    match value:
        case String(text=text):
            return String(text=f"other {text}")
        case Integer(text=text):
            return Integer(text=str(int(text) ^ 1))
        case Boolean(text=text):
            return Boolean(text="false" if text == "true" else "true")
        case List(items=items):
            return List(items=(*items, NULL))
        case _:
            return None


@each_attribute
def rounded(value: Value) -> Value | None:
    """A whole number is rounded to a double."""
    return Integer(text=str(int(float(value.text)))) if isinstance(value, Integer) else None


@each_attribute
def wrapped(value: Value) -> Value | None:
    """A whole number is cut to 32 bits."""
    if not isinstance(value, Integer):
        return None
    return Integer(text=str((int(value.text) + _INT32) % (2 * _INT32) - _INT32))


@each_attribute
def unsigned(value: Value) -> Value | None:
    """A negative number becomes a large positive number."""
    return Integer(text=str(int(value.text) % 2**64)) if isinstance(value, Integer) else None


# ── another text ─────────────────────────────────────────────────────────────────────────────────


@each_text
def trimmed(text: str) -> object:
    """White space at both ends is lost."""
    return text.strip()


@each_text
def lines_folded(text: str) -> object:
    """Every run of white space becomes one space."""
    return " ".join(text.split())


@each_text
def cut(text: str) -> object:
    """A long text is cut."""
    return text[:4096]


@each_text
def cut_at_nul(text: str) -> object:
    """A text ends at its first NUL character."""
    return text.partition("\0")[0]


@each_text
def controls_dropped(text: str) -> object:
    """Control characters are lost."""
    return "".join(each for each in text if unicodedata.category(each) != "Cc")


@each_text
def marks_dropped(text: str) -> object:
    """Characters that only control direction or joining are lost."""
    return "".join(each for each in text if unicodedata.category(each) != "Cf")


@each_text
def composed(text: str) -> object:
    """Combining characters are composed."""
    return unicodedata.normalize("NFC", text)


@each_text
def beyond_16_bits_replaced(text: str) -> object:
    """Characters that need more than 16 bits become question marks."""
    return "".join("?" if each > "\uffff" else each for each in text)


@each_text
def ascii_only(text: str) -> object:
    """Characters that are not ASCII become question marks."""
    return text.encode("ascii", "replace").decode()


@each_text
def misread(text: str) -> object:
    """UTF-8 is decoded as Windows-1252."""
    return text.encode().decode("cp1252", "replace")


@each_text
def markup_read(text: str) -> object:
    """HTML entities are decoded."""
    return html.unescape(text)


@each_text
def markup_escaped(text: str) -> object:
    """Special characters of HTML are escaped."""
    return html.escape(text)


@each_text
def escapes_kept(text: str) -> object:
    """JSON escapes are not decoded."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


@each_text
def date_rewritten(text: str) -> object:
    """A text that looks like a date is written in another format."""
    return text.replace("T", " ").replace("Z", " UTC") if _DATE.fullmatch(text) else text


ATTRIBUTES: Final = (
    dropped,
    renamed,
    nulled,
    empty_nulled,
    invented(Boolean(text="false")),
    invented(Integer(text="0")),
    invented(String(text="")),
    retyped,
    number_as_text,
    number_as_double,
    boolean_as_number,
    boolean_as_text,
    text_as_bytes,
    text_as_number,
    text_as_json,
    changed,
    rounded,
    wrapped,
    unsigned,
    trimmed,
    lines_folded,
    cut,
    cut_at_nul,
    controls_dropped,
    marks_dropped,
    composed,
    beyond_16_bits_replaced,
    ascii_only,
    misread,
    markup_read,
    markup_escaped,
    escapes_kept,
    date_rewritten,
)
