"""The output of a run on a terminal and in a log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from io import StringIO
from pathlib import Path

from msgspec.structs import replace
import pytest
from rich.console import Console

from conform.core.results import CaseLine, Line, RunError, RunLine
from conform.engine.events import (
    CaseEnded,
    Event,
    RunBegan,
    RunEnded,
    TargetBegan,
    TargetEnded,
    TargetFailed,
    TargetPreparing,
)
from conform.reports.conclusion import Conclusion
from conform.reports.terminal import MOST_CASES, MOST_CAUSES, Terminal

RunOf = Callable[..., RunLine]
CaseOf = Callable[..., CaseLine]

REPORT = Path("a/folder/with/a/very/long/name/that/does/not/fit/on/a/line/of/80/reports/index.html")


def events(lines: Iterable[Line], error: RunError | None = None) -> Iterator[Event]:
    """The events of a run that gives these lines; an error ends every target early."""
    every = tuple(lines)
    results: list[Line] = []
    targets = tuple(line.target for line in every if isinstance(line, RunLine))
    yield RunBegan(targets=targets)
    for target in targets:
        yield TargetPreparing(name=target.partition("==")[0])
        opening, *cases = [line for line in every if line.target == target]
        assert isinstance(opening, RunLine)
        yield TargetBegan(run=opening)
        results.append(opening)
        for case in cases:
            assert isinstance(case, CaseLine)
            yield CaseEnded(line=case)
            results.append(case)
        if error:
            failed = replace(opening, error=error)
            yield TargetFailed(run=failed)
            results.append(failed)
        yield TargetEnded(target=target)
    yield RunEnded(lines=tuple(results), seconds=12.3)


def show(
    run: Iterable[Event],
    *,
    live: bool = False,
    report: Path | None = REPORT,
    verbose: bool = False,
) -> tuple[str, str]:
    """The text on the two consoles."""
    out, progress = StringIO(), StringIO()
    with Terminal(
        Console(file=out, width=80, force_terminal=False),
        Console(file=progress, width=80, force_terminal=live, _environ={"TERM": "xterm"}),
        verbose=verbose,
    ) as terminal:
        conclusion = Conclusion(terminal, report=report)
        for event in run:
            conclusion(event)
    return out.getvalue(), progress.getvalue()


def test_the_table_has_a_row_for_each_target(lines: tuple[Line, ...]) -> None:
    out, _ = show(events(line for line in lines if not line.target.startswith("php")))

    rows = [line.split() for line in out.splitlines()]
    assert [
        "target",
        "passed",
        "failed",
        "security",
        "conventions",
        "n/a",
        "unavailable",
    ] in rows
    assert ["http", "101", "-", "-", "-", "-", "-"] in rows
    assert ["python==1.0.17", "67", "15", "1", "4", "14", "-"] in rows
    assert ["ruby==1.0.223", "-", "-", "-", "-", "-", "all"] in rows


def test_a_table_that_is_too_wide_is_a_list(lines: tuple[Line, ...]) -> None:
    out, _ = show(events(lines))

    assert out.startswith(
        "\nhttp: 101 passed\n"
        "python==1.0.17: 67 passed, 15 failed (documented), 1 failed (security), 4 failed\n"
        "(convention), 14 not applicable\n"
    )
    assert "\nruby==1.0.223: all unavailable\n" in out
    assert "\nphp==1.0.160: 2 passed, 1 ended in an error, 1 never ended\n" in out


def test_each_target_is_described(lines: tuple[Line, ...]) -> None:
    out, _ = show(events(lines))

    assert "http — conforms\n" in out
    assert "Files.com 1.0.17, CPython 3.12.3; checked against the page of 1.0.17\n" in out
    assert "ruby==1.0.223 — unavailable, not tested\n" in out
    assert "What to do: Install it with: apt-get install ruby\n" in out
    assert "python==1.0.17 — does not conform: 4 causes in 16 cases\n" in out
    assert (
        "\n  Failures: 4 causes\n"
        "    The object lacks an attribute of the response (6 documented and 2 convention\n"
        "    cases)\n"
        "      The object has no server_host.\n"
        "      session.create/fields/server_host/string-emoji\n"
        "      session.create/fields/server_host/string-empty\n"
        "      session.create/fields/server_host/string-escapes\n"
        "      and 5 more cases\n"
        "    An integer of the response becomes a string (7 documented cases)\n"
    ) in out
    assert (
        "\n  Conventions not followed: 1 cause\n"
        "    The server sent nothing, and the SDK invents a boolean (2 cases)\n"
        "      The server sent no tls_disabled, and the SDK invented false.\n"
        "      session.create/fields/tls_disabled/absent\n"
        "      and 1 more case\n"
    ) in out


def test_the_end_has_the_result_the_exit_code_and_the_report(lines: tuple[Line, ...]) -> None:
    out, _ = show(events(lines))

    *_, took, report = out.splitlines()
    assert took == "Took 12.3 s; exit code 4."
    assert report == f"Report: {REPORT}"
    assert "could not be judged" in out


def test_no_line_but_the_path_is_wider_than_the_terminal(lines: tuple[Line, ...]) -> None:
    out, _ = show(events(lines))

    assert max(len(line) for line in out.splitlines()[:-1]) <= 80


def test_wrapped_lines_have_no_spaces_at_their_ends(run_of: RunOf) -> None:
    out, _ = show(events([run_of("go", unavailable="word " * 100, fix="more " * 100)]))

    _, _, description = out.partition("go — ")
    assert "\n  Why: word" in description
    assert [line for line in description.splitlines() if line != line.rstrip()] == []


def test_a_log_has_plain_lines_for_each_target(lines: tuple[Line, ...]) -> None:
    out, progress = show(events(lines))

    assert "\x1b" not in out + progress
    assert progress.splitlines()[:6] == [
        "http: preparing",
        "http: 101 cases",
        "http: ended: 101 passed",
        "python: preparing",
        "python==1.0.17: 101 cases",
        "python==1.0.17: ended: 67 passed, 20 failed, 14 not applicable",
    ]
    assert (
        "ruby==1.0.223: unavailable: Ruby is not installed: there is no program called ruby."
    ) in progress
    assert "ruby==1.0.223: ended" not in progress


def test_a_terminal_has_bars_that_disappear(lines: tuple[Line, ...]) -> None:
    out, progress = show(events(lines), live=True)

    assert "101/101" in progress
    assert progress.rstrip("\n").endswith("\x1b[2K")
    assert "\x1b" not in out


def test_the_bars_disappear_when_a_run_is_interrupted(lines: tuple[Line, ...]) -> None:
    progress = StringIO()

    def interrupted() -> None:
        with Terminal(
            Console(file=StringIO()),
            Console(file=progress, width=80, force_terminal=True, _environ={"TERM": "xterm"}),
        ) as terminal:
            for event in list(events(lines))[:50]:
                terminal(event)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert "\x1b[?25h" in progress.getvalue()


def test_an_error_that_ended_a_target_early_is_explained(lines: tuple[Line, ...]) -> None:
    error = RunError(what="The worker ended.", why="Exit code 3.", fix="Run it again.")
    out, progress = show(events(lines[:5], error))

    assert "  Why: The worker ended. Exit code 3.\n  What to do: Run it again.\n" in out
    assert "http: ended early: The worker ended. Exit code 3. Run it again.\n" in progress


def test_columns_of_zeros_are_left_out(run_of: RunOf, case_of: CaseOf) -> None:
    out, _ = show(
        events(
            [run_of("http", planned=1), case_of("http", "session.create/fields/id/null", "pass")]
        )
    )

    assert ["target", "passed", "failed"] in [line.split() for line in out.splitlines()]


def test_no_text_of_an_sdk_controls_the_terminal(run_of: RunOf, case_of: CaseOf) -> None:
    hostile = "\x1b]0;owned\x07\x1b[2J[red]markup[/red]\r\n\u202e"
    out, progress = show(
        events(
            [
                run_of(f"php@{hostile}", planned=1, checked_against=hostile),
                case_of(f"php@{hostile}", "session.create/fields/id/null", "fail", reason=hostile),
                run_of("go", unavailable=hostile, fix=hostile),
            ],
            RunError(what=hostile, why=hostile, fix=hostile),
        )
    )

    assert not {"\x1b", "\x07", "\r", "\u202e"} & set(out + progress)
    assert "[red]markup[/red]" in out


def test_a_run_without_a_target_that_began_still_ends() -> None:
    out, _ = show(
        [RunBegan(targets=("php",)), RunEnded(lines=(), seconds=0)],
        report=None,
    )

    assert out.split("\n")[-3:] == ["Nothing was tested.", "Took 0.0 s; exit code 3.", ""]


def test_a_verbose_terminal_shows_all_evidence(lines: tuple[Line, ...]) -> None:
    short, _ = show(events(lines))
    long, _ = show(events(lines), verbose=True)

    assert "--- received ---" not in short
    assert "--- received ---" in long
    assert "reproduce: conform run " in long


def test_an_untried_adapter_is_marked(run_of: RunOf, case_of: CaseOf) -> None:
    lines = (
        run_of("dotnet", planned=1, untried="It has not run on a real .NET SDK yet."),
        case_of("dotnet", "session.create/contract/create", "pass", suite="contract"),
    )

    out, _ = show(events(lines))

    assert "\n  It has not run on a real .NET SDK yet.\n" in out


def test_a_network_that_was_not_isolated_is_told(run_of: RunOf, case_of: CaseOf) -> None:
    lines = (
        run_of("python", planned=1, network="It is not Linux."),
        case_of("python", "session.create/contract/create", "pass", suite="contract"),
    )

    out, _ = show(events(lines))

    assert "\n  The network was not isolated: It is not Linux.\n" in out


def test_a_verbose_terminal_shows_the_code_that_reproduces_a_failure(
    run_of: RunOf, case_of: CaseOf
) -> None:
    failed = replace(
        case_of("python", "session.create/contract/create", "fail"), snippet="create()"
    )
    lines = (run_of("python", planned=1), failed)

    assert "--- as code ---\ncreate()" in show(events(lines), verbose=True)[0]
    assert "create()" not in show(events(lines))[0]


def test_only_the_first_causes_are_shown(run_of: RunOf, case_of: CaseOf) -> None:
    lines: list[Line] = [run_of("php", planned=8)]
    lines += [
        case_of("php", f"session.create/fields/id/case-{n}", "fail", reason=f"{n}.", cause=cause)
        for n, cause in enumerate("abcdefff")
    ]
    out, _ = show(events(lines))

    assert out.count("session.create/fields/id/") == MOST_CASES - 1 + MOST_CAUSES
    assert "\n    and 1 more cause in 1 case\n" in out


def test_a_run_of_some_cases_says_so(run_of: RunOf, case_of: CaseOf) -> None:
    some = {"planned": 1, "total": 1914, "selection": "-k max"}
    line = case_of("go", "session.create/fields/id/max", "pass")
    out, progress = show(events([run_of("go", **some), line]))

    assert "\ngo — conforms (1 of 1,914 cases chosen)\n" in out
    assert "\n  Only 1 of 1,914 cases were chosen with -k max.\n" in out
    assert "\ngo conforms (1 of 1,914 cases chosen).\n" in out
    assert "go: 1 of 1,914 cases\n" in progress


def test_an_adapter_that_was_started_again_is_on_the_card(run_of: RunOf, case_of: CaseOf) -> None:
    line = replace(case_of("go", "session.create/fields/id/max", "pass"), restarts=3)
    out, _ = show(events([run_of("go", planned=1), line]))

    assert "\n  The adapter was started again 3 times, after it crashed or hung.\n" in out


def test_an_interrupted_run_says_so(lines: tuple[Line, ...]) -> None:
    *before, ended = events(lines)
    out, _ = show([*before, replace(ended, interrupted="SIGTERM")])

    assert "Interrupted by SIGTERM; not every case was run.\n" in out
    assert "exit code 143." in out
    assert "reports/unfinished/index.html" in out


def test_two_names_of_one_target_have_one_bar(lines: tuple[Line, ...]) -> None:
    run = list(events(lines[:3]))
    _, progress = show([run[0], run[1], *run[1:]], live=True)

    assert "preparing" not in progress.splitlines()[-1]
    assert progress.count("preparing") == 1
