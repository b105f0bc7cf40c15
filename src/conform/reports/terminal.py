"""Shows the progress of a run on a terminal, and its summary at the end.

Progress and summary go to two consoles, so that ``conform run … > summary.txt`` still shows the
progress.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final, Self

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from conform.core.results import CaseLine, Line
from conform.core.text import counted
from conform.engine.events import Event
from conform.reports.causes import Cause
from conform.reports.conclusion import RunConcluded
from conform.reports.evidence import case_text, sentence
from conform.reports.figures import FIGURES, Figure
from conform.reports.progress import LiveProgress, PlainProgress, Progress
from conform.reports.standings import (
    Conforming,
    Inconclusive,
    Nonconforming,
    Standing,
    SuiteFailed,
    Unavailable,
    Unfinished,
    Untested,
)
from conform.reports.summary import Summary, TargetSummary

if TYPE_CHECKING:
    from rich.console import Console

MOST_CAUSES: Final = 5
"""How many causes of each group are shown for each target; the report has every cause."""
MOST_CASES: Final = 3
"""How many cases of each cause are shown; of a convention only one."""


class Terminal:
    """A listener that writes for people.

    Use it as a context manager, so that the progress bars disappear at any end of the run.

    Args:
        out: the console for the summary.
        progress: the console for the progress; bars if it is a terminal, else plain lines.
        strict: conventions count.
        verbose: show everything about each case that failed or ended in an error.
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
        self._progress: Progress = (
            LiveProgress(progress) if progress.is_terminal else PlainProgress(progress)
        )

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
            self._out.print(_overview(summary, self._out))
        for target in summary.targets:
            _describe(self._out, target, strict=self._strict)
        if self._verbose:
            self._show_cases(run.lines)
        answer = summary.answer(strict=self._strict)
        conforms = not summary.exit_code(strict=self._strict)
        style = "bold green" if conforms else "bold red"
        self._out.print()
        if run.interrupted:
            self._out.print(Text(f"Interrupted by {run.interrupted}; not every case was run."))
        self._out.print(Text(sentence(answer, 2000), style=style))
        self._out.print(Text(f"Took {run.seconds:.1f} s; exit code {run.exit_code}."))
        if run.report is not None:
            # Without a line break, the path can be copied.
            self._out.print(Text(f"Report: {run.report}"), soft_wrap=True)

    def _show_cases(self, lines: Iterable[Line]) -> None:
        for line in lines:
            if isinstance(line, CaseLine) and line.verdict in {"fail", "error"}:
                self._out.print()
                self._out.rule(Text(sentence(f"{line.target}  {line.case}"), style="cyan"))
                self._out.print(Text(case_text(line)), soft_wrap=True)


# ── the summary ──────────────────────────────────────────────────────────────────────────────────


_WIDEST: Final = 10_000
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


def _overview(summary: Summary, out: Console) -> RenderableType:
    """The figures of all targets: a table, or a list if the table is too wide."""
    table = _table(summary)
    needed = out.measure(table, options=out.options.update_width(_WIDEST)).minimum
    return table if needed <= out.width else Group(*map(_figures, summary.targets))


def _figures(target: TargetSummary) -> Text:
    figures = [figure for figure in FIGURES if target.figure(figure) or target.is_all(figure)]
    words = (f"{target.figure(each) or 'all'} {each.words}" for each in figures)
    return Text(sentence(f"{target.name}: {', '.join(words) or 'no case'}"))


def _table(summary: Summary) -> Table:
    """A row for each target, without columns that are zero for all targets."""
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


def _describe(out: Console, target: TargetSummary, *, strict: bool) -> None:
    style = _style(target.standing(strict=strict))
    verdict = Text(target.verdict(strict=strict), style)
    out.print()
    _print(out, Text.assemble((sentence(target.name), "bold"), " — ", verdict), indent=0)
    for note in _notes(target):
        _print(out, Text(note), indent=2)
    for group in target.groups:
        out.print()
        _print(out, Text(group.heading, style="bold"), indent=2)
        for cause in group.causes[:MOST_CAUSES]:
            _print_cause(out, cause)
        if left := group.left_after(MOST_CAUSES):
            _print(out, Text(f"and {left}", style="dim"), indent=4)


def _print_cause(out: Console, cause: Cause) -> None:
    _print(out, Text.assemble(sentence(cause.title), (f" ({cause.extent})", "dim")), indent=4)
    _print(out, Text(sentence(cause.reason), style="dim"), indent=6)
    shown = cause.cases[: 1 if cause.is_convention else MOST_CASES]
    for each in shown:
        _print(out, Text(sentence(each.case), style="cyan"), indent=6)
    if left := len(cause.cases) - len(shown):
        _print(out, Text(f"and {counted(left, 'more case')}", style="dim"), indent=6)


def _print(out: Console, text: Text, *, indent: int) -> None:
    for line in text.wrap(out, out.width - indent):
        line.rstrip()
        out.print(Text(" " * indent).append_text(line))


def _notes(target: TargetSummary) -> Iterator[str]:
    run = target.run
    programs = ", ".join(f"{each.name} {each.version}" for each in (run.sdk, run.runtime) if each)
    if about := "; ".join(filter(None, (programs, run.terms))):
        yield sentence(about, 1000)
    yield from map(sentence, target.notes)
    if problem := target.problem:
        yield f"Why: {sentence(problem.why, 1000)}"
        if problem.fix:
            yield f"What to do: {sentence(problem.fix, 1000)}"


def _style(standing: Standing) -> str:
    match standing:
        case Conforming():
            return "green"
        case Nonconforming():
            return "red"
        case Unavailable() | Inconclusive() | Untested():
            return "yellow"
        case SuiteFailed() | Unfinished():
            return "magenta"
