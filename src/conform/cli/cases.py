"""``conform cases``: list the cases there are, or those of a target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from conform.cases.model import Planned
    from conform.schemas.catalog import Catalog


@click.command()
@click.argument("target", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print whole cases, one JSON object a line.")
def cases(target: str | None, *, as_json: bool) -> None:
    """List every case, or those that apply to a TARGET such as python==1.0.17.

    Nothing is installed or run: a release is held to its page by its number alone.
    """
    import msgspec

    from conform.cases.model import Case
    from conform.cases.plan import every_variant, plan
    from conform.schemas.catalog import Catalog

    catalog = Catalog.load()
    if target is None:
        planned = plan(catalog, every_variant(catalog), held_to="any known page")
    else:
        planned = _planned(target, catalog)
    for case in planned:
        if as_json:
            click.echo(msgspec.json.encode(case))
        elif isinstance(case, Case):
            click.echo(f"{case.id}  [{case.level}]  {case.title}")


def _planned(target: str, catalog: Catalog) -> tuple[Planned, ...]:
    """The cases of a target as its name alone gives reason for them."""
    from packaging.version import InvalidVersion, Version

    from conform.errors import UsageError
    from conform.stand import Pages, subject_of
    from conform.targets import manifest, names

    match names.parse(target, manifest.known()):
        case names.SdkName(sdk=sdk, which=names.Newest()):
            release = None
        case names.SdkName(sdk=sdk, which=names.Release(version=release)):
            try:
                Version(release)
            except InvalidVersion:
                raise UsageError(
                    f"{release!r} is no release number.",
                    why="Releases are held to a page by their number.",
                    fix=f"Write it like {sdk}==1.0.17.",
                ) from None
        case _:
            raise UsageError(
                f"{target} has no release in its name.",
                why="Only a run finds out which release it is.",
                fix="Name a release, or an SDK for its newest one.",
            )
    known = manifest.named(sdk).manifest
    return Pages.of_release(known, release, catalog).plan(catalog, subject_of(known, release))
