"""Tells a person how far a run is, and at its end what came of it.

Progress goes to one console and the summary to another, so that ``conform run … > summary.txt``
still shows how far it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, Self

from rich.box import SIMPLE_HEAD
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from conform.core.results import CaseLine, Line
from conform.engine.events import Event
from conform.reports.conclusion import RunConcluded
from conform.reports.evidence import narrative, sentence
from conform.reports.figures import Figure
from conform.reports.progress import Live, Plain, Progress
from conform.reports.summary import (
    Conforming,
    Likeness,
    Nonconforming,
    Standing,
    SuiteFailed,
    Summary,
    TargetSummary,
    Unavailable,
    Unfinished,
    Untested,
)

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
        strict: conventions count.
        verbose: everything about each case that did not come to a good end is shown.
    """

    def __init__(
        self,
        out: Console,
        progress: Console,
        *,
        strict: bool = False,
        verbose: bool = False,
    ) -> None:
        self._out = out
        self._strict = strict
        self._verbose = verbose
        self._progress: Progress = Live(progress) if progress.is_terminal else Plain(progress)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.close()

    def __call__(self, event: Event | RunConcluded) -> None:
        """Take one event."""
        match event:
            case RunConcluded():
                self._progress.close()
                self._conclude(event)
            case _:
                self._progress(event)

    def _conclude(self, run: RunConcluded) -> None:
        summary = run.summary
        self._out.print()
        if summary.targets:
            self._out.print(_table(summary))
        for target in summary.targets:
            standing = target.standing(strict=self._strict)
            _describe(self._out, target, standing)
        if self._verbose:
            self._tell_all(run.lines)
        answer = summary.answer(strict=self._strict)
        conforms = not summary.exit_code(strict=self._strict)
        style = "bold green" if conforms else "bold red"
        self._out.print()
        if run.interrupted:
            self._out.print(Text(f"Interrupted by {run.interrupted}; not every case was run."))
        self._out.print(Text(sentence(answer, 2000), style=style))
        self._out.print(Text(f"Took {run.seconds:.1f} s; exit code {run.exit_code}."))
        if run.report is not None:
            # A path is there to be copied: it is never broken over two lines.
            self._out.print(Text(f"Report: {run.report}"), soft_wrap=True)

    def _tell_all(self, lines: Iterable[Line]) -> None:
        for line in lines:
            if isinstance(line, CaseLine) and line.verdict in {"fail", "error"}:
                self._out.print()
                self._out.rule(Text(sentence(f"{line.target}  {line.case}"), style="cyan"))
                self._out.print(Text(narrative(line)), soft_wrap=True)


# ── the summary ──────────────────────────────────────────────────────────────────────────────────


_STYLES: Final = {
    "pass": "green",
    "fail": "bold red",
    "security": "bold red",
    "convention": "yellow",
    "known": "magenta",
    "inconclusive": "bold yellow",
    "unavailable": "bold yellow",
    "error": "bold magenta",
    "missing": "bold magenta",
}


def _table(summary: Summary) -> Table:
    """A row for each target; columns that say nothing of any target are left out."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), header_style="bold", show_edge=False)
    table.add_column("target", overflow="fold")
    for figure in summary.figures:
        table.add_column(figure.heading, justify="right", no_wrap=True)
    for target in summary.targets:
        cells = (_cell(target, figure) for figure in summary.figures)
        table.add_row(Text(sentence(target.name)), *cells)
    return table


def _cell(target: TargetSummary, figure: Figure) -> Text:
    style = _STYLES.get(figure.name, "")
    if target.is_all(figure):
        return Text("all", style=style)
    number = target.figure(figure)
    return Text(f"{number:,}", style=style) if number else Text("-", style="dim")


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
    if run.error:
        notes += [f"Why: {sentence(f'{run.error.what} {run.error.why}', 1000)}"]
        notes += [f"What to do: {sentence(run.error.fix, 1000)}"] if run.error.fix else []
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
        case Conforming():
            return "green"
        case Nonconforming():
            return "red"
        case Unavailable() | Untested():
            return "yellow"
        case SuiteFailed() | Unfinished():
            return "magenta"
