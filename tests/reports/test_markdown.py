"""The summary for the page of a CI job."""

from __future__ import annotations

from collections.abc import Callable

from conform.core.results import CaseLine, Line, RunLine
from conform.reports import markdown
from conform.reports.summary import Summary

Opens = Callable[..., RunLine]
Came = Callable[..., CaseLine]


def test_the_answer_a_table_and_the_first_failures(lines: tuple[Line, ...]) -> None:
    text = markdown.render(Summary.of(lines))

    assert text.startswith("## SDK conformance\n\n**php==1.0.160 could not be judged; ")
    assert "| python==1.0.17 | 67 | 15 | 1 | 4 | 14 | 0 | 0 |\n" in text
    assert "| ruby==1.0.223 | 0 | 0 | 0 | 0 | 0 | all | 0 |\n" in text
    assert "Why: Ruby is not installed" in text
    assert "What to do: Install it with: apt-get install ruby" in text
    assert (
        "- `session.create/fields/site_id/int64-beyond-double` and 6 like it: "
        "site_id was turned into a string"
    ) in text


def test_many_kinds_of_failure_are_cut(opens: Opens, came: Came) -> None:
    lines: list[Line] = [opens("go", planned=30)]
    lines += [
        came("go", f"session.create/fields/id/case-{number:02}", "fail", reason=f"No {number}.")
        for number in range(30)
    ]

    text = markdown.render(Summary.of(lines))

    assert text.count("\n- `") == markdown.MOST_FAILURES
    assert "\n- and 10 more, in the full report\n" in text


def test_nothing_in_a_text_is_markdown_or_a_mention(opens: Opens, came: Came) -> None:
    hostile = "<b>x</b> | `a` **b** [c](d) @someone\n# heading\x1b[0m"
    text = markdown.render(
        Summary.of(
            [
                opens("go", planned=1),
                came("go", "session.create/fields/id/null", "fail", reason=hostile),
            ]
        )
    )

    (line,) = (line for line in text.splitlines() if line.startswith("- "))
    _, _, reason = line.partition("`: ")
    assert not set("<>|`*[]@\x1b") & set(reason)
    assert "heading\\x1b" not in reason
    assert "heading&#92;x1b" in reason


def test_what_an_adapter_is_untried_with_is_said(opens: Opens) -> None:
    line = opens("dotnet", unavailable="There is no dotnet.", untried="It has *never* run.")

    assert "\n\nIt has &#42;never&#42; run.\n\nWhy: " in markdown.render(Summary.of((line,)))
