"""``conform cases``: list the cases there are, or those of a target."""

from __future__ import annotations

import click


@click.command()
@click.argument("target", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print whole cases, one JSON object a line.")
def cases(target: str | None, *, as_json: bool) -> None:
    """List every case, or those that apply to a TARGET such as python==1.0.17.

    Nothing is installed or run: a release is held to its page by its number alone.
    """
    import msgspec

    from conform.cases.model import Case
    from conform.cases.plan import planned_for
    from conform.schemas.catalog import Catalog

    for case in planned_for(target, Catalog.load()):
        if as_json:
            click.echo(msgspec.json.encode(case))
        elif isinstance(case, Case):
            click.echo(f"{case.id}  [{case.level}]  {case.title}")
