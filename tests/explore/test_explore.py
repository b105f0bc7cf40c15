"""Random situations find defects and shrink them to their smallest situation."""

from __future__ import annotations

from collections.abc import Callable
import json
import time
from typing import Any

import pytest

from conform.explore import Counterexample, Explored
from conform.verdicts import Errored

pytestmark = pytest.mark.once

Exploring = Callable[..., dict[str, Explored]]

OBJECTS, UNKNOWN_MEMBERS = (
    "session.create/explored/objects",
    "session.create/explored/unknown-members",
)
ERRORS, PARAMETERS = "session.create/explored/errors", "session.create/explored/parameters"


def body(finding: Counterexample) -> dict[str, Any]:
    members: dict[str, Any] = json.loads(finding.situation.given)
    return members


def only(explored: Explored) -> Counterexample:
    (finding,) = explored.findings
    return finding


@pytest.mark.parametrize("about", ["objects", "parameters", "errors"])
def test_the_reference_client_does_what_every_page_documents(
    exploring: Exploring, about: str
) -> None:
    found = exploring(about=about)
    assert found
    for each in found.values():
        assert (each.findings, each.stopped, each.timed_out) == ((), None, False)
        assert each.tried > 150


def test_an_attribute_dropped_when_it_is_long_is_shrunk_to_its_boundary(
    exploring: Exploring,
) -> None:
    finding = only(exploring("drops_long_texts", part=OBJECTS)[OBJECTS])
    (name,) = (name for name, value in body(finding).items() if value == "0" * 101)
    assert finding.fail.reason == f"The object has no {name}."
    assert finding.situation.case.level == "documented"
    assert finding.reproduced
    assert finding.also


def test_a_number_rounded_through_a_double_is_shrunk_to_the_first_one(
    exploring: Exploring,
) -> None:
    finding = only(exploring("rounds_through_double", part=OBJECTS)[OBJECTS])
    (name,) = (name for name, value in body(finding).items() if value == 2**53 + 1)
    assert finding.fail.reason == f"{name} was changed: {2**53 + 1} became {2**53}."
    others = {value for each, value in body(finding).items() if each != name}
    assert others <= {0, "", "2000-01-01T00:00:00Z"}


def test_two_defects_are_two_findings(exploring: Exploring) -> None:
    found = exploring("drops_long_texts", "rounds_through_double", part=OBJECTS, examples=60)[
        OBJECTS
    ]
    assert {each.kind for each in found.findings} == {"The object has no ….", "… was changed"}


def test_an_error_without_a_type_is_shrunk_to_an_empty_body(exploring: Exploring) -> None:
    finding = only(exploring("needs_a_type", about="errors")[ERRORS])
    assert finding.situation.given == "400 application/json: {}"
    assert (
        finding.fail.reason
        == "session.create raised KeyError, which is not an error of the SDK's own."
    )
    assert finding.situation.case.level == "convention"


def test_an_unknown_member_that_is_refused_is_shrunk_to_one(exploring: Exploring) -> None:
    found = exploring("refuses_odd_members", about="objects")
    assert found[OBJECTS].findings == ()
    assert body(only(found[UNKNOWN_MEMBERS])) == {"": None}


def test_a_defect_of_documented_members_is_not_blamed_on_unknown_members(
    exploring: Exploring,
) -> None:
    found = exploring("drops_long_texts", about="objects", examples=60)
    assert found[UNKNOWN_MEMBERS].findings == ()


def test_a_parameter_that_is_trimmed_is_shrunk_to_one_character(exploring: Exploring) -> None:
    finding = only(exploring("trims_parameters", part=PARAMETERS)[PARAMETERS])
    ((name, text),) = body(finding).items()
    assert (len(text), text.strip()) == (1, "")
    assert finding.fail.reason.startswith(f"{name} was changed: ")


def test_a_parameter_that_was_not_given_is_not_sent(exploring: Exploring) -> None:
    finding = only(exploring("invents_a_parameter", part=PARAMETERS)[PARAMETERS])
    assert body(finding) == {}
    assert finding.fail.reason == 'The SDK sent otp = "".'


def test_an_adapter_that_crashes_is_restarted(exploring: Exploring) -> None:
    finding = only(exploring("dies_of_server_errors", examples=50, about="errors")[ERRORS])
    assert finding.situation.given.startswith("500 application/json: ")
    assert "ended the process with exit code 7" in finding.fail.reason
    assert finding.reproduced


def test_a_failure_that_happens_once_is_not_reproduced(exploring: Exploring) -> None:
    assert not only(exploring("fails_once", part=OBJECTS, examples=40)[OBJECTS]).reproduced


def test_an_adapter_that_violates_the_protocol_is_not_a_finding(exploring: Exploring) -> None:
    explored = exploring("violates_the_protocol", part=OBJECTS)[OBJECTS]
    assert isinstance(explored.stopped, Errored)
    assert (explored.findings, explored.tried) == ((), 1)


def test_the_same_seed_finds_the_same_alone_or_with_others(exploring: Exploring) -> None:
    first = summary(exploring("rounds_through_double", seed=7, examples=40, about="objects"))
    assert first[OBJECTS][1]
    assert summary(exploring(seed=7, examples=40, about="objects")) == first
    assert summary(exploring(seed=7, examples=40, part=OBJECTS)) == {OBJECTS: first[OBJECTS]}


def summary(found: dict[str, Explored]) -> dict[str, tuple[int, list[tuple[str, str]]]]:
    return {
        name: (
            each.tried,
            [(finding.situation.given, finding.fail.reason) for finding in each.findings],
        )
        for name, each in found.items()
    }


def test_another_seed_tries_other_situations(exploring: Exploring) -> None:
    tried = {exploring(seed=seed, part=OBJECTS)[OBJECTS].tried for seed in range(3)}
    assert len(tried) > 1


def test_it_ends_in_time(exploring: Exploring) -> None:
    began = time.monotonic()
    found = exploring("needs_a_type", examples=100_000, seconds=1, about="errors")[ERRORS]
    assert found.timed_out
    assert found.tried < 5000
    assert time.monotonic() - began < 30
