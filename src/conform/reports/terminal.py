"""Tells a person how far a run is, and at its end what came of it.

Progress goes to one console and the summary to another, so that ``conform run … > summary.txt``
still shows how far it is.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from rich.box import SIMPLE_HEAD
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from conform.events import Event, RunEnded
from conform.reports.evidence import narrative, sentence
from conform.reports.progress import Live, Plain, Progress
from conform.reports.summary import (
    Broken,
    Conforms,
    Deviates,
    Likeness,
    Standing,
    Summary,
    TargetSummary,
    Unavailable,
    Untested,
)
from conform.results import CaseLine, Line, RunLine, in_order

if TYPE_CHECKING:
    from rich.console import Console

MOST_FAILURES: Final = 5
"""How many kinds of failure of a target are shown; the report has every case."""


class Terminal:
    """A listener that speaks to a person.

    Used as a context manager, so that the progress bar goes away whatever ends the run.

    Args:
        out: where the summary goes.
        progress: where progress goes while the run lasts; live if it is a terminal.
        report: the path of the report, named at the end; none where none is written.
        strict: conventions count.
        verbose: everything about each case that did not come to a good end is shown.
    """

    def __init__(
        self,
        out: Console,
        progress: Console,
        *,
        report: Path | None = None,
        strict: bool = False,
        verbose: bool = False,
    ) -> None:
        self._out = out
        self._report = report
        self._strict = strict
        self._verbose = verbose
        self._lines: list[Line] = []
        self._progress: Progress = Live(progress) if progress.is_terminal else Plain(progress)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.close()

    def hear(self, event: Event) -> None:
        """Takes one event."""
        self._progress.hear(event)
        match event:
            case RunLine() | CaseLine():
                self._lines.append(event)
            case RunEnded():
                self._progress.close()
                self._conclude(event)
            case _:
                pass

    def _conclude(self, ended: RunEnded) -> None:
        names = sorted(line.target for line in self._lines if isinstance(line, RunLine))
        summary = Summary.of(in_order(self._lines, names))
        self._out.print()
        if summary.targets:
            self._out.print(_table(summary))
        for target in summary.targets:
            standing = target.standing(strict=self._strict)
            _describe(self._out, target, standing)
        if self._verbose:
            self._tell_all()
        answer = summary.answer(strict=self._strict)
        conforms = not summary.exit_code(strict=self._strict)
        style = "bold green" if conforms else "bold red"
        self._out.print()
        self._out.print(Text(sentence(answer, 2000), style=style))
        self._out.print(Text(f"Took {ended.seconds:.1f} s; exit code {int(ended.exit_code)}."))
        if self._report is not None:
            # A path is there to be copied: it is never broken over two lines.
            self._out.print(Text(f"Report: {self._report}"), soft_wrap=True)

    def _tell_all(self) -> None:
        for line in self._lines:
            if isinstance(line, CaseLine) and line.verdict in {"fail", "error"}:
                self._out.print()
                self._out.rule(Text(sentence(f"{line.target}  {line.case}"), style="cyan"))
                self._out.print(Text(narrative(line)), soft_wrap=True)


# ── the summary ──────────────────────────────────────────────────────────────────────────────────


_ALL: Final = -1


def _unavailable(target: TargetSummary) -> int:
    return _ALL if target.run.unavailable else target.count("unavailable")


_COLUMNS: Final[tuple[tuple[str, str, Callable[[TargetSummary], int]], ...]] = (
    ("passed", "green", lambda target: target.count("pass")),
    ("failed", "bold red", lambda target: target.count("fail", level="documented")),
    ("security", "bold red", lambda target: target.count("fail", level="security")),
    ("convention", "yellow", lambda target: target.count("fail", level="convention")),
    ("known", "magenta", lambda target: target.count("known-failure")),
    ("n/a", "", lambda target: target.count("not-applicable")),
    ("unavailable", "bold yellow", _unavailable),
    ("errors", "bold magenta", lambda target: target.count("error") + target.missing),
)
_ALWAYS: Final = ("passed", "failed")


def _table(summary: Summary) -> Table:
    """A row for each target; columns that say nothing of any target are left out."""
    columns = [
        (heading, style, figure)
        for heading, style, figure in _COLUMNS
        if heading in _ALWAYS or any(map(figure, summary.targets))
    ]
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), header_style="bold", show_edge=False)
    table.add_column("target", overflow="fold")
    for heading, _, _ in columns:
        table.add_column(heading, justify="right", no_wrap=True)
    for target in summary.targets:
        figures = (_figure(figure(target), style) for _, style, figure in columns)
        table.add_row(Text(sentence(target.name)), *figures)
    return table


def _figure(number: int, style: str) -> Text:
    if not number:
        return Text("-", style="dim")
    return Text("all" if number == _ALL else f"{number:,}", style=style)


def _describe(out: Console, target: TargetSummary, standing: Standing) -> None:
    out.print()
    out.print(
        Text.assemble(
            Text(sentence(target.name), style="bold"), " — ", Text(str(standing), _style(standing))
        )
    )
    for note in _notes(target, standing):
        _say(out, Text(note), indent=2)
    listed = target.likenesses
    for likeness in listed[:MOST_FAILURES]:
        _say(out, _failure(likeness), indent=2)
        _say(out, Text(sentence(likeness.first.reason)), indent=4)
    if left := sum(likeness.cases for likeness in listed[MOST_FAILURES:]):
        _say(out, Text(f"and {left:,} more", style="dim"), indent=2)


def _say(out: Console, text: Text, *, indent: int) -> None:
    out.print(Padding(text, (0, 0, 0, indent), expand=False))


def _notes(target: TargetSummary, standing: Standing) -> list[str]:
    run = target.run
    programs = [
        sentence(f"{program.name} {program.version}")
        for program in (run.sdk, run.runtime)
        if program is not None
    ]
    notes = ["; ".join([*([", ".join(programs)] if programs else []), sentence(run.terms)])]
    if run.untried:
        notes += [sentence(run.untried)]
    if run.fault:
        notes += [f"Why: {sentence(run.fault, 1000)}"]
    if isinstance(standing, Unavailable):
        notes += [f"Why: {sentence(standing.reason, 1000)}"]
        notes += [f"What to do: {sentence(standing.fix, 1000)}"] if standing.fix else []
    return [note for note in (each.strip("; ") for each in notes) if note]


def _failure(likeness: Likeness) -> Text:
    failure, others = likeness.first, likeness.cases - 1
    level = "" if failure.level == "documented" else f" ({failure.level})"
    more = f" and {others:,} like it" if others else ""
    return Text.assemble(Text(sentence(failure.case), style="cyan"), level, (more, "dim"))


def _style(standing: Standing) -> str:
    match standing:
        case Conforms():
            return "green"
        case Deviates():
            return "red"
        case Unavailable() | Untested():
            return "yellow"
        case Broken():
            return "magenta"
