"""YAML of people is read, and every mistake in it is refused with its line, in bounded time."""

from __future__ import annotations

import os
from pathlib import Path
import time

from msgspec import Struct
import pytest

from conform.core import yamllimits
from conform.core.errors import UsageError
from conform.core.yamlfile import YamlFile


class Box(Struct, forbid_unknown_fields=True):
    """A form for the tests."""

    label: str
    sizes: list[int] = []


def file(tmp_path: Path, text: str) -> YamlFile:
    path = tmp_path / "box.yaml"
    path.write_text(text)
    return YamlFile(path, what="box", form="docs/box.md describes boxes.")


def refusal(tmp_path: Path, text: str) -> UsageError:
    began = time.monotonic()
    with pytest.raises(UsageError) as refused:
        file(tmp_path, text)
    assert time.monotonic() - began < 5
    return refused.value


def test_a_file_becomes_data(tmp_path: Path) -> None:
    read = file(tmp_path, "label: &it x\nsizes: [1, 0x10]\n")
    assert read.convert(Box) == Box(label="x", sizes=[1, 16])


def test_aliases_and_merges_are_expanded(tmp_path: Path) -> None:
    read = file(tmp_path, "a: &a {x: 1}\nb: *a\nc: {<<: *a, y: 2}\n")
    assert read.data == {"a": {"x": 1}, "b": {"x": 1}, "c": {"x": 1, "y": 2}}


def test_an_empty_file_is_an_empty_mapping(tmp_path: Path) -> None:
    assert file(tmp_path, "# nothing\n").data == {}


def test_a_date_stays_a_text(tmp_path: Path) -> None:
    assert file(tmp_path, "day: 2026-02-31\n").data == {"day": "2026-02-31"}


def test_a_refusal_names_the_file_the_line_the_reason_and_the_form(tmp_path: Path) -> None:
    refused = refusal(tmp_path, "label: x\nlabel: y\n")
    assert refused.what == f"{tmp_path / 'box.yaml'}:2 is not a valid box."
    assert refused.why == "The key 'label' appears twice."
    assert refused.fix == "docs/box.md describes boxes."


def test_a_refusal_names_the_column_where_it_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "box.yaml"
    path.write_text("label: x\nsizes: [1, two]\n")
    box = YamlFile(path, what="box", form="docs/box.md describes boxes.", columns=True)
    with pytest.raises(UsageError) as refused:
        box.convert(Box)
    assert refused.value.what == f"{path}:2:12 is not a valid box."


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("label: x\nsize: 1\n", 2, "unknown field `size`"),
        ("label: x\nsizes:\n  - 1\n  - y\n", 4, "Expected `int`, got `str`"),
        ("sizes: []\n", 1, "missing required field `label`"),
    ],
)
def test_data_of_another_type_is_refused_with_its_line(
    text: str, line: int, why: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=why) as refused:
        file(tmp_path, text).convert(Box)
    assert refused.value.what.endswith(f"box.yaml:{line} is not a valid box.")


def bomb(value: str, item: str) -> str:
    """Eight anchors; each uses the one before it ten times."""
    lines = [f"a0: &a0 {value}"]
    for number in range(1, 9):
        inner = ", ".join([f"*a{number - 1}"] * 10)
        lines.append(f"a{number}: &a{number} {item % inner}")
    return "\n".join(lines)


CHAIN = "\n".join(["- &a0 [x]", *(f"- &a{number} [*a{number - 1}]" for number in range(1, 1000))])
TOO_DEEP = "It nests deeper than 50 lists and mappings."
TOO_MANY = "It has more than 200,000 values, with aliases expanded."


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (bomb("[x, x]", "[%s]"), TOO_MANY),
        (bomb("{x: 1, y: 2}", "{<<: [%s]}"), TOO_MANY),
        ("- x\n" * 300_000, TOO_MANY),
        (CHAIN, TOO_DEEP),
        ("[" * 100_000, TOO_DEEP),
        ("{a: " * 100_000, TOO_DEEP),
        ("- " * 100_000, TOO_DEEP),
        ("\n".join(" " * depth + "a:" for depth in range(1000)), TOO_DEEP),
        ("x" * (yamllimits.MAX_BYTES + 1), "It is larger than 4,194,304 bytes."),
        ("&a [*a]", "The alias *a does not come after its value."),
        ("a: *b", "The alias *b does not come after its value."),
        ("a: !!int x", "The tag tag:yaml.org,2002:int is not allowed."),
        ("a: !thing {b: 1}", "The tag !thing is not allowed."),
        ("a: 1" + ":1" * 200_000, "A number has more than 100 characters."),
        ("a: " + "9" * 5000, "A number has more than 100 characters."),
        ("a: 0x_", "The number 0x_ has no digits."),
        ("{[1]: 2}", "A list or a mapping cannot be a key."),
        ("a: 1\n---\nb: 2\n", "Expected a single document in the stream, but found another"),
        ("a: [1", "While parsing a flow sequence, did not find expected ',' or ']'."),
    ],
    ids=lambda text: repr(text[:20]),
)
def test_a_hostile_or_broken_text_is_refused_with_its_reason(
    text: str, why: str, tmp_path: Path
) -> None:
    assert refusal(tmp_path, text).why.startswith(why)


def test_a_file_at_the_limits_is_read(tmp_path: Path) -> None:
    deep = yamllimits.MAX_DEPTH
    assert file(tmp_path, "[" * deep + "]" * deep).data
    wide = yamllimits.MAX_NODES - 1
    assert len(file(tmp_path, "[" + "a," * wide + "]").data) == wide


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    reasons = {
        tmp_path / "none.yaml": "No such file or directory.",
        tmp_path: "It is not a regular file.",
        pipe: "It is not a regular file.",
    }
    for path, why in reasons.items():
        with pytest.raises(UsageError) as refused:
            YamlFile(path, what="box", form="")
        assert refused.value.what == f"{path} cannot be read."
        assert refused.value.why == why


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "box.yaml"
    path.write_bytes(b"a: \xff")
    with pytest.raises(UsageError, match="It is not UTF-8 at byte 3"):
        YamlFile(path, what="box", form="")


def test_the_place_of_every_value_is_known(tmp_path: Path) -> None:
    text = "boxes:\n  - label: x # mine\n    sizes: [1, 2]\n  - label: y\n"
    read = file(tmp_path, text)
    assert read.line(("boxes", 1, "label")) == 4
    assert read.line(("boxes", 1, "nothing")) == 4
    span = read.span(("boxes", 0, "sizes"))
    assert (text[span.start : span.end], span.inline) == ("[1, 2]", True)
    span = read.span(("boxes", 0))
    assert text[span.start : span.end] == "label: x # mine\n    sizes: [1, 2]"
    assert (span.column, span.inline) == (4, False)
