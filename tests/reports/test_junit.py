"""The JUnit XML can be read by CI systems, whatever an SDK sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
import pytest

from conform.core.identity import Source
from conform.core.observations import Exchange, Header, Observation, Request, Response
from conform.core.protocol import Raised
from conform.core.results import CaseLine, Line, RunError, RunLine
from conform.reports import junit
from conform.reports.summary import Summary

RunOf = Callable[..., RunLine]
CaseOf = Callable[..., CaseLine]

EVERYTHING = st.text(st.characters(exclude_categories=[]))

SHAPE = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase"},
    "properties": {"property"},
    "property": set(),
    "testcase": {"failure", "error", "skipped", "system-out"},
    "failure": set(),
    "error": set(),
    "skipped": set(),
    "system-out": set(),
}
"""The elements of the JUnit schema, with the elements that they may contain."""


def render(lines: Iterable[Line], *, strict: bool = False) -> bytes:
    """Some lines as JUnit XML."""
    every = tuple(lines)
    return junit.render(every, Summary.of(every), strict=strict)


@pytest.fixture(scope="module")
def document(lines: tuple[Line, ...]) -> ET.Element:
    """The example run, parsed."""
    return ET.fromstring(render(lines))


def suite(document: ET.Element, name: str) -> ET.Element:
    """The test suite of a target."""
    return next(each for each in document.iter("testsuite") if each.get("name") == name)


def case(document: ET.Element, target: str, name: str) -> ET.Element:
    """One test case."""
    found = suite(document, target).iter("testcase")
    return next(each for each in found if each.get("name") == name)


def test_the_elements_follow_the_schema(document: ET.Element) -> None:
    for element in document.iter():
        assert {child.tag for child in element} <= SHAPE[element.tag]
    for element in document.iter("testcase"):
        assert {"classname", "name", "time"} <= set(element.keys())
        assert len([child for child in element if child.tag != "system-out"]) <= 1


def test_the_counts_are_those_of_the_cases(document: ET.Element) -> None:
    for element in (document, *document.iter("testsuite")):
        assert int(element.attrib["tests"]) == len([*element.iter("testcase")])
        assert int(element.attrib["failures"]) == len([*element.iter("failure")])
        assert int(element.attrib["errors"]) == len([*element.iter("error")])
        assert int(element.attrib["skipped"]) == len([*element.iter("skipped")])


def test_a_target_is_a_suite_and_a_suite_is_a_class(document: ET.Element) -> None:
    assert [each.get("name") for each in document] == [
        "http",
        "python==1.0.17",
        "python==1.6.456",
        "ruby==1.0.223",
        "php==1.0.160",
    ]
    old = suite(document, "python==1.0.17")
    assert {each.get("classname") for each in old.iter("testcase")} == {
        "python==1.0.17.contract",
        "python==1.0.17.fields",
    }
    assert (old.get("failures"), old.get("errors")) == ("16", "0")
    assert old.get("timestamp") == "2026-02-03T04:05:06"
    properties = {each.get("name"): each.get("value") for each in old.iter("property")}
    assert properties["verdict"] == "does not conform: 4 causes in 16 cases"
    assert properties["cause 2"] == (
        "An integer of the response becomes a string (7 documented cases)"
    )
    assert "selection" not in properties
    assert properties["sdk"] == "Files.com 1.0.17"
    assert properties["checked against"] == "checked against the page of 1.0.17"


def test_a_failure_has_its_complete_evidence(document: ET.Element) -> None:
    failure = case(document, "python==1.0.17", "session.delete/contract/delete").find("failure")

    assert failure is not None
    assert failure.get("type") == "security"
    assert failure.get("message", "").startswith("The request breaks the contract")
    text = failure.text or ""
    assert "expected: DELETE /api/rest/v1/sessions\n" in text
    assert "seen:     DELETE /api/rest/v1/sessions/None\n" in text
    assert "DELETE /api/rest/v1/sessions/None?path=%2F..%2F\nAccept: */*" in text
    assert "\\xff\\xfe\\x00\\x01" in text
    assert "[the first 4,096 of 102,468 bytes]" in text
    assert "connection: reset" in text
    assert "Segmentation fault" in text
    assert "pact: PathMismatch at $.path" in text
    assert "conform run python==1.0.17 -k session.delete/contract/delete" in text


def test_a_convention_is_a_failure_only_if_it_counts(lines: tuple[Line, ...]) -> None:
    name = "session.create/fields/theme/string-nul"
    lenient = case(ET.fromstring(render(lines)), "python==1.6.456", name)
    strict = case(
        ET.fromstring(render(lines, strict=True)),
        "python==1.6.456",
        name,
    )

    skipped = lenient.find("skipped")
    assert skipped is not None
    assert skipped.get("message", "").startswith("convention not followed: ")
    assert "KeyError" in (lenient.findtext("system-out") or "")
    assert strict.find("failure") is not None


def test_an_untested_case_is_skipped_with_its_reason(document: ET.Element) -> None:
    missing = case(document, "python==1.0.17", "session.create/fields/language/null")
    gone = case(document, "ruby==1.0.223", "the target").find("skipped")

    assert "not applicable: There is no" in missing.find("skipped").get("message")  # type: ignore[union-attr, operator]
    assert gone is not None
    assert "Ruby is not installed" in gone.get("message", "")
    assert "apt-get install ruby" in gone.get("message", "")


def test_a_failure_of_the_suite_is_an_error(document: ET.Element) -> None:
    broken = suite(document, "php==1.0.160")

    messages = [each.get("message", "") for each in broken.iter("error")]
    assert messages == [
        "The adapter violated the protocol: a line of stdout is not JSON: \\x07<br />",
        "1 planned case never ended.",
    ]


def test_a_known_failure_is_skipped(run_of: RunOf, case_of: CaseOf) -> None:
    name = "session.create/fields/id/null"
    rendered = render(
        [run_of("go", planned=1), case_of("go", name, "known-failure", reason="Known.")]
    )

    root = ET.fromstring(rendered)
    skipped = case(root, "go", name).find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "known failure: Known."


@settings(deadline=None)  # a busy machine is not a failure
@given(text=EVERYTHING, body=st.binary())
def test_it_is_well_formed_whatever_was_seen(text: str, body: bytes) -> None:
    opening = RunLine(
        schema=2,
        target=f"php@{text}",
        suite_version=text,
        protocol=1,
        started="2026-02-03T04:05:06Z",
        machine=text,
        checked_against=text,
        planned=1,
    )
    line = CaseLine(
        target=opening.target,
        case="session.create/fields/id/null",
        suite="fields",
        title=text,
        level="documented",
        source=Source(kind="page", reference=text),
        since=text,
        verdict="fail",
        reason=text,
        expected=text,
        seen=text,
        observation=Observation(
            steps=(Raised(error=text, message=text, api_type=text),),
            exchanges=(
                Exchange(
                    request=Request(
                        method=text, target=text, headers=(Header(text, text),), body=body
                    ),
                    response=Response(fault=text, body=body),
                ),
            ),
            output=text,
        ),
    )

    root = ET.fromstring(render([opening, line]))

    assert root.get("failures") == "1"


def test_an_untried_adapter_is_marked_with_a_property(run_of: RunOf) -> None:
    line = run_of("dotnet", unavailable="There is no dotnet.", untried="It has never run.")
    root = ET.fromstring(render((line, run_of("python"))))
    said = [each.get("value") for each in root.iter("property") if each.get("name") == "untried"]
    assert said == ["It has never run."]


def test_a_network_that_was_not_isolated_is_a_property(run_of: RunOf) -> None:
    lines = (run_of("ruby", network="It is not Linux."), run_of("python"))
    root = ET.fromstring(render(lines))
    said = [each.get("value") for each in root.iter("property") if each.get("name") == "network"]
    assert said == ["It is not Linux."]


def test_the_code_that_reproduces_a_failure_is_in_its_text(run_of: RunOf, case_of: CaseOf) -> None:
    line = replace(case_of("python", "session.create/contract/create", "fail"), snippet="<a & b>")
    root = ET.fromstring(render((run_of("python", planned=1), line)))
    assert "--- as code ---\n<a & b>" in (next(root.iter("failure")).text or "")


def test_an_inconclusive_case_is_skipped_with_its_reason(run_of: RunOf, case_of: CaseOf) -> None:
    name = "session.create/fields/id/null"
    line = case_of("go", name, "inconclusive", reason="Nothing was sent.")
    root = ET.fromstring(render([run_of("go", planned=1), line]))
    skipped = case(root, "go", name).find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "inconclusive: Nothing was sent."


def test_an_error_that_ended_a_target_early_is_an_error(run_of: RunOf) -> None:
    error = RunError(what="The worker ended.", why="Exit code 3.", fix="Run it again.")
    root = ET.fromstring(render([run_of("go", planned=0, error=error)]))
    messages = [each.get("message") for each in root.iter("error")]
    assert messages == ["The worker ended. Exit code 3. Run it again."]


def test_a_run_of_some_cases_says_so_in_properties(run_of: RunOf, case_of: CaseOf) -> None:
    some = {"planned": 1, "total": 1914, "selection": "-k max"}
    line = case_of("go", "session.create/fields/id/max", "pass")
    root = ET.fromstring(render([run_of("go", **some), line]))
    properties = {each.get("name"): each.get("value") for each in root.iter("property")}

    assert properties["verdict"] == "conforms (1 of 1,914 cases chosen)"
    assert properties["chosen"] == "1 of 1,914 cases"
    assert properties["selection"] == "-k max"
