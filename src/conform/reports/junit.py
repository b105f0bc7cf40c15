"""Renders results as JUnit XML, for the reports of CI systems.

Failures and errors are those that make the exit code 1 or 4. Known failures, and conventions that
do not count, are ``skipped`` with a message, because JUnit has no word for them. The XML follows
the schema of the Jenkins xUnit plugin, which most readers of JUnit accept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, Literal
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from conform.core.escapes import visible
from conform.core.results import CaseLine, Line, RunLine
from conform.core.text import counted
from conform.reports.evidence import case_text, sentence
from conform.reports.summary import Summary, TargetSummary

_MESSAGE: Final = 500

JUnitOutcome = Literal["passed", "failure", "error", "skipped"]


def render(lines: Iterable[Line], summary: Summary, *, strict: bool = False) -> bytes:
    """The results as one XML document, with a test suite for each target.

    Args:
        lines: the results of any number of targets.
        summary: the summary of these lines.
        strict: a convention that was not followed is a failure.
    """
    cases = {(line.target, line.case): line for line in lines if isinstance(line, CaseLine)}
    root = Element("testsuites", {"name": "conform"})
    totals: Counter[JUnitOutcome] = Counter()
    for target in summary.targets:
        own = (line for (name, _), line in sorted(cases.items()) if name == target.name)
        totals += _suite(root, target, own, strict=strict)
    _count(root, totals, sum(target.seconds for target in summary.targets))
    indent(root)
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _suite(
    root: Element, target: TargetSummary, lines: Iterable[CaseLine], *, strict: bool
) -> Counter[JUnitOutcome]:
    run = target.run
    suite = SubElement(root, "testsuite", {"name": visible(target.name)})
    properties = SubElement(suite, "properties")
    for name, value in _properties(target, strict=strict):
        SubElement(properties, "property", {"name": name, "value": visible(value)})
    tally: Counter[JUnitOutcome] = Counter()
    for line in lines:
        tally[_case(suite, line, strict=strict)] += 1
    if run.unavailable or not (target.tested or tally):
        _note(suite, target, "skipped", _why_untested(target))
        tally["skipped"] += 1
    if run.error:
        _note(suite, target, "error", str(run.error))
        tally["error"] += 1
    if target.missing:
        _note(suite, target, "error", f"{counted(target.missing, 'planned case')} never ended.")
        tally["error"] += 1
    _count(suite, tally, target.seconds)
    suite.set("timestamp", run.started.removesuffix("Z"))
    suite.set("hostname", visible(run.machine))
    return tally


def _properties(target: TargetSummary, *, strict: bool) -> Iterator[tuple[str, str]]:
    run = target.run
    yield "verdict", target.verdict(strict=strict)
    causes = [each for group in target.groups for each in group.causes]
    for number, cause in enumerate(causes, 1):
        yield f"cause {number}", sentence(f"{cause.title} ({cause.extent})", _MESSAGE)
    for name, text in _facts(run):
        if text:
            yield name, text


def _facts(run: RunLine) -> Iterator[tuple[str, str]]:
    """What is known of a run, by name; empty where it is not known."""
    yield "chosen", run.part
    yield "selection", run.selection
    yield "suite", run.suite_version
    yield "protocol", str(run.protocol)
    for role, program in (("sdk", run.sdk), ("adapter", run.adapter), ("runtime", run.runtime)):
        yield role, f"{program.name} {program.version}" if program else ""
    yield "loaded", run.loaded
    for each in run.accommodations:
        yield f"accommodation {each.name}", each.why
    yield "checked against", run.terms
    yield "untried", run.untried
    yield "network", run.network


def _case(suite: Element, line: CaseLine, *, strict: bool) -> JUnitOutcome:
    case = SubElement(
        suite,
        "testcase",
        {
            "classname": visible(f"{line.target}.{line.suite}"),
            "name": visible(line.case),
            "time": _seconds(line.seconds),
        },
    )
    reason = sentence(line.reason, _MESSAGE)
    match line.verdict:
        case "pass":
            return "passed"
        case "fail" if line.level != "convention" or strict:
            failure = SubElement(case, "failure", {"message": reason, "type": line.level})
            failure.text = case_text(line)
            return "failure"
        case "fail":
            SubElement(case, "skipped", {"message": f"convention not followed: {reason}"})
            SubElement(case, "system-out").text = case_text(line)
            return "skipped"
        case "error":
            error = SubElement(case, "error", {"message": reason, "type": "suite"})
            error.text = case_text(line)
            return "error"
        case "known-failure" | "inconclusive" | "not-applicable" | "unavailable":
            words = line.verdict.replace("-", " ")
            SubElement(case, "skipped", {"message": f"{words}: {reason}"})
            return "skipped"


def _note(suite: Element, target: TargetSummary, kind: JUnitOutcome, message: str) -> None:
    """Add a test case for the target as a whole."""
    case = SubElement(
        suite,
        "testcase",
        {"classname": visible(target.name), "name": "the target", "time": _seconds(0)},
    )
    SubElement(case, kind, {"message": sentence(message, _MESSAGE)})


def _why_untested(target: TargetSummary) -> str:
    if target.run.unavailable:
        return f"unavailable: {target.run.unavailable} {target.run.fix}"
    return "not tested: no case of this run applies to it"


def _count(element: Element, tally: Counter[JUnitOutcome], seconds: float) -> None:
    element.set("tests", str(tally.total()))
    element.set("failures", str(tally["failure"]))
    element.set("errors", str(tally["error"]))
    element.set("skipped", str(tally["skipped"]))
    element.set("time", _seconds(seconds))


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"
