"""Cases of a target that fail for the same reason are one cause."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from conform.core.results import CaseLine, Line, RunLine
from conform.reports.causes import Cause
from conform.reports.summary import Summary, TargetSummary

RunOf = Callable[..., RunLine]
CaseOf = Callable[..., CaseLine]

CASE = "session.create/fields/id"


def causes(case_of: CaseOf, *cases: dict[str, str]) -> tuple[Cause, ...]:
    """The causes of the failures of one target, whose cases are numbered."""
    lines: list[CaseLine] = []
    for number, case in enumerate(cases):
        fields = {"verdict": "fail", "blame": "sdk", "cause": "A", "reason": "One.", **case}
        verdict, case_id = fields.pop("verdict"), fields.pop("case", f"{CASE}/case-{number}")
        lines.append(case_of("php", case_id, verdict, **fields))
    Random(7).shuffle(lines)  # noqa: S311 -- no secret hangs on the order
    run = RunLine.opening("php", planned=len(lines))
    return Summary.of([run, *lines]).targets[0].causes


def test_cases_of_all_levels_and_attributes_are_one_cause(case_of: CaseOf) -> None:
    (cause,) = causes(
        case_of,
        {"level": "convention"},
        {"level": "documented"},
        {"level": "security"},
        {"level": "documented"},
    )

    assert (cause.title, cause.level, cause.blame) == ("A", "security", "sdk")
    assert cause.levels == {"security": 1, "documented": 2, "convention": 1}
    assert cause.extent == "1 security, 2 documented and 1 convention cases"


def test_causes_that_count_come_first_then_new_ones_then_large_ones_then_names(
    case_of: CaseOf,
) -> None:
    found = causes(
        case_of,
        *[{"cause": "many conventions", "level": "convention"}] * 5,
        *[{"cause": "known", "verdict": "known-failure"}] * 4,
        *[{"cause": "known convention", "level": "convention", "verdict": "known-failure"}] * 9,
        *[{"cause": "b, documented"}] * 2,
        *[{"cause": "a, security", "level": "security"}] * 2,
        *[{"cause": "large"}] * 3,
    )

    assert [cause.title for cause in found] == [
        "large",
        "a, security",
        "b, documented",
        "known",
        "many conventions",
        "known convention",
    ]


def test_the_commonest_reason_speaks_for_a_cause(case_of: CaseOf) -> None:
    (cause,) = causes(case_of, {"reason": "One."}, {"reason": "Two."}, {"reason": "Two."})

    assert cause.reason == "Two."
    assert [each.reason for each in cause.cases] == ["Two.", "Two.", "One."]


def test_of_common_reasons_that_of_the_shortest_id_speaks_for_a_cause(case_of: CaseOf) -> None:
    (cause,) = causes(
        case_of,
        {"reason": "One.", "case": f"{CASE}/a-long-name"},
        {"reason": "Two.", "case": f"{CASE}/null"},
    )

    assert cause.reason == "Two."


def test_a_cause_is_known_if_all_its_cases_are(case_of: CaseOf) -> None:
    part, whole = causes(
        case_of,
        {"cause": "part"},
        {"cause": "part", "verdict": "known-failure"},
        {"cause": "whole", "verdict": "known-failure"},
    )

    assert (part.known, whole.known) == (False, True)
    assert part.extent == "2 documented cases, 1 of them known"
    assert whole.extent == "1 documented case, known"


def test_a_page_and_an_sdk_have_no_cause_in_common(case_of: CaseOf) -> None:
    page, sdk = causes(case_of, {"blame": "page"}, {"blame": "sdk"})

    assert page.extent == "1 documented case, caused by the page"
    assert sdk.extent == "1 documented case"


def test_a_failure_without_a_cause_is_grouped_by_its_reason(case_of: CaseOf) -> None:
    found = causes(case_of, *({"cause": "", "reason": each} for each in ("One.", "Two.", "One.")))

    assert [(cause.title, len(cause.cases)) for cause in found] == [("One", 2), ("Two", 1)]


def groups(target: TargetSummary) -> list[tuple[str, list[str]]]:
    """The headings of a target, with the titles of their causes."""
    return [(each.heading, [cause.title for cause in each.causes]) for each in target.groups]


def test_conventions_and_inconclusive_cases_have_groups_of_their_own(
    run_of: RunOf, case_of: CaseOf
) -> None:
    lines: list[Line] = [
        run_of("php", planned=4),
        case_of("php", f"{CASE}/a", "fail", cause="A", level="convention"),
        case_of("php", f"{CASE}/b", "inconclusive", reason="No request was sent."),
        case_of("php", f"{CASE}/c", "inconclusive", reason="No request was sent."),
        case_of("php", f"{CASE}/d", "fail", cause="D"),
    ]

    assert groups(Summary.of(lines).targets[0]) == [
        ("Failures: 1 cause", ["D"]),
        ("Inconclusive: 1 cause", ["No request was sent"]),
        ("Conventions not followed: 1 cause", ["A"]),
    ]


def test_after_an_error_of_the_suite_only_errors_are_shown(run_of: RunOf, case_of: CaseOf) -> None:
    lines: list[Line] = [
        run_of("php", planned=2),
        case_of("php", f"{CASE}/a", "fail", cause="A"),
        case_of("php", f"{CASE}/b", "error", reason="The adapter could not be reset."),
    ]

    assert groups(Summary.of(lines).targets[0]) == [
        ("Errors of the suite: 1 cause", ["The adapter could not be reset"])
    ]


def test_the_rest_of_a_group_is_counted(run_of: RunOf, case_of: CaseOf) -> None:
    lines: list[Line] = [run_of("php", planned=4)]
    lines += [case_of("php", f"{CASE}/{c}{n}", "fail", cause=c) for n, c in enumerate("aabc")]
    (group,) = Summary.of(lines).targets[0].groups

    assert group.left_after(1) == "2 more causes in 2 cases"
    assert group.left_after(3) == ""
