"""The parts of a sentence are short, counted and joined as in English."""

from __future__ import annotations

import pytest

from conform.core.text import capitalised, counted, cut, listed


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 cases"), (1, "1 case"), (2, "2 cases"), (1234, "1,234 cases")]
)
def test_things_are_counted(number: int, words: str) -> None:
    assert counted(number, "case") == words


@pytest.mark.parametrize(
    ("items", "words"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_things_are_listed(items: list[str], words: str) -> None:
    assert listed(items) == words


def test_a_long_text_is_cut_to_one_short_line() -> None:
    assert cut("one\n  two\t three") == "one two three"
    assert cut("x" * 60) == "x" * 60
    assert cut("x" * 61) == "x" * 60 + "…"


def test_a_sentence_starts_with_a_capital() -> None:
    assert capitalised("the SDK") == "The SDK"
    assert capitalised("") == ""
