"""``conform cases``: list all cases, or the cases of one target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from conform.cases import Documentation
    from conform.schemas.catalog import Catalog


@click.command()
@click.argument("target", required=False)
@click.option(
    "--json", "as_json", is_flag=True, help="Print complete cases, one JSON object per line."
)
def cases(target: str | None, *, as_json: bool) -> None:
    """List all cases, or the cases of a TARGET such as python==1.0.17.

    Nothing is installed or run. The page of the target is found by the number of its release.
    """
    import msgspec

    from conform.cases import Case, Documentation, plan
    from conform.schemas.catalog import Catalog

    catalog = Catalog.load()
    if target is None:
        documentation = Documentation.of_every_variant(catalog)
    else:
        documentation = _documentation(target, catalog)
    for case in plan(catalog, documentation):
        if as_json:
            click.echo(msgspec.json.encode(case))
        elif isinstance(case, Case):
            click.echo(f"{case.id}  [{case.level}]  {case.title}")


def _documentation(target: str, catalog: Catalog) -> Documentation:
    """The documentation of a target, found by its name alone."""
    from conform.cases import Documentation
    from conform.core import manifest
    from conform.core.errors import UsageError
    from conform.targets import names

    match names.sdk(target):
        case names.SdkName(sdk=sdk, which=names.Newest()):
            release = None
        case names.SdkName(sdk=sdk, which=names.Release(version=release)):
            pass
        case _:
            raise UsageError(
                f"{target} does not name a release.",
                why="Only a run can find out which release it is.",
                fix="Name a release such as python==1.0.17, or an SDK for its newest release.",
            )
    return Documentation.of_release(manifest.named(sdk).manifest, release, catalog)
