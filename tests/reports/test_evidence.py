"""Untrusted texts and bytes become something that can be printed anywhere."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from conform.core.results import CaseLine
from conform.reports.evidence import narrative, of_bytes, of_end, of_text, sentence

Came = Callable[..., CaseLine]

unhurried = settings(deadline=None)
"""A busy machine is no failure."""

EVERYTHING = st.text(st.characters(exclude_categories=[]))
"""Lone surrogates and control characters too."""


@unhurried
@given(EVERYTHING, st.integers(1, 50))
def test_a_sentence_is_one_short_line(text: str, limit: int) -> None:
    line = sentence(text, limit)

    assert len(line) <= limit
    assert line.splitlines() in ([], [line])


@unhurried
@given(st.binary(max_size=200), st.integers(1, 100))
def test_any_bytes_are_a_text(body: bytes, limit: int) -> None:
    excerpt = of_bytes(body, limit)

    str(excerpt).encode()
    assert bool(excerpt.note) is (len(body) > limit)


@unhurried
@given(st.text(), st.integers(4, 20))
def test_a_cut_never_splits_a_character(text: str, limit: int) -> None:
    assert text.startswith(of_bytes(text.encode(), limit).text)


def test_bytes_that_are_no_text_show_as_bytes() -> None:
    assert str(of_bytes(b"\xff\xfeA\x00")) == "\\xff\\xfeA\\x00"


def test_a_cut_says_how_much_there_was() -> None:
    assert of_bytes(b"x" * 102_400).note == "the first 4,096 of 102,400 bytes"
    assert of_text("x" * 5000).note == "the first 1,000 of 5,000 characters"
    assert of_end("ab" * 5000, 4).text == "abab"
    assert of_end("ab" * 5000, 4).note == "the last 4 of 10,000 characters"
    assert not of_text("x").note


def test_a_failure_is_told_with_the_code_that_shows_it(came: Came) -> None:
    line = replace(came("python", "session.create/contract/create", "fail"), snippet="a()\x1b\n")
    assert narrative(line).endswith("\n\n--- as code ---\na()\\x1b\n")
    assert "as code" not in narrative(replace(line, snippet=""))
