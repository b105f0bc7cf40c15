"""``conform cases``: list the cases there are, or those of a target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from conform.schemas.catalog import Catalog, Held


@click.command()
@click.argument("target", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print whole cases, one JSON object a line.")
def cases(target: str | None, *, as_json: bool) -> None:
    """List every case, or those that apply to a TARGET such as python==1.0.17.

    Nothing is installed or run: a release is held to its page by its number alone.
    """
    import msgspec

    from conform.cases.model import Case
    from conform.cases.plan import plan
    from conform.schemas.catalog import Catalog

    catalog = Catalog.load()
    pages, held_to = _held(target, catalog)
    for case in plan(catalog, pages, held_to=held_to):
        if as_json:
            click.echo(msgspec.json.encode(case))
        elif isinstance(case, Case):
            click.echo(f"{case.id}  [{case.level}]  {case.title}")


def _held(target: str | None, catalog: Catalog) -> tuple[tuple[Held, ...], str]:
    """The pages a target is held to by its name alone, and how they are called."""
    from packaging.version import InvalidVersion, Version

    from conform.cases.plan import every_variant
    from conform.errors import UsageError
    from conform.targets import manifest, names

    if target is None:
        return every_variant(catalog), "any known page"
    match names.parse(target, manifest.known()):
        case names.SdkName(sdk=sdk) if sdk not in catalog.sdks:
            return every_variant(catalog), "any known page"
        case names.SdkName(sdk=sdk, which=names.Newest()):
            held = catalog.held(sdk, None)
        case names.SdkName(sdk=sdk, which=names.Release(version=text)):
            try:
                held = catalog.held(sdk, Version(text))
            except InvalidVersion:
                raise UsageError(
                    f"{text!r} is no release number.",
                    why="Releases are held to a page by their number.",
                    fix=f"Write it like {sdk}==1.0.17.",
                ) from None
        case _:
            raise UsageError(
                f"{target} has no release in its name.",
                why="Only a run finds out which release it is.",
                fix="Name a release, or an SDK for its newest one.",
            )
    return (held,), f"the page of {sdk} {held.release}"
