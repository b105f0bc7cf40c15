"""JUnit XML that CI systems can read, whatever an SDK sent."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
import pytest

from conform.core.identity import Source
from conform.core.observations import Exchange, Header, Observation, Request, Response
from conform.core.protocol import Raised
from conform.core.results import CaseLine, Line, RunLine
from conform.reports import junit

Opens = Callable[..., RunLine]
Came = Callable[..., CaseLine]

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
"""Which elements of the JUnit schema may stand in which."""


@pytest.fixture(scope="module")
def document(lines: tuple[Line, ...]) -> ET.Element:
    """The sample run, parsed."""
    return ET.fromstring(junit.render(lines))


def suite(document: ET.Element, name: str) -> ET.Element:
    """The test suite of a target."""
    return next(each for each in document.iter("testsuite") if each.get("name") == name)


def case(document: ET.Element, target: str, name: str) -> ET.Element:
    """One test case."""
    found = suite(document, target).iter("testcase")
    return next(each for each in found if each.get("name") == name)


def test_elements_stand_where_the_schema_has_them(document: ET.Element) -> None:
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
    assert properties["sdk"] == "Files.com 1.0.17"
    assert properties["held to"] == "held to the page of 1.0.17"


def test_a_failure_holds_all_its_evidence(document: ET.Element) -> None:
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


def test_a_convention_is_red_only_where_it_counts(lines: tuple[Line, ...]) -> None:
    name = "session.create/fields/theme/string-nul"
    lenient = case(ET.fromstring(junit.render(lines)), "python==1.6.456", name)
    strict = case(
        ET.fromstring(junit.render(lines, strict=True)),
        "python==1.6.456",
        name,
    )

    skipped = lenient.find("skipped")
    assert skipped is not None
    assert skipped.get("message", "").startswith("convention not followed: ")
    assert "KeyError" in (lenient.findtext("system-out") or "")
    assert strict.find("failure") is not None


def test_what_was_not_tested_is_skipped_with_its_reason(document: ET.Element) -> None:
    missing = case(document, "python==1.0.17", "session.create/fields/language/null")
    gone = case(document, "ruby==1.0.223", "the target").find("skipped")

    assert "not applicable: There is no" in missing.find("skipped").get("message")  # type: ignore[union-attr, operator]
    assert gone is not None
    assert "Ruby is not installed" in gone.get("message", "")
    assert "apt-get install ruby" in gone.get("message", "")


def test_a_fault_of_the_suite_is_an_error(document: ET.Element) -> None:
    broken = suite(document, "php==1.0.160")

    messages = [each.get("message", "") for each in broken.iter("error")]
    assert messages == [
        "The adapter broke the protocol: a line of stdout was no JSON: \\x07<br />",
        "1 planned case never ended.",
    ]


def test_a_known_failure_is_skipped(opens: Opens, came: Came) -> None:
    name = "session.create/fields/id/null"
    rendered = junit.render(
        [opens("go", planned=1), came("go", name, "known-failure", reason="Known.")]
    )

    root = ET.fromstring(rendered)
    skipped = case(root, "go", name).find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "known failure: Known."


@settings(deadline=None)  # a busy machine is no failure
@given(text=EVERYTHING, body=st.binary())
def test_it_is_well_formed_whatever_was_seen(text: str, body: bytes) -> None:
    opening = RunLine(
        schema=1,
        target=f"php@{text}",
        suite_version=text,
        protocol=1,
        started="2026-02-03T04:05:06Z",
        machine=text,
        held_to=text,
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

    root = ET.fromstring(junit.render([opening, line]))

    assert root.get("failures") == "1"


def test_what_an_adapter_is_untried_with_is_a_property(opens: Opens) -> None:
    line = opens("dotnet", unavailable="There is no dotnet.", untried="It has never run.")
    root = ET.fromstring(junit.render((line, opens("python"))))
    said = [each.get("value") for each in root.iter("property") if each.get("name") == "untried"]
    assert said == ["It has never run."]


def test_the_code_of_a_failure_is_in_its_text(opens: Opens, came: Came) -> None:
    line = replace(came("python", "session.create/contract/create", "fail"), snippet="<a & b>")
    root = ET.fromstring(junit.render((opens("python", planned=1), line)))
    assert "--- as code ---\n<a & b>" in (next(root.iter("failure")).text or "")
