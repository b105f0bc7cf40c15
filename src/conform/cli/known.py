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
    """Write what failed in RESULTS into FILE, and take out what passes.

    RESULTS is a results.jsonl or the folder of a report. What people wrote in FILE stays: reasons,
    links, releases, days of expiry and comments. A new failure goes to the first entry that is
    about its case and release, else to an entry of its own, whose reason wants to be written.
    """
    from conform.core.errors import UsageError
    from conform.core.results import read
    from conform.verdicts import known

    lines = read(results / "results.jsonl" if results.is_dir() else results)
    made = known.update(file, lines, strict=strict)
    try:
        file.write_text(made.text, "utf-8")
    except OSError as error:
        raise UsageError(
            f"{file} cannot be written.", why=f"{error.strerror}.", fix="Name another file."
        ) from error
    for failure in made.added:
        click.echo(f"+ {failure}")
    for failure in made.removed:
        click.echo(f"- {failure}")
    for place in made.unused:
        click.echo(f"Nothing fails any more of what {place} is about; take it out.")
    click.echo(f"{file}: {len(made.added)} added, {len(made.removed)} removed")
