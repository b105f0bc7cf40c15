"""The HTML report is one inert file with everything that a reader must find."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
import re
from typing import get_args
from urllib.parse import unquote

from msgspec.structs import replace
import pytest

from conform.core.identity import Suite
from conform.core.observations import Exchange, Observation, Request, Response
from conform.core.results import CaseLine, Line, RunError, RunLine, VerdictName
from conform.reports.evidence import MOST_EXCHANGES, WORDS

from .elements import Element, parse, render

RunOf = Callable[..., RunLine]
CaseOf = Callable[..., CaseLine]

FAILED = "session.delete/contract/delete"


def test_the_result_and_the_facts_of_the_run_come_first(page: Element) -> None:
    (heading,) = page.all("h1")
    (header,) = page.all("header")

    assert heading.text.startswith("php==1.0.160 could not be judged; ")
    assert "2026-02-03 04:05:06 UTC" in header.text
    assert "0.1.0" in header.text
    assert "Linux x86_64" in header.text


def test_each_target_has_a_card(page: Element) -> None:
    reference, old, _, gone, broken = page.all("li", "card")

    assert "Conforms" in reference.text
    assert "Does not conform: 4 causes in 16 cases" in old.text
    assert "Files.com 1.0.17" in old.text
    assert "CPython 3.12.3" in old.text
    assert "Checked against the page of 1.0.17" in old.text
    assert "unavailable" in gone.classes
    assert "Ruby is not installed" in gone.text
    assert "apt-get install ruby" in gone.text
    assert "passed" not in gone.text
    assert "suitefailed" in broken.classes


def test_the_matrix_shows_the_fate_of_each_attribute(page: Element) -> None:
    rows = {
        next(row.all("th")).text: [" ".join(cell.text.split()) for cell in row.all("td")]
        for row in page.one("attributes").all("tr")
        if [*row.all("td")]
    }

    assert rows["site_id"] == ["✓ kept", "retyped ×7", "✓ kept", "⊘ not tested", "⊘ not tested"]
    assert rows["user_id"][1:3] == ["changed ×2", "changed ×2"]
    assert rows["language"][1] == "– not documented"
    assert rows["id"][4] == "suite error"
    assert len(rows) == 12


def test_every_link_leads_somewhere_on_the_page(page: Element) -> None:
    targets = [link.attributes["href"] for link in page.all("a") if "href" in link.attributes]
    ids = Counter(each.attributes["id"] for each in page.all() if "id" in each.attributes)

    assert ids.total() == len(ids)
    assert len(targets) > 10
    assert {unquote(target.removeprefix("#")) for target in targets} <= ids.keys()


def test_a_failed_case_has_its_complete_evidence(page: Element) -> None:
    row = page.one(FAILED)
    (panel,) = row.all("div", "panel")

    assert row.tag == "details"
    for words in (
        "security",
        "operation session.delete (page)",
        "suite 0.1.0",
    ):
        assert words in row.text
    for words in (
        "python==1.0.17",
        "caused by the SDK",
        "The request breaks the contract: the path was /api/rest/v1/sessions/None.",
        "DELETE /api/rest/v1/sessions/None?path=%2F..%2F",
        "X-FilesAPI-Auth: [redacted]",
        "\\xff\\xfe\\x00\\x01",
        "the first 4,096 of 102,468 bytes",
        "connection: reset",
        "PathMismatch at $.path",
        "exit code -11",
        "Segmentation fault",
        "conform run python==1.0.17 -k session.delete/contract/delete",
    ):
        assert words in panel.text
    assert "✓" not in panel.text
    (others,) = row.all("div", "others")
    assert "http, python==1.6.456, php==1.0.160: POST /api/rest/v1/sessions → 201" in others.text


def test_an_error_shows_its_class_status_type_message_and_output(page: Element) -> None:
    (panel,) = page.one("session.create/fields/theme/string-nul").all("div", "panel")

    assert "raised builtins.KeyError" in panel.text
    assert "builtins.LookupError, builtins.Exception" in panel.text
    assert "statusnone" in panel.text
    assert "'theme\\x00' \\x1b[1mnot\\x1b[0m found </pre><script>alert(3)</script>" in panel.text
    assert "\\x1b[31mTraceback" in panel.text


def test_a_row_says_the_verdict_of_every_target(page: Element) -> None:
    marks = [
        " ".join(mark.text.split())
        for mark in next(page.one(FAILED).all("summary")).all("span", "m")
    ]

    assert marks == [
        "http pass",
        "python==1.0.17 fail",
        "python==1.6.456 pass",
        "ruby==1.0.223 unavailable",
        "php==1.0.160 pass",
    ]


def test_passed_rows_are_hidden_at_first(page: Element) -> None:
    rows = [*page.all("details", "row")]
    quiet = [row for row in rows if "quiet-row" in row.classes]

    assert len(rows) == 101
    assert len(quiet) == 78
    assert not any([*row.all("div", "panel")] for row in quiet)
    assert "checked" in page.one("v-notable").attributes
    style = next(page.all("style")).text
    assert ".cases:has(#v-notable:checked) .quiet-row" in style


def test_targets_differ_if_their_results_differ(run_of: RunOf, case_of: CaseOf) -> None:
    lines: list[Line] = [run_of("go", planned=3), run_of("php", planned=3)]
    for name, go, php in (("same", "nil", "nil"), ("other", "nil", "0")):
        lines.append(case_of("go", f"session.create/fields/{name}/null", "fail", seen=go))
        lines.append(case_of("php", f"session.create/fields/{name}/null", "fail", seen=php))
    lines.append(case_of("go", "session.create/fields/id/null", "pass"))
    lines.append(case_of("php", "session.create/fields/id/null", "not-applicable"))

    page = parse(render(lines))

    assert [row.attributes["id"] for row in page.all("details", "differs")] == [
        "session.create/fields/other/null"
    ]


def test_the_same_lines_are_the_same_text(lines: tuple[Line, ...], document: str) -> None:
    assert render(lines) == document


def test_thousands_of_cases_stay_a_small_file(run_of: RunOf, case_of: CaseOf) -> None:
    exchange = Exchange(
        request=Request(method="POST", target="/api/rest/v1/sessions", headers=()),
        response=Response(status=201, body=b"x" * 100_000),
    )
    lines: list[Line] = []
    for target in ("go", "php", "ruby"):
        lines.append(run_of(target, planned=2000))
        lines += [
            case_of(
                target,
                f"session.create/fields/site_id/case-{number}",
                "pass",
                observation=Observation(exchanges=(exchange,)),
            )
            for number in range(2000)
        ]

    document = render(lines)

    assert len(document) < 400 * len(lines)
    assert len(re.findall('<details class="row', document)) == 2000


@pytest.mark.parametrize("suite", get_args(Suite))
def test_every_suite_is_described(run_of: RunOf, case_of: CaseOf, suite: Suite) -> None:
    line = case_of("go", f"session.create/{suite}/some", "pass", suite=suite)

    page = parse(render([run_of("go", planned=1), line]))

    (heading,) = next(page.all("section", "group")).all("h3")
    assert re.fullmatch(rf"{suite} .{{15,}} · 1 case, none failed", heading.text)


def test_a_run_without_targets_says_so() -> None:
    page = parse(render([]))

    assert next(page.all("h1")).text == "Nothing was tested."
    assert "No case was run." in page.one("cases").text


def test_an_untried_adapter_is_marked_on_its_card(run_of: RunOf) -> None:
    line = run_of("dotnet", unavailable="There is no dotnet.", untried="It has <b>never</b> run.")
    untried, tried = parse(render((line, run_of("python")))).all("li", "card")
    assert "It has <b>never</b> run." in untried.text
    assert [each.text for each in tried.all("p", "why")] == []


def test_the_code_that_reproduces_a_failure_is_in_its_row(run_of: RunOf, case_of: CaseOf) -> None:
    code = "create({'a': \"</pre><script>alert(1)</script>\"})"
    line = replace(case_of("python", FAILED, "fail", suite="contract"), snippet=code)
    (panel,) = parse(render((run_of("python", planned=1), line))).all("div", "panel")
    assert code in [each.text for each in panel.all("pre")]


def test_an_error_that_ended_a_target_early_is_on_its_card(run_of: RunOf) -> None:
    error = RunError(what="The worker ended.", why="Exit code <3>.", fix="Run it again.")
    (card,) = parse(render([run_of("php", planned=2, error=error)])).all("li", "card")

    assert "suitefailed" in card.classes
    assert "Why: The worker ended. Exit code <3>." in card.text
    assert "What to do: Run it again." in card.text


@pytest.mark.parametrize("verdict", get_args(VerdictName))
def test_every_verdict_has_a_word_and_a_mark(
    run_of: RunOf, case_of: CaseOf, verdict: VerdictName
) -> None:
    line = case_of("php", FAILED, verdict, suite="contract", reason="It is so.")
    page = parse(render([run_of("php", planned=1), line]))

    (mark,) = next(page.one(FAILED).all("summary")).all("span", "m")
    assert verdict in mark.classes
    assert mark.text.removeprefix("php ") in WORDS[verdict] + verdict + "n/a"
    row = page.one(FAILED)
    assert WORDS[verdict] in row.text
    style = next(page.all("style")).text
    assert f".m.{verdict}::before" in style


def test_an_inconclusive_case_is_counted_and_gives_its_reason(
    run_of: RunOf, case_of: CaseOf
) -> None:
    line = case_of("php", FAILED, "inconclusive", suite="contract", reason="Nothing was sent.")
    page = parse(render([run_of("php", planned=1), line]))

    (card,) = page.all("li", "card")
    assert "inconclusive" in card.classes
    assert "1 inconclusive" in card.text
    assert next(page.all("h1")).text == "php could not be tested in full."
    assert "Nothing was sent." in page.one(FAILED).text
    assert "quiet-row" not in page.one(FAILED).classes


def test_a_known_failure_shows_the_words_of_the_list(run_of: RunOf, case_of: CaseOf) -> None:
    line = replace(case_of("php", FAILED, "known-failure"), known="see <ticket> 7")
    (panel,) = parse(render([run_of("php", planned=1), line])).all("div", "panel")

    assert "Known: see <ticket> 7" in panel.text


def test_the_causes_of_each_target_lead_to_their_cases(page: Element) -> None:
    first, second, third = page.one("causes").all("div", "causes")
    summaries = [" ".join(each.text.split()) for each in first.all("summary")]

    assert next(first.all("h3")).text == "python==1.0.17"
    assert next(second.all("h3")).text == "python==1.6.456"
    assert next(third.all("h3")).text == "php==1.0.160"
    assert [each.text for each in first.all("h4")] == [
        "Failures: 4 causes",
        "Conventions not followed: 1 cause",
    ]
    assert summaries[1] == "An integer of the response becomes a string 7 documented cases"
    retyped = [*first.all("details")][1]
    assert "site_id was turned into a string: 9223372036854775807" in retyped.text
    links = [link.attributes["href"] for link in retyped.all("a")]
    assert links[0] == "#session.create/fields/site_id/int64-max"
    assert len(links) == 7


def test_a_cause_has_the_colour_of_its_group(run_of: RunOf, case_of: CaseOf) -> None:
    lines: list[Line] = [
        run_of("go", planned=3),
        case_of("go", f"{FAILED}-a", "fail", cause="A"),
        case_of("go", f"{FAILED}-b", "known-failure", cause="B"),
        case_of("go", f"{FAILED}-c", "fail", cause="C", level="convention"),
    ]
    page = parse(render(lines)).one("causes")

    assert [each.classes for each in page.all("details")] == [
        {"cause", "failure"},
        {"cause", "known"},
        {"cause", "convention"},
    ]


def test_a_run_without_failures_has_no_list_of_causes(run_of: RunOf, case_of: CaseOf) -> None:
    page = parse(render([run_of("go", planned=1), case_of("go", FAILED, "pass")]))

    assert not [*page.all("div", "causes")]
    assert "#causes" not in [link.attributes["href"] for link in page.all("a")]


def test_a_run_of_some_cases_says_so_in_the_header(run_of: RunOf, case_of: CaseOf) -> None:
    some = {"planned": 1, "total": 1914, "selection": "-k max"}
    page = parse(render([run_of("go", **some), case_of("go", FAILED, "pass")]))
    header = next(page.all("header"))

    assert "go conforms (1 of 1,914 cases chosen)." in header.text
    assert "1 of 1,914 cases (-k max)" in header.text


def test_an_adapter_that_was_started_again_is_on_the_card(run_of: RunOf, case_of: CaseOf) -> None:
    line = replace(case_of("go", FAILED, "pass"), restarts=3)
    (card,) = parse(render([run_of("go", planned=1), line])).all("li", "card")

    assert "The adapter was started again 3 times, after it crashed or hung." in card.text


def test_a_request_to_another_origin_is_part_of_the_evidence(
    run_of: RunOf, case_of: CaseOf
) -> None:
    request = Request(method="POST", target="/elsewhere", headers=())
    exchange = Exchange(request=request, response=Response(status=204))
    line = case_of("go", FAILED, "fail", observation=Observation(elsewhere=(exchange,) * 20))
    (panel,) = parse(render([run_of("go", planned=1), line])).all("div", "panel")

    assert panel.text.count("Sent to another origin") == MOST_EXCHANGES
    assert "POST /elsewhere" in panel.text
    assert f"{20 - MOST_EXCHANGES} more exchanges" in panel.text
