"""``conform known``: maintain a list of known failures."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def known() -> None:
    """Maintain a list of known failures for `conform run --known`."""


@known.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.argument("results", type=click.Path(path_type=Path), metavar="RESULTS")
@click.option("--strict", is_flag=True, help="Add failures of conventions, too.")
def update(file: Path, results: Path, *, strict: bool) -> None:
    """Add the failures in RESULTS to FILE, and remove the failures that now pass.

    RESULTS is a results.jsonl or the folder of a report. FILE keeps everything that people wrote:
    reasons, links, releases, expiry dates and comments. A new failure is added to the first entry
    for its case and release. If there is none, a new entry is added; write its reason yourself. A
    list of an older schema is migrated.
    """
    from conform.core.generated import write_whole
    from conform.core.results import read
    from conform.verdicts import known

    lines = read(results / "results.jsonl" if results.is_dir() else results)
    updated = known.update(file, lines, strict=strict)
    write_whole(file, updated.text.encode())
    for failure in updated.added:
        click.echo(f"+ {failure}")
    for failure in updated.removed:
        click.echo(f"- {failure}")
    for failure in updated.lost:
        click.echo(f"? {failure}: not in these results, so removed; update with its results, too")
    for place in updated.unused:
        click.echo(f"The entry at {place} has no failures left; remove it.")
    click.echo(f"{file}: {len(updated.added)} added, {len(updated.removed)} removed")
