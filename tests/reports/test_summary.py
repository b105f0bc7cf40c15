"""The summary of a run: counts, standings, the exit code and the result in one sentence."""

from __future__ import annotations

from collections.abc import Callable
import json
from random import Random

from msgspec.structs import replace
import pytest

from conform.core.errors import ExitCode, SuiteError
from conform.core.results import CaseLine, Line, RunError, RunLine
from conform.reports.standings import (
    Conforming,
    Inconclusive,
    Nonconforming,
    SuiteFailed,
    Unavailable,
    Unfinished,
    Untested,
)
from conform.reports.summary import Summary, TargetProblem

RunOf = Callable[..., RunLine]
CaseOf = Callable[..., CaseLine]

CASE = "session.create/fields/id/string-ordinary"


def test_counts_are_by_verdict_and_level(lines: tuple[Line, ...]) -> None:
    reference, old, new, gone, broken = Summary.of(lines).targets

    assert (reference.count("pass"), reference.tested) == (101, 101)
    assert old.count("fail", level="security") == 1
    assert old.count("fail", level="documented") == 15
    assert old.count("fail", level="convention") == 4
    assert old.count("not-applicable") == 14
    assert old.tested == 87
    assert new.count("fail") == 12
    assert (gone.tested, gone.missing) == (0, 0)
    assert (broken.count("error"), broken.missing) == (1, 1)
    for target in (reference, old, new):
        assert sum(count.cases for count in target.counts) == target.run.planned


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
        ([("inconclusive", "documented")], {}, ExitCode.NOTHING_TESTED),
        ([("pass", "documented"), ("inconclusive", "security")], {}, ExitCode.NOTHING_TESTED),
        ([("fail", "documented"), ("inconclusive", "documented")], {}, ExitCode.DOES_NOT_CONFORM),
        (
            [("pass", "documented"), ("inconclusive", "documented")],
            {"allow_unavailable": True},
            ExitCode.NOTHING_TESTED,
        ),
        ([("pass", "documented"), ("inconclusive", "convention")], {}, ExitCode.CONFORMS),
        (
            [("pass", "documented"), ("inconclusive", "convention")],
            {"strict": True},
            ExitCode.NOTHING_TESTED,
        ),
        ([("inconclusive", "documented"), ("error", "documented")], {}, ExitCode.SUITE_FAILED),
    ],
)
def test_the_exit_code_of_one_target(
    run_of: RunOf,
    case_of: CaseOf,
    verdicts: list[tuple[str, str]],
    flags: dict[str, bool],
    expected: ExitCode,
) -> None:
    lines: list[Line] = [run_of("php", planned=len(verdicts))]
    lines += [
        case_of("php", f"{CASE}-{index}", verdict, level=level)
        for index, (verdict, level) in enumerate(verdicts)
    ]

    assert Summary.of(lines).exit_code(**flags) is expected


def _targets(run_of: RunOf, case_of: CaseOf, *kinds: str) -> list[Line]:
    lines: list[Line] = []
    for kind in kinds:
        why = "Nothing is installed." if kind == "unavailable" else ""
        lines.append(run_of(kind, planned=0 if why else 1, unavailable=why))
        if not why:
            lines.append(case_of(kind, CASE, kind))
    return lines


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (("pass", "fail"), ExitCode.DOES_NOT_CONFORM),
        (("pass", "unavailable"), ExitCode.NOTHING_TESTED),
        (("fail", "unavailable"), ExitCode.DOES_NOT_CONFORM),
        (("pass", "fail", "unavailable", "error"), ExitCode.SUITE_FAILED),
        ((), ExitCode.NOTHING_TESTED),
    ],
)
def test_the_worst_exit_code_of_several_targets_counts(
    run_of: RunOf, case_of: CaseOf, kinds: tuple[str, ...], expected: ExitCode
) -> None:
    assert Summary.of(_targets(run_of, case_of, *kinds)).exit_code() is expected


def test_unavailable_targets_can_be_left_out_but_not_all_of_them(
    run_of: RunOf, case_of: CaseOf
) -> None:
    some = Summary.of(_targets(run_of, case_of, "pass", "unavailable"))
    none = Summary.of(_targets(run_of, case_of, "unavailable"))

    assert some.exit_code(allow_unavailable=True) is ExitCode.CONFORMS
    assert none.exit_code(allow_unavailable=True) is ExitCode.NOTHING_TESTED


def test_a_planned_case_without_a_line_is_a_failure_of_the_suite(
    run_of: RunOf, case_of: CaseOf
) -> None:
    summary = Summary.of([run_of("php", planned=2), case_of("php", CASE, "pass")])

    assert summary.targets[0].standing() == SuiteFailed(errors=0, missing=1)
    assert summary.exit_code(allow_unavailable=True) is ExitCode.SUITE_FAILED


def test_each_target_has_its_standing(lines: tuple[Line, ...]) -> None:
    reference, old, new, gone, broken = (target.standing() for target in Summary.of(lines).targets)

    assert reference == Conforming(conventions=0, causes=0, known=0)
    assert old == Nonconforming(documented=15, security=1, conventions=0, causes=4)
    assert new == Nonconforming(documented=9, security=0, conventions=0, causes=3)
    assert isinstance(gone, Unavailable)
    assert gone.fix == "Install it with: apt-get install ruby"
    assert broken == SuiteFailed(errors=1, missing=1)
    assert str(old) == "does not conform: 4 causes in 16 cases"
    assert str(broken) == (
        "the suite failed: 1 case ended in an error and 1 planned case never ended"
    )


def test_a_target_to_which_no_case_applies_is_not_tested(run_of: RunOf, case_of: CaseOf) -> None:
    lines = [run_of("go", planned=1), case_of("go", CASE, "not-applicable")]

    assert Summary.of(lines).targets[0].standing() == Untested()


def test_a_conforming_target_names_its_conventions_and_known_failures(
    run_of: RunOf, case_of: CaseOf
) -> None:
    lines = [
        run_of("go", planned=3),
        case_of("go", f"{CASE}-0", "pass"),
        case_of("go", f"{CASE}-1", "fail", level="convention"),
        case_of("go", f"{CASE}-2", "known-failure"),
    ]

    assert str(Summary.of(lines).targets[0].standing()) == (
        "conforms; conventions not followed: 1 cause in 1 case; 1 known failure"
    )


def test_the_result_is_one_sentence_with_the_worst_first(lines: tuple[Line, ...]) -> None:
    assert Summary.of(lines).answer() == (
        "php==1.0.160 could not be judged; python==1.0.17 and python==1.6.456 do not conform; "
        "ruby==1.0.223 is unavailable; http conforms."
    )


def test_the_result_counts_many_targets(run_of: RunOf, case_of: CaseOf) -> None:
    names = [f"python==1.0.{number}" for number in range(9, 14)]
    lines: list[Line] = []
    for name in names:
        lines += [run_of(name, planned=1), case_of(name, CASE, "pass")]

    assert Summary.of(lines).answer() == "5 targets conform."
    assert Summary.of([]).answer() == "Nothing was tested."


def test_the_later_line_about_the_same_case_counts(run_of: RunOf, case_of: CaseOf) -> None:
    lines = [run_of("php", planned=1), case_of("php", CASE, "error"), case_of("php", CASE, "pass")]

    assert Summary.of(lines).exit_code() is ExitCode.CONFORMS


def test_cases_of_different_targets_may_come_in_any_order(lines: tuple[Line, ...]) -> None:
    opening = [line for line in lines if isinstance(line, RunLine)]
    cases = [line for line in lines if isinstance(line, CaseLine)]
    Random(7).shuffle(cases)  # noqa: S311 -- no secret hangs on the order

    assert Summary.of([*opening, *cases]).to_json() == Summary.of(lines).to_json()


def test_cases_of_a_target_without_a_first_line_are_refused(case_of: CaseOf) -> None:
    with pytest.raises(SuiteError, match="but not its first line"):
        Summary.of([case_of("php", CASE, "pass")])


def test_the_summary_as_json(lines: tuple[Line, ...]) -> None:
    document = json.loads(Summary.of(lines).to_json())

    assert document["exit_code"] == 4
    assert document["targets"][1]["standing"] == {
        "standing": "does-not-conform",
        "documented": 15,
        "security": 1,
        "conventions": 0,
        "causes": 4,
    }
    assert document["targets"][1]["causes"][0]["levels"] == {"documented": 6, "convention": 2}
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


def test_a_target_that_ended_early_is_a_failure_of_the_suite(
    run_of: RunOf, case_of: CaseOf
) -> None:
    opening = run_of("http", planned=1)
    lines = [opening, case_of("http", "session.create/fields/id/null", "pass")]
    assert Summary.of(lines).exit_code() == ExitCode.CONFORMS

    error = RunError(what="It ended early.", why="Exit code 3.", fix="Run it again.")
    ended = Summary.of([*lines, replace(opening, error=error)])

    assert ended.exit_code() == ExitCode.SUITE_FAILED
    assert ended.targets[0].standing() == SuiteFailed(errors=0, missing=0, error=error)
    assert str(ended.targets[0].standing()) == "the suite failed: its run ended early"
    assert ended.targets[0].problem == TargetProblem(
        why="It ended early. Exit code 3.", fix="Run it again."
    )


def test_the_error_that_ended_the_run_of_a_target_gives_its_exit_code(run_of: RunOf) -> None:
    error = RunError(what="There is no registry.", exit_code=ExitCode.NOTHING_TESTED)
    summary = Summary.of([run_of("php", planned=1), run_of("php", planned=1, error=error)])

    assert summary.exit_code() is ExitCode.NOTHING_TESTED
    assert summary.answer() == "php could not be judged."


def test_an_interrupted_target_is_unfinished(run_of: RunOf, case_of: CaseOf) -> None:
    error = RunError(what="The run was interrupted.", exit_code=ExitCode.INTERRUPTED)
    lines = [run_of("php", planned=3, error=error), case_of("php", CASE, "fail")]
    (target,) = Summary.of(lines).targets

    assert target.standing() == Unfinished(failed=1, missing=2)
    assert str(target.standing()) == "interrupted: 1 case failed, 2 planned cases not run"
    assert Summary.of(lines).answer() == "php was interrupted."


def test_a_target_with_inconclusive_cases_could_not_be_tested_in_full(
    run_of: RunOf, case_of: CaseOf
) -> None:
    lines = [
        run_of("php", planned=3),
        case_of("php", f"{CASE}-0", "pass"),
        case_of("php", f"{CASE}-1", "inconclusive"),
        case_of("php", f"{CASE}-2", "inconclusive", level="convention"),
    ]
    (target,) = Summary.of(lines).targets

    assert target.standing() == Inconclusive(cases=1)
    assert str(target.standing()) == "could not be tested in full: 1 case is inconclusive"
    assert target.standing(strict=True) == Inconclusive(cases=2)
    assert Summary.of(lines).answer() == "php could not be tested in full."


def test_a_verdict_on_some_cases_says_on_how_many(run_of: RunOf, case_of: CaseOf) -> None:
    lines: list[Line] = []
    for name, total in (("go", 1914), ("php", 1914), ("java", 1), ("ruby", 0)):
        some = {"total": total, "selection": "-k max" if total > 1 else ""}
        lines += [run_of(name, planned=1, **some), case_of(name, CASE, "pass")]
    summary = Summary.of(lines)
    target = json.loads(summary.to_json())["targets"][0]

    assert summary.targets[0].verdict() == "conforms (1 of 1,914 cases chosen)"
    assert summary.targets[2].verdict() == "conforms"
    assert summary.answer() == (
        "go and php conform (1 of 1,914 cases chosen); java and ruby conform."
    )
    assert target["verdict"] == "conforms (1 of 1,914 cases chosen)"
    assert (target["selection"], target["chosen"], target["total"]) == ("-k max", 1, 1914)


def test_an_adapter_that_was_started_again_is_a_note(run_of: RunOf, case_of: CaseOf) -> None:
    passed = case_of("go", CASE, "pass")
    again = [replace(case_of("go", f"{CASE}-{n}", "fail"), restarts=n) for n in (1, 2)]
    summary = Summary.of([run_of("go", planned=3), passed, *again])
    (once,) = Summary.of([run_of("go", planned=1), again[0]]).targets
    (never,) = Summary.of([run_of("go", planned=1), passed]).targets

    assert never.notes == ()
    assert once.notes == ("The adapter was started again 1 time, after it crashed or hung.",)
    assert summary.targets[0].notes == (
        "The adapter was started again 3 times, after it crashed or hung.",
    )
    assert json.loads(summary.to_json())["targets"][0]["restarts"] == 3


def test_cases_that_were_settled_by_hangs_are_a_note(run_of: RunOf, case_of: CaseOf) -> None:
    lines = [
        replace(case_of("go", f"{CASE}-{n}", "inconclusive"), settled_by=by)
        for n, by in enumerate(("probe", "probe", "cases", None))
    ]
    summary = Summary.of([run_of("go", planned=4), *lines])

    assert summary.targets[0].notes == (
        "2 cases were settled by a probe that hung, and not run.",
        "1 case was settled by earlier cases that hung, and not run.",
    )
    target = json.loads(summary.to_json())["targets"][0]
    assert (target["settled_by_probes"], target["settled_by_cases"]) == (2, 1)


def test_an_adapter_that_stops_badly_is_a_failure_of_the_suite(
    run_of: RunOf, case_of: CaseOf
) -> None:
    error = RunError(what="The adapter of go did not stop as it should.", after_cases=True)
    lines = [run_of("go", planned=1), case_of("go", CASE, "pass")]
    summary = Summary.of([*lines, run_of("go", planned=1, error=error)])

    assert summary.exit_code() is ExitCode.SUITE_FAILED
    assert summary.targets[0].verdict() == (
        "the suite failed: its adapter did not stop as it should"
    )


def test_conventions_are_causes_of_a_strict_verdict(run_of: RunOf, case_of: CaseOf) -> None:
    lines = [
        run_of("go", planned=3),
        case_of("go", f"{CASE}-0", "fail", cause="A"),
        case_of("go", f"{CASE}-1", "fail", level="convention", cause="A"),
        case_of("go", f"{CASE}-2", "fail", level="convention", cause="B"),
    ]
    (target,) = Summary.of(lines).targets

    assert target.verdict() == "does not conform: 1 cause in 1 case"
    assert target.verdict(strict=True) == "does not conform: 2 causes in 3 cases"
