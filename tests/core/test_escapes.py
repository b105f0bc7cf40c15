"""Untrusted text is shown so that no reader is misled and no terminal obeys it."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from conform.core.escapes import visible

EVERYTHING = st.text(st.characters(exclude_categories=[]))
"""Includes lone surrogates and control characters."""


@given(EVERYTHING)
def test_no_unseen_character_is_left(text: str) -> None:
    shown = visible(text)
    assert {unicodedata.category(each) for each in shown if each not in "\t\n"}.isdisjoint(
        {"Cc", "Cs", "Zl", "Zp"}
    )
    shown.encode()


def test_each_unseen_character_is_shown_as_its_escape() -> None:
    assert visible("a\x1b[31m\x00\u202e\ud800\ufeff\tb\n") == (
        "a\\x1b[31m\\x00\\u202e\\ud800\\ufeff\tb\n"
    )


def test_a_byte_that_could_not_be_decoded_is_shown_as_that_byte() -> None:
    assert visible(b"a\xff".decode(errors="surrogateescape")) == "a\\xff"


@given(EVERYTHING)
def test_visible_text_is_not_changed(text: str) -> None:
    assert visible(visible(text)) == visible(text)
