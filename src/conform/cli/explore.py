"""``conform explore``: try random situations on a target, and shrink what fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


@click.command()
@click.argument("target", metavar="TARGET")
@click.option(
    "--examples",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    help="Try so many situations of each property.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Begin the random choices with this number.",
)
@click.option(
    "--about",
    type=click.Choice(["objects", "parameters", "errors"]),
    help="Explore this only.",
)
@click.option("-k", "part", default="", metavar="TEXT", help="Explore what has this in its id.")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=60,
    show_default=True,
    help="Stop trying after so long.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write index.html, results.jsonl, junit.xml and summaries there.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show all that was seen in failing situations.")
@click.option("--strict", is_flag=True, help="Let conventions count for the exit code.")
def explore(
    target: str, report: Path | None, *, verbose: bool, strict: bool, **options: Any
) -> int:
    """Try random objects, parameters and errors on a TARGET such as python==1.0.17.

    They are made from the schemas of its page. Each kind of failure is shrunk to its smallest
    situation. The same seed tries the same again, as long as nothing else has changed and time
    does not run out.
    """
    from contextlib import ExitStack
    import time

    from conform.engine.preparation import prepare
    from conform.explore.lines import events
    from conform.explore.target import ExploreOptions, explore_target
    from conform.explore.text import told
    from conform.reports.conclusion import Conclusion
    from conform.reports.recorder import Recorder
    from conform.schemas.catalog import Catalog

    chosen, began = ExploreOptions(**options), time.monotonic()
    with ExitStack() as stack:
        recorder = stack.enter_context(Recorder(report, strict=strict)) if report else None
        prepared = stack.enter_context(prepare(target, Catalog.load()))
        name, done = prepared.target.name, []
        click.echo(
            f"{name}: {prepared.documentation.sentence}; "
            f"seed {chosen.seed}, {chosen.examples} examples\n"
        )
        for explored in explore_target(prepared, chosen):
            click.echo(told(name, explored, chosen, verbose=verbose) + "\n")
            done.append(explored)
        conclusion = Conclusion(*([recorder] if recorder else []), strict=strict)
        for event in events(prepared, done, time.monotonic() - began):
            conclusion(event)
        if report:
            click.echo(f"Report: {report / 'index.html'}")
    return conclusion.exit_code
