"""What a run came to: counts, standings, the exit code and the one sentence."""

from __future__ import annotations

from collections.abc import Callable
import json
from random import Random

from msgspec.structs import replace
import pytest

from conform.core.errors import ExitCode, SuiteError
from conform.core.results import CaseLine, Line, RunLine
from conform.reports.summary import (
    Conforming,
    Nonconforming,
    SuiteFailed,
    Summary,
    Unavailable,
    Untested,
)

Opens = Callable[..., RunLine]
Came = Callable[..., CaseLine]

CASE = "session.create/fields/id/string-ordinary"


def test_counts_are_by_verdict_and_level(lines: tuple[Line, ...]) -> None:
    control, old, new, gone, broken = Summary.of(lines).targets

    assert (control.count("pass"), control.tested) == (101, 101)
    assert old.count("fail", level="security") == 1
    assert old.count("fail", level="documented") == 15
    assert old.count("fail", level="convention") == 4
    assert old.count("not-applicable") == 14
    assert old.tested == 87
    assert new.count("fail") == 12
    assert (gone.tested, gone.missing) == (0, 0)
    assert (broken.count("error"), broken.missing) == (1, 1)
    for target in (control, old, new):
        assert sum(count.cases for count in target.counts) == target.run.planned


def test_failures_are_grouped_by_suite_and_listed_worst_first(lines: tuple[Line, ...]) -> None:
    old = Summary.of(lines).targets[1]

    assert [group.suite for group in old.failures] == ["contract", "fields"]
    assert old.failing[0].case == "session.delete/contract/delete"
    assert [failure.level for failure in old.failing] == (
        ["security"] + ["documented"] * 15 + ["convention"] * 4
    )


def test_failures_whose_reasons_begin_alike_are_one_kind(lines: tuple[Line, ...]) -> None:
    old = Summary.of(lines).targets[1]

    sizes = {each.first.reason.partition(":")[0]: each.cases for each in old.likenesses}
    assert sizes["site_id was turned into a string"] == 7
    assert sum(each.cases for each in old.likenesses) == 20


@pytest.mark.parametrize(
    ("verdicts", "flags", "expected"),
    [
        ([("pass", "documented")], {}, ExitCode.CONFORMS),
        ([("fail", "documented")], {}, ExitCode.DOES_NOT_CONFORM),
        ([("fail", "security")], {}, ExitCode.DOES_NOT_CONFORM),
        ([("pass", "documented"), ("fail", "convention")], {}, ExitCode.CONFORMS),
        ([("fail", "convention")], {"strict": True}, ExitCode.DOES_NOT_CONFORM),
        ([("pass", "documented"), ("known-failure", "documented")], {}, ExitCode.CONFORMS),
        ([("not-applicable", "documented")], {}, ExitCode.NOTHING_TESTED),
        ([], {}, ExitCode.NOTHING_TESTED),
        ([("unavailable", "documented")], {}, ExitCode.NOTHING_TESTED),
        ([("unavailable", "documented")], {"allow_unavailable": True}, ExitCode.NOTHING_TESTED),
        ([("pass", "documented"), ("unavailable", "documented")], {}, ExitCode.NOTHING_TESTED),
        (
            [("fail", "documented"), ("unavailable", "documented")],
            {"allow_unavailable": True},
            ExitCode.DOES_NOT_CONFORM,
        ),
        ([("pass", "documented"), ("error", "documented")], {}, ExitCode.SUITE_FAILED),
        ([("fail", "documented"), ("error", "convention")], {}, ExitCode.SUITE_FAILED),
    ],
)
def test_the_exit_code_of_one_target(
    opens: Opens,
    came: Came,
    verdicts: list[tuple[str, str]],
    flags: dict[str, bool],
    expected: ExitCode,
) -> None:
    lines: list[Line] = [opens("php", planned=len(verdicts))]
    lines += [
        came("php", f"{CASE}-{index}", verdict, level=level)
        for index, (verdict, level) in enumerate(verdicts)
    ]

    assert Summary.of(lines).exit_code(**flags) is expected


def _targets(opens: Opens, came: Came, *kinds: str) -> list[Line]:
    lines: list[Line] = []
    for kind in kinds:
        gone = "Nothing is installed." if kind == "unavailable" else ""
        lines.append(opens(kind, planned=0 if gone else 1, unavailable=gone))
        if not gone:
            lines.append(came(kind, CASE, kind))
    return lines


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (("pass", "fail"), ExitCode.DOES_NOT_CONFORM),
        (("pass", "unavailable"), ExitCode.NOTHING_TESTED),
        (("fail", "unavailable"), ExitCode.NOTHING_TESTED),
        (("pass", "fail", "unavailable", "error"), ExitCode.SUITE_FAILED),
        ((), ExitCode.NOTHING_TESTED),
    ],
)
def test_of_several_targets_the_most_open_question_decides(
    opens: Opens, came: Came, kinds: tuple[str, ...], expected: ExitCode
) -> None:
    assert Summary.of(_targets(opens, came, *kinds)).exit_code() is expected


def test_unavailable_targets_can_be_left_aside_but_not_all_of_them(
    opens: Opens, came: Came
) -> None:
    some = Summary.of(_targets(opens, came, "pass", "unavailable"))
    none = Summary.of(_targets(opens, came, "unavailable"))

    assert some.exit_code(allow_unavailable=True) is ExitCode.CONFORMS
    assert none.exit_code(allow_unavailable=True) is ExitCode.NOTHING_TESTED


def test_a_planned_case_without_a_line_is_a_failure_of_the_suite(opens: Opens, came: Came) -> None:
    summary = Summary.of([opens("php", planned=2), came("php", CASE, "pass")])

    assert summary.targets[0].standing() == SuiteFailed(errors=0, missing=1)
    assert summary.exit_code(allow_unavailable=True) is ExitCode.SUITE_FAILED


def test_where_each_target_stands(lines: tuple[Line, ...]) -> None:
    control, old, new, gone, broken = (target.standing() for target in Summary.of(lines).targets)

    assert control == Conforming(conventions=0, known=0)
    assert old == Nonconforming(documented=15, security=1, conventions=0)
    assert new == Nonconforming(documented=9, security=0, conventions=0)
    assert isinstance(gone, Unavailable)
    assert gone.fix == "Install it with: apt-get install ruby"
    assert broken == SuiteFailed(errors=1, missing=1)
    assert str(old) == "does not conform: 15 documented and 1 security cases failed"
    assert str(broken) == (
        "the suite failed: 1 case ended in an error and 1 planned case never ended"
    )


def test_a_target_to_which_no_case_applies_is_not_tested(opens: Opens, came: Came) -> None:
    lines = [opens("go", planned=1), came("go", CASE, "not-applicable")]

    assert Summary.of(lines).targets[0].standing() == Untested()


def test_conventions_and_known_failures_are_named_where_a_target_conforms(
    opens: Opens, came: Came
) -> None:
    lines = [
        opens("go", planned=3),
        came("go", f"{CASE}-0", "pass"),
        came("go", f"{CASE}-1", "fail", level="convention"),
        came("go", f"{CASE}-2", "known-failure"),
    ]

    assert str(Summary.of(lines).targets[0].standing()) == (
        "conforms (1 convention not followed, 1 known failure)"
    )


def test_the_answer_is_one_sentence_with_the_worst_first(lines: tuple[Line, ...]) -> None:
    assert Summary.of(lines).answer() == (
        "php==1.0.160 could not be judged; python==1.0.17 and python==1.6.456 do not conform; "
        "ruby==1.0.223 is unavailable; http conforms."
    )


def test_the_answer_counts_targets_when_they_are_many(opens: Opens, came: Came) -> None:
    names = [f"python==1.0.{number}" for number in range(9, 14)]
    lines: list[Line] = []
    for name in names:
        lines += [opens(name, planned=1), came(name, CASE, "pass")]

    assert Summary.of(lines).answer() == "5 targets conform."
    assert Summary.of([]).answer() == "Nothing was tested."


def test_the_later_line_about_the_same_case_counts(opens: Opens, came: Came) -> None:
    lines = [opens("php", planned=1), came("php", CASE, "error"), came("php", CASE, "pass")]

    assert Summary.of(lines).exit_code() is ExitCode.CONFORMS


def test_cases_of_different_targets_may_come_in_any_order(lines: tuple[Line, ...]) -> None:
    opening = [line for line in lines if isinstance(line, RunLine)]
    cases = [line for line in lines if isinstance(line, CaseLine)]
    Random(7).shuffle(cases)  # noqa: S311 -- no secret hangs on the order

    assert Summary.of([*opening, *cases]).to_json() == Summary.of(lines).to_json()


def test_cases_of_a_target_that_no_line_opens_are_refused(came: Came) -> None:
    with pytest.raises(SuiteError, match="no line that opens it"):
        Summary.of([came("php", CASE, "pass")])


def test_the_summary_as_json(lines: tuple[Line, ...]) -> None:
    document = json.loads(Summary.of(lines).to_json())

    assert document["exit_code"] == 4
    assert document["targets"][1]["standing"] == {
        "standing": "deviates",
        "documented": 15,
        "security": 1,
        "conventions": 0,
    }
    assert document["targets"][3]["run"]["unavailable"].startswith("Ruby is not installed")
    assert {"verdict": "not-applicable", "level": "documented", "cases": 8} in (
        document["targets"][1]["counts"]
    )
    site_id = next(row for row in document["attributes"] if row["attribute"] == "site_id")
    assert site_id["cells"][1]["shares"][0] == {
        "fate": "retyped",
        "level": "documented",
        "cases": 7,
    }


def test_a_target_that_ended_early_is_a_failure_of_the_suite(opens: Opens, came: Came) -> None:
    begun = opens("http", planned=1)
    lines = [begun, came("http", "session.create/fields/id/null", "pass")]
    assert Summary.of(lines).exit_code() == ExitCode.CONFORMS

    ended = Summary.of([*lines, replace(begun, fault="exit code 3")])

    assert ended.exit_code() == ExitCode.SUITE_FAILED
    assert "ended early" in str(ended.targets[0].standing())
