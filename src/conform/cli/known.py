"""``conform known``: keep the list of known failures."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def known() -> None:
    """Keep a list of failures that are known, for `conform run --known`."""


@known.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.argument("results", type=click.Path(path_type=Path), metavar="RESULTS")
@click.option("--strict", is_flag=True, help="List conventions that are not followed too.")
def update(file: Path, results: Path, *, strict: bool) -> None:
    """Write what failed in RESULTS into FILE, and remove what passes.

    RESULTS is a results.jsonl or the folder of a report. What people wrote in FILE stays: reasons,
    links, releases, expiry dates and comments. A new failure goes to the first entry that covers
    its case and release, else to an entry of its own, whose reason you should write. A list of an
    older schema is migrated.
    """
    from conform.core.generated import write_whole
    from conform.core.results import read
    from conform.verdicts import known

    lines = read(results / "results.jsonl" if results.is_dir() else results)
    made = known.update(file, lines, strict=strict)
    write_whole(file, made.text.encode())
    for failure in made.added:
        click.echo(f"+ {failure}")
    for failure in made.removed:
        click.echo(f"- {failure}")
    for failure in made.lost:
        click.echo(f"? {failure}: not in these results; update with its results, too")
    for place in made.unused:
        click.echo(f"Every failure of {place} passes now; remove the entry.")
    click.echo(f"{file}: {len(made.added)} added, {len(made.removed)} removed")
