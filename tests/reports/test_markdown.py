"""The summary for the page of a CI job."""

from __future__ import annotations

from collections.abc import Callable

from conform.core.results import CaseLine, Line, RunError, RunLine
from conform.reports import markdown
from conform.reports.summary import Summary

RunOf = Callable[..., RunLine]
CaseOf = Callable[..., CaseLine]


def test_it_has_the_result_a_table_and_the_first_failures(lines: tuple[Line, ...]) -> None:
    text = markdown.render(Summary.of(lines))

    assert text.startswith("## SDK conformance\n\n**php==1.0.160 could not be judged; ")
    assert "| python==1.0.17 | 67 | 15 | 1 | 4 | 14 | 0 | 0 | 0 |\n" in text
    assert "| ruby==1.0.223 | 0 | 0 | 0 | 0 | 0 | all | 0 | 0 |\n" in text
    assert "Why: Ruby is not installed" in text
    assert "What to do: Install it with: apt-get install ruby" in text
    assert (
        "- `session.create/fields/site_id/int64-beyond-double` and 6 more with this cause: "
        "site_id was turned into a string"
    ) in text


def test_many_causes_are_cut(run_of: RunOf, case_of: CaseOf) -> None:
    lines: list[Line] = [run_of("go", planned=30)]
    lines += [
        case_of("go", f"session.create/fields/id/case-{number:02}", "fail", reason=f"No {number}.")
        for number in range(30)
    ]

    text = markdown.render(Summary.of(lines))

    assert text.count("\n- `") == markdown.MOST_CAUSES
    assert "\n- and 10 more cases in the full report\n" in text


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

    (line,) = (line for line in text.splitlines() if line.startswith("- "))
    _, _, reason = line.partition("`: ")
    assert not set("<>|`*[]@\x1b") & set(reason)
    assert "heading\\x1b" not in reason
    assert "heading&#92;x1b" in reason


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
