"""``conform explore``: try random situations on a target, and shrink those that fail."""

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
    help="The number of situations of each property.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="The seed of the random choices.",
)
@click.option(
    "--about",
    type=click.Choice(["objects", "parameters", "errors"]),
    help="Explore only properties of this topic.",
)
@click.option(
    "-k", "part", default="", metavar="TEXT", help="Explore only properties with TEXT in their id."
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=60,
    show_default=True,
    help="The time for all properties together.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write index.html, results.jsonl, junit.xml and summaries to DIR.",
)
@click.option(
    "-v", "--verbose", is_flag=True, help="Show the complete observation of each failing situation."
)
@click.option("--strict", is_flag=True, help="Conventions count for the exit code.")
def explore(
    target: str, report: Path | None, *, verbose: bool, strict: bool, **options: Any
) -> int:
    """Try random objects, parameters and errors on a TARGET such as python==1.0.17.

    They are generated from the schemas of its page. Each kind of failure is shrunk to its smallest
    situation. The same seed generates the same situations, unless something else has changed or
    time runs out.
    """
    from contextlib import ExitStack
    import time

    from conform.engine.preparation import prepare
    from conform.explore import ExploreOptions, explore_target
    from conform.explore.lines import events
    from conform.explore.text import describe
    from conform.reports.conclusion import Conclusion
    from conform.reports.recorder import Recorder
    from conform.schemas.catalog import Catalog

    chosen, start = ExploreOptions(**options), time.monotonic()
    with ExitStack() as stack:
        recorder = stack.enter_context(Recorder(report, strict=strict)) if report else None
        prepared = stack.enter_context(prepare(target, Catalog.load()))
        name, done = prepared.target.name, []
        click.echo(
            f"{name}: {prepared.documentation.sentence}; "
            f"seed {chosen.seed}, {chosen.examples} examples\n"
        )
        for explored in explore_target(prepared, chosen):
            click.echo(describe(name, explored, chosen, verbose=verbose) + "\n")
            done.append(explored)
        conclusion = Conclusion(*([recorder] if recorder else []), strict=strict)
        for event in events(prepared, done, time.monotonic() - start):
            conclusion(event)
        if report:
            click.echo(f"Report: {report / 'index.html'}")
    return conclusion.exit_code
