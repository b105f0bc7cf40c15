"""Random situations find what deviates, and shrink it to where it begins."""

from __future__ import annotations

from collections.abc import Callable
import json
import time
from typing import Any

import pytest

from conform.explore.search import Counterexample, Explored
from conform.verdicts import Errored

Exploring = Callable[..., dict[str, Explored]]

OBJECTS, STRANGERS = "session.create/explored/objects", "session.create/explored/unknown-members"
ERRORS, PARAMETERS = "session.create/explored/errors", "session.create/explored/parameters"


def body(finding: Counterexample) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(finding.situation.given)
    return said


def only(explored: Explored) -> Counterexample:
    (finding,) = explored.findings
    return finding


@pytest.mark.parametrize("about", ["objects", "parameters", "errors"])
def test_the_control_does_what_every_page_says(exploring: Exploring, about: str) -> None:
    found = exploring(about=about)
    assert found
    for each in found.values():
        assert (each.findings, each.stopped, each.late) == ((), None, False)
        assert each.tried > 150


def test_an_attribute_dropped_when_it_is_long_is_shrunk_to_its_boundary(
    exploring: Exploring,
) -> None:
    finding = only(exploring("drops_long_texts", part=OBJECTS)[OBJECTS])
    (name,) = (name for name, value in body(finding).items() if value == "0" * 101)
    assert finding.fail.reason == f"The object has no {name}."
    assert finding.situation.case.level == "documented"
    assert finding.steady
    assert finding.also


def test_a_number_rounded_through_a_double_is_shrunk_to_the_first_one(
    exploring: Exploring,
) -> None:
    finding = only(exploring("rounds_through_double", part=OBJECTS)[OBJECTS])
    (name,) = (name for name, value in body(finding).items() if value == 2**53 + 1)
    assert finding.fail.reason == f"{name} was changed: {2**53 + 1} became {2**53}."
    others = {value for each, value in body(finding).items() if each != name}
    assert others <= {0, "", "2000-01-01T00:00:00Z"}


def test_two_deviations_are_two_findings(exploring: Exploring) -> None:
    found = exploring("drops_long_texts", "rounds_through_double", part=OBJECTS, examples=60)[
        OBJECTS
    ]
    assert {each.kind for each in found.findings} == {"The object has no ….", "… was changed"}


def test_an_error_without_a_type_is_shrunk_to_an_empty_body(exploring: Exploring) -> None:
    finding = only(exploring("needs_a_type", about="errors")[ERRORS])
    assert finding.situation.given == "400 application/json: {}"
    assert finding.fail.reason == "KeyError is no error of the SDK's own."
    assert finding.situation.case.level == "convention"


def test_an_unknown_member_that_is_refused_is_shrunk_to_one(exploring: Exploring) -> None:
    found = exploring("refuses_odd_members", about="objects")
    assert found[OBJECTS].findings == ()
    assert body(only(found[STRANGERS])) == {"": None}


def test_a_deviation_of_the_documented_object_is_not_blamed_on_unknown_members(
    exploring: Exploring,
) -> None:
    found = exploring("drops_long_texts", about="objects", examples=60)
    assert found[STRANGERS].findings == ()


def test_a_parameter_that_is_trimmed_is_shrunk_to_one_character(exploring: Exploring) -> None:
    finding = only(exploring("trims_parameters", part=PARAMETERS)[PARAMETERS])
    ((name, text),) = body(finding).items()
    assert (len(text), text.strip()) == (1, "")
    assert finding.fail.reason.startswith(f"{name} was changed: ")


def test_a_parameter_that_was_not_given_is_not_sent(exploring: Exploring) -> None:
    finding = only(exploring("invents_a_parameter", part=PARAMETERS)[PARAMETERS])
    assert body(finding) == {}
    assert finding.fail.reason == 'The SDK sent otp = "".'


def test_an_adapter_that_dies_is_started_again(exploring: Exploring) -> None:
    finding = only(exploring("dies_of_server_errors", examples=50, about="errors")[ERRORS])
    assert finding.situation.given.startswith("500 application/json: ")
    assert "ended the process with exit code 7" in finding.fail.reason
    assert finding.steady


def test_what_happens_once_is_not_said_to_happen_again(exploring: Exploring) -> None:
    assert not only(exploring("stumbles_once", part=OBJECTS)[OBJECTS]).steady


def test_an_adapter_that_breaks_the_protocol_is_no_finding(exploring: Exploring) -> None:
    explored = exploring("misspeaks", part=OBJECTS)[OBJECTS]
    assert isinstance(explored.stopped, Errored)
    assert (explored.findings, explored.tried) == ((), 1)


def test_the_same_seed_finds_the_same_alone_or_with_others(exploring: Exploring) -> None:
    first = told(exploring("rounds_through_double", seed=7, examples=40, about="objects"))
    assert first[OBJECTS][1]
    assert told(exploring(seed=7, examples=40, about="objects")) == first
    assert told(exploring(seed=7, examples=40, part=OBJECTS)) == {OBJECTS: first[OBJECTS]}


def told(found: dict[str, Explored]) -> dict[str, tuple[int, list[tuple[str, str]]]]:
    return {
        name: (
            each.tried,
            [(finding.situation.given, finding.fail.reason) for finding in each.findings],
        )
        for name, each in found.items()
    }


def test_another_seed_tries_something_else(exploring: Exploring) -> None:
    tried = {exploring(seed=seed, part=OBJECTS)[OBJECTS].tried for seed in range(3)}
    assert len(tried) > 1


def test_it_ends_in_time(exploring: Exploring) -> None:
    began = time.monotonic()
    found = exploring("needs_a_type", examples=100_000, seconds=1, about="errors")[ERRORS]
    assert found.late
    assert found.tried < 5000
    assert time.monotonic() - began < 30
