"""Untrusted texts and bytes become texts that can be printed anywhere."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
import pytest

from conform.core.observations import (
    Crashed,
    Exchange,
    Header,
    Hung,
    NotReached,
    Observation,
    PactMismatch,
    ProtocolViolation,
    Request,
    Response,
    StepOutcome,
)
from conform.core.protocol import Configured, Raised, Returned, Unsupported
from conform.core.results import CaseLine
from conform.core.values import NULL, Integer, String
from conform.reports.evidence import (
    case_text,
    observation_text,
    of_bytes,
    of_end,
    of_text,
    sentence,
    shown_step,
)

CaseOf = Callable[..., CaseLine]

unhurried = settings(deadline=None)
"""A busy machine is not a failure."""

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


def test_the_text_of_a_failure_has_the_code_that_reproduces_it(case_of: CaseOf) -> None:
    line = replace(case_of("python", "session.create/contract/create", "fail"), snippet="a()\x1b\n")
    assert case_text(line).endswith("\n\n--- as code ---\na()\\x1b\n")
    assert "as code" not in case_text(replace(line, snippet=""))


STEPS: tuple[StepOutcome, ...] = (
    Returned(value=String(text="a", native="str"), attributes={"id": Integer(text="7")}),
    Raised(error="KeyError", ancestors=("LookupError",), message="'id'", http_status=404),
    Unsupported(reason="there is no save"),
    Configured(applied=("attempts",), unsupported=("read_seconds",)),
    Crashed(exit_code=-9, last_words="no memory"),
    Hung(seconds=2.0),
    ProtocolViolation(problem="it wrote noise"),
    NotReached(),
)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: type(step).__name__)
def test_an_outcome_has_the_same_words_everywhere(step: StepOutcome) -> None:
    assert shown_step(step).headline == str(step)


def test_the_details_of_an_outcome_follow_its_words() -> None:
    shown = {type(step).__name__: dict(shown_step(step).facts) for step in STEPS}

    assert shown["Returned"] == {"value": '"a" (str)', "id": "7"}
    assert shown["Raised"] == {"ancestors": "LookupError", "status": "404", "type": "none"}
    assert shown["Configured"] == {"applied": "attempts", "unsupported": "read_seconds"}
    assert shown["Crashed"] == {"last words": "no memory"}
    assert not any(shown[name] for name in ("Unsupported", "Hung", "NotReached"))


def test_a_long_value_or_message_follows_in_full() -> None:
    returned = shown_step(Returned(value=String(text="a" * 100)))
    raised = shown_step(Raised(error="KeyError", message="b" * 100))

    assert returned.facts == (("value", f'"{"a" * 100}"'),)
    assert dict(raised.facts)["message"] == "b" * 100


def test_the_text_of_an_observation_has_everything_that_was_seen() -> None:
    request = Request(method="GET", target="/a", headers=(Header("X", "1"),), body=b"sent")
    exchange = Exchange(request=request, response=Response(status=200, body=b"\x1breceived"))
    text = observation_text(
        Observation(
            steps=(Returned(value=NULL),),
            exchanges=(exchange,),
            elsewhere=(exchange,),
            pact=(PactMismatch(kind="PathMismatch", description="wrong path", path="$.path"),),
            output="printed",
            afterwards=Crashed(exit_code=1),
        )
    )

    assert text.splitlines() == [
        "--- sent ---",
        "GET /a",
        "X: 1",
        "",
        "sent",
        "",
        "--- received ---",
        "200",
        "",
        "\\x1breceived",
        "",
        "",
        "--- sent to another origin ---",
        "GET /a",
        "X: 1",
        "",
        "sent",
        "",
        "--- received ---",
        "200",
        "",
        "\\x1breceived",
        "",
        "step 1 returned null",
        "then the adapter ended the process with exit code 1",
        "pact: PathMismatch at $.path: wrong path",
        "",
        "--- output ---",
        "printed",
    ]
