"""``conform targets``: list what can be tested here, and what is missing."""

from __future__ import annotations

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each adapter.")
def targets(*, as_json: bool) -> None:
    """List all adapters: their runtimes, what is missing and how to get it, cached releases."""
    import json

    from conform.targets.survey import survey

    for each in survey():
        if as_json:
            click.echo(json.dumps(each.as_json()))
            continue
        click.echo(f"{each.name}  {each.language}: {each.state}")
        for line in each.notes:
            click.echo(f"    {line}")
