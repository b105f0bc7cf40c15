"""``conform judge``: judge kept observations again, and report the verdicts."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from conform.cli import options

if TYPE_CHECKING:
    from rich.console import Console

    from conform.engine.rejudging import Rejudged

_MOST: Final = 10
"""How many names are shown of each kind; the option ``--verbose`` shows all."""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--suite", "suites", multiple=True, metavar="NAME", help="Judge this suite only.")
@click.option("-k", "part", default="", metavar="TEXT", help="Only cases with TEXT in their id.")
@options.report
@options.known
@click.option(
    "-v", "--verbose", is_flag=True, help="Show all evidence of failed cases, and all differences."
)
@options.strict
@click.option(
    "--allow-unavailable",
    is_flag=True,
    help="Cases that were not observed do not count for the exit code.",
)
@options.exit_zero
def judge(  # noqa: PLR0913 - one argument for each option
    folder: Path,
    suites: tuple[str, ...],
    part: str,
    report: Path | None,
    known: Path | None,
    *,
    verbose: bool,
    strict: bool,
    allow_unavailable: bool,
    exit_zero: bool,
) -> int:
    """Judge observations that `conform run TARGET --keep DIR` kept.

    Neither the SDK nor its runtime is needed. The verdicts are those of the suite at hand; those
    that differ from the verdicts of the run are listed. A case that is new, or in which something
    else is done now, was not observed: it is unavailable.
    """
    from rich.console import Console

    from conform.engine.rejudging import KeptSelection, rejudge
    from conform.reports.conclusion import Conclusion
    from conform.reports.recorder import Recorder
    from conform.reports.terminal import Terminal

    selection = KeptSelection(suites=suites, part=part, known=known)
    out, progress = Console(highlight=False), Console(stderr=True, highlight=False)
    with ExitStack() as stack:
        recorder = stack.enter_context(Recorder(report, strict=strict)) if report else None
        terminal = stack.enter_context(Terminal(out, progress, strict=strict, verbose=verbose))
        conclusion = Conclusion(
            *([recorder] if recorder else []),
            terminal,
            strict=strict,
            allow_unavailable=allow_unavailable,
            exit_zero=exit_zero,
            report=report / "index.html" if report else None,
        )
        judged = rejudge(folder, selection, [conclusion])
    for each in judged:
        _print_differences(out, each, most=None if verbose else _MOST)
    return conclusion.exit_code


def _print_differences(out: Console, judged: Rejudged, most: int | None) -> None:
    """Print what is not as it was in the run; at most so many cases of each kind."""
    from conform.core.text import counted

    target = judged.run.target
    differ = "verdict differs" if len(judged.differences) == 1 else "verdicts differ"
    _print_list(
        out,
        f"{target}: {len(judged.differences):,} {differ} from the run:",
        tuple(map(str, judged.differences)),
        most,
    )
    for cases, noun, what in (
        (judged.new, "new case", "not observed"),
        (judged.changed, "changed case", "not observed as it is now"),
        (judged.removed, "removed case", "not judged"),
    ):
        _print_list(out, f"{target}: {counted(len(cases), noun)}, {what}:", cases, most)


def _print_list(out: Console, heading: str, items: tuple[str, ...], most: int | None) -> None:
    from rich.text import Text

    from conform.reports.evidence import sentence

    if not items:
        return
    out.print()
    out.print(Text(sentence(heading)), soft_wrap=True)
    for item in items[:most]:
        out.print(Text(f"  {sentence(item, 1000)}"), soft_wrap=True)
    if most is not None and len(items) > most:
        out.print(Text(f"  and {len(items) - most:,} more; -v shows all", style="dim"))
