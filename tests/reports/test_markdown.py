"""The summary for the page of a CI job."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from conform.core.results import CaseLine, Line, RunError, RunLine
from conform.reports import markdown
from conform.reports.summary import Summary

RunOf = Callable[..., RunLine]
CaseOf = Callable[..., CaseLine]


def test_it_has_the_result_a_table_and_the_causes(lines: tuple[Line, ...]) -> None:
    text = markdown.render(Summary.of(lines))

    assert text.startswith("## SDK conformance\n\n**php==1.0.160 could not be judged; ")
    assert "| python==1.0.17 | 67 | 15 | 1 | 4 | 14 | 0 | 0 | 0 |\n" in text
    assert "| ruby==1.0.223 | 0 | 0 | 0 | 0 | 0 | all | 0 | 0 |\n" in text
    assert "Why: Ruby is not installed" in text
    assert "What to do: Install it with: apt-get install ruby" in text
    assert "### python==1.0.17: does not conform: 4 causes in 16 cases\n" in text
    assert (
        "<details><summary>An integer of the response becomes a string (7 documented cases)"
        "</summary>\n\nsite_id was turned into a string: "
    ) in text
    assert "\n\n- `session.create/fields/site_id/int64-max`\n" in text


def test_many_causes_and_many_cases_are_cut(run_of: RunOf, case_of: CaseOf) -> None:
    lines: list[Line] = [run_of("go", planned=60)]
    lines += [
        case_of("go", f"session.create/fields/id/case-{number:02}", "fail", cause=cause)
        for number, cause in enumerate([*(f"Cause {n:02}" for n in range(30)), *["Large"] * 30])
    ]

    text = markdown.render(Summary.of(lines))

    assert text.count("<details>") == text.count("</details>") == markdown.MOST_CAUSES
    assert "\nAnd 11 more causes in 11 cases in the full report.\n" in text
    large = text[text.index("Large") : text.index("Cause 00")]
    assert large.count("\n- `") == markdown.MOST_CASES
    assert "\n- and 10 more cases in the full report\n" in large


def test_a_run_of_some_cases_says_so(run_of: RunOf, case_of: CaseOf) -> None:
    some = {"planned": 1, "total": 1914, "selection": "-k max"}
    line = case_of("go", "session.create/fields/id/max", "pass")
    text = markdown.render(Summary.of([run_of("go", **some), line]))

    assert "**go conforms (1 of 1,914 cases chosen).**" in text
    assert "### go: conforms (1 of 1,914 cases chosen)\n" in text
    assert "\nOnly 1 of 1,914 cases were chosen with -k max.\n" in text


def test_an_adapter_that_was_started_again_is_in_the_summary(
    run_of: RunOf, case_of: CaseOf
) -> None:
    line = replace(case_of("go", "session.create/fields/id/max", "pass"), restarts=3)
    text = markdown.render(Summary.of([run_of("go", planned=1), line]))

    assert "\nThe adapter was started again 3 times, after it crashed or hung.\n" in text


def test_nothing_in_a_text_is_markdown_or_a_mention(run_of: RunOf, case_of: CaseOf) -> None:
    hostile = "<b>x</b> | `a` **b** [c](d) @someone\n# heading\x1b[0m"
    text = markdown.render(
        Summary.of(
            [
                run_of("go", planned=1),
                case_of("go", "session.create/fields/id/null", "fail", reason=hostile),
            ]
        )
    )

    summary, _, reason, *_ = text[text.index("<summary>") :].splitlines()
    title = summary.removeprefix("<summary>").removesuffix("</summary>")
    for shown in (title, reason):
        assert not set("<>|`*[]@\x1b") & set(shown)
        assert "heading&#92;x1b" in shown


def test_an_untried_adapter_is_marked(run_of: RunOf) -> None:
    line = run_of("dotnet", unavailable="There is no dotnet.", untried="It has *never* run.")

    assert "\n\nIt has &#42;never&#42; run.\n\nWhy: " in markdown.render(Summary.of((line,)))


def test_the_documentation_that_a_target_is_checked_against_is_named(
    lines: tuple[Line, ...],
) -> None:
    text = markdown.render(Summary.of(lines))

    assert "\n\nChecked against the page of 1.0.17.\n\n" in text


def test_an_error_that_ended_a_target_early_is_explained(run_of: RunOf) -> None:
    error = RunError(what="The worker ended.", why="Exit code 3.", fix="Run it again.")
    text = markdown.render(Summary.of([run_of("php", planned=1, error=error)]))

    assert "### php: the suite failed: its run ended early and 1 planned case never ended" in text
    assert "\nWhy: The worker ended. Exit code 3.\n\nWhat to do: Run it again.\n" in text


def test_an_inconclusive_case_has_a_column(run_of: RunOf, case_of: CaseOf) -> None:
    line = case_of("php", "session.create/fields/id/null", "inconclusive")
    text = markdown.render(Summary.of([run_of("php", planned=1), line]))

    assert "| target | passed | failed | inconclusive |\n" in text
    assert "| php | 0 | 0 | 1 |\n" in text
