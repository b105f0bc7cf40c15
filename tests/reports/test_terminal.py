"""What a person sees in a terminal, and what stays in a log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from io import StringIO
from pathlib import Path

from msgspec.structs import replace
import pytest
from rich.console import Console

from conform.core.errors import ExitCode
from conform.core.results import CaseLine, Line, RunLine
from conform.engine.events import Event, RunBegan, RunEnded, TargetEnded, TargetPreparing
from conform.reports.summary import Summary
from conform.reports.terminal import Terminal

Opens = Callable[..., RunLine]
Came = Callable[..., CaseLine]

REPORT = Path("a/folder/with/a/very/long/name/that/does/not/fit/on/a/line/of/80/reports/index.html")


def events(lines: Iterable[Line], fault: str = "") -> Iterator[Event]:
    """The events of a run that gives these lines."""
    every = tuple(lines)
    targets = tuple(line.target for line in every if isinstance(line, RunLine))
    yield RunBegan(targets=targets)
    for target in targets:
        yield TargetPreparing(name=target.partition("==")[0])
        mine = [line for line in every if line.target == target]
        yield from mine
        if fault and isinstance(mine[0], RunLine):
            yield replace(mine[0], fault=fault)
        yield TargetEnded(target=target)
    yield RunEnded(exit_code=Summary.of(every).exit_code(), seconds=12.3)


def show(
    happened: Iterable[Event],
    *,
    live: bool = False,
    report: Path | None = REPORT,
    verbose: bool = False,
) -> tuple[str, str]:
    """What went to the two consoles."""
    out, progress = StringIO(), StringIO()
    with Terminal(
        Console(file=out, width=80, force_terminal=False),
        Console(file=progress, width=80, force_terminal=live, _environ={"TERM": "xterm"}),
        report=report,
        verbose=verbose,
    ) as terminal:
        for event in happened:
            terminal.hear(event)
    return out.getvalue(), progress.getvalue()


def test_the_table_has_a_row_for_each_target(lines: tuple[Line, ...]) -> None:
    out, _ = show(events(lines))

    rows = [line.split() for line in out.splitlines()]
    assert [
        "target",
        "passed",
        "failed",
        "security",
        "convention",
        "n/a",
        "unavailable",
        "errors",
    ] in rows
    assert ["http", "101", "-", "-", "-", "-", "-", "-"] in rows
    assert ["python==1.0.17", "67", "15", "1", "4", "14", "-", "-"] in rows
    assert ["ruby==1.0.223", "-", "-", "-", "-", "-", "all", "-"] in rows
    assert ["php==1.0.160", "2", "-", "-", "-", "-", "-", "2"] in rows


def test_each_target_is_described(lines: tuple[Line, ...]) -> None:
    out, _ = show(events(lines))

    assert "http — conforms\n" in out
    assert "Files.com 1.0.17, CPython 3.12.3; held to the page of 1.0.17\n" in out
    assert "ruby==1.0.223 — unavailable, not tested\n" in out
    assert "What to do: Install it with: apt-get install ruby\n" in out
    assert (
        "  session.delete/contract/delete (security)\n"
        "    The request breaks the contract: the path was /api/rest/v1/sessions/None."
    ) in out
    assert "  session.create/fields/site_id/int64-beyond-double and 6 like it\n" in out
    assert "  and 2 more\n" in out


def test_the_end_names_the_answer_the_exit_code_and_the_report(lines: tuple[Line, ...]) -> None:
    out, _ = show(events(lines))

    *_, took, report = out.splitlines()
    assert took == "Took 12.3 s; exit code 4."
    assert report == f"Report: {REPORT}"
    assert "could not be judged" in out


def test_no_line_but_the_path_is_wider_than_the_terminal(lines: tuple[Line, ...]) -> None:
    out, _ = show(events(lines))

    assert max(len(line) for line in out.splitlines()[:-1]) <= 80


def test_a_log_gets_two_plain_lines_a_target(lines: tuple[Line, ...]) -> None:
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


def test_a_terminal_gets_bars_that_go_away(lines: tuple[Line, ...]) -> None:
    out, progress = show(events(lines), live=True)

    assert "101/101" in progress
    assert progress.rstrip("\n").endswith("\x1b[2K")
    assert "\x1b" not in out


def test_the_bars_go_away_when_a_run_is_interrupted(lines: tuple[Line, ...]) -> None:
    progress = StringIO()

    def interrupted() -> None:
        with Terminal(
            Console(file=StringIO()),
            Console(file=progress, width=80, force_terminal=True, _environ={"TERM": "xterm"}),
        ) as terminal:
            for event in list(events(lines))[:50]:
                terminal.hear(event)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert "\x1b[?25h" in progress.getvalue()


def test_a_fault_of_the_run_is_told(lines: tuple[Line, ...]) -> None:
    out, progress = show(events(lines[:5], fault="pytest ended with exit code 3"))

    assert "Why: pytest ended with exit code 3\n" in out
    assert "http: ended early: pytest ended with exit code 3\n" in progress


def test_columns_that_say_nothing_are_left_out(opens: Opens, came: Came) -> None:
    out, _ = show(
        events([opens("http", planned=1), came("http", "session.create/fields/id/null", "pass")])
    )

    assert ["target", "passed", "failed"] in [line.split() for line in out.splitlines()]


def test_no_text_of_an_sdk_steers_the_terminal(opens: Opens, came: Came) -> None:
    hostile = "\x1b]0;owned\x07\x1b[2J[red]markup[/red]\r\n\u202e"
    out, progress = show(
        events(
            [
                opens(f"php@{hostile}", planned=1, held_to=hostile),
                came(f"php@{hostile}", "session.create/fields/id/null", "fail", reason=hostile),
                opens("go", unavailable=hostile, fix=hostile),
            ],
            fault=hostile,
        )
    )

    assert not {"\x1b", "\x07", "\r", "\u202e"} & set(out + progress)
    assert "[red]markup[/red]" in out


def test_a_run_in_which_nothing_began_still_ends() -> None:
    out, _ = show(
        [RunBegan(targets=("php",)), RunEnded(exit_code=ExitCode.NOTHING_TESTED, seconds=0)],
        report=None,
    )

    assert out.split("\n")[-3:] == ["Nothing was tested.", "Took 0.0 s; exit code 3.", ""]


def test_all_that_was_seen_is_shown_on_demand(lines: tuple[Line, ...]) -> None:
    short, _ = show(events(lines))
    long, _ = show(events(lines), verbose=True)

    assert "--- came back ---" not in short
    assert "--- came back ---" in long
    assert "again: conform run " in long


def test_what_an_adapter_is_untried_with_is_said(opens: Opens, came: Came) -> None:
    lines = (
        opens("dotnet", planned=1, untried="It has not run on a real .NET SDK yet."),
        came("dotnet", "session.create/contract/create", "pass", suite="contract"),
    )

    out, _ = show(events(lines))

    assert "\n  It has not run on a real .NET SDK yet.\n" in out


def test_a_verbose_terminal_shows_the_code_of_a_failure(opens: Opens, came: Came) -> None:
    failed = replace(came("python", "session.create/contract/create", "fail"), snippet="create()")
    lines = (opens("python", planned=1), failed)

    assert "--- as code ---\ncreate()" in show(events(lines), verbose=True)[0]
    assert "create()" not in show(events(lines))[0]
