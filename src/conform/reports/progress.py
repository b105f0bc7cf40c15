"""Shows the progress of each target: as bars on a terminal, as plain lines in a log."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from rich import progress
from rich.table import Column
from rich.text import Text

from conform.core.results import RunLine
from conform.core.text import counted
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
from conform.reports.evidence import WORDS, sentence
from conform.reports.summary import VERDICTS
from conform.targets.names import split

if TYPE_CHECKING:
    from rich.console import Console

_NAME_WIDTH: Final = 26
_FAILURE: Final = frozenset({"fail", "error"})


class PlainProgress:
    """A listener for a log: some lines for the beginning and the end of each target."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._tallies: dict[str, Counter[str]] = {}

    def __call__(self, event: Event) -> None:
        """Take one event."""
        match event:
            case TargetPreparing(name=name):
                self._print(f"{name}: preparing")
            case TargetFailed(run=run):
                self._print(f"{run.target}: ended early: {run.error}")
            case TargetBegan(run=run) if run.unavailable:
                self._print(f"{run.target}: unavailable: {run.unavailable}")
            case TargetBegan(run=run):
                self._print(f"{run.target}: {run.part or counted(run.planned, 'case')}")
            case CaseEnded(line=line):
                self._tallies.setdefault(line.target, Counter())[line.verdict] += 1
            case TargetEnded(target=target) if tally := self._tallies.get(target):
                figures = [f"{tally[each]:,} {WORDS[each]}" for each in VERDICTS if tally[each]]
                self._print(f"{target}: ended: {', '.join(figures)}")
            case TargetEnded() | RunBegan() | RunEnded():
                pass

    def close(self) -> None:
        """Do nothing: the lines stay."""

    def _print(self, text: str) -> None:
        self._console.print(Text(sentence(text, 1000)), soft_wrap=True)


class LiveProgress:
    """A listener for a terminal: one bar for each target, until the end of the run."""

    def __init__(self, console: Console) -> None:
        self._bars = progress.Progress(
            progress.SpinnerColumn(finished_text=" "),
            progress.TextColumn(
                "{task.description}",
                markup=False,
                table_column=Column(max_width=_NAME_WIDTH, overflow="ellipsis", no_wrap=True),
            ),
            progress.BarColumn(bar_width=None),
            progress.MofNCompleteColumn(),
            progress.TextColumn(
                "{task.fields[note]}",
                markup=False,
                style="red",
                table_column=Column(width=12, no_wrap=True, overflow="ellipsis"),
            ),
            console=console,
            transient=True,
            expand=True,
        )
        self._tasks: dict[str, progress.TaskID] = {}
        self._failed: Counter[str] = Counter()
        self._bars.start()

    def __call__(self, event: Event) -> None:
        """Take one event."""
        match event:
            case TargetPreparing(name=name) if name not in self._tasks:
                self._tasks[name] = self._bars.add_task(
                    sentence(name), total=None, note="preparing"
                )
            case TargetBegan(run=run):
                self._begin(run)
            case CaseEnded(line=line):
                self._failed[line.target] += line.verdict in _FAILURE
                failed = self._failed[line.target]
                self._bars.update(
                    self._tasks[line.target], advance=1, note=f"{failed} failed" if failed else ""
                )
            case TargetEnded(target=target) if target in self._tasks:
                self._bars.stop_task(self._tasks[target])
            case TargetPreparing() | TargetFailed() | TargetEnded() | RunBegan() | RunEnded():
                pass

    def close(self) -> None:
        """Remove the bars."""
        self._bars.stop()

    def _begin(self, run: RunLine) -> None:
        """Give the bar of the name that the user wrote to the target that it means."""
        waiting = self._tasks.pop(self._named(run.target), None)
        task = self._bars.add_task("", note="") if waiting is None else waiting
        self._tasks[run.target] = task
        self._bars.update(
            task,
            description=sentence(run.target),
            total=run.planned,
            note="unavailable" if run.unavailable else "",
        )

    def _named(self, target: str) -> str:
        """The name of the waiting bar of a target: its own name, or that of its adapter."""
        adapter, _ = split(target)
        return next((name for name in (target, adapter) if name in self._tasks), target)


Progress = PlainProgress | LiveProgress
