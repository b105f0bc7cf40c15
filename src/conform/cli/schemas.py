"""``conform schemas``: writes, checks and compares the JSON Schemas."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from conform.core.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from conform.schemas.compare import VariantCell, VariantMatrix
    from conform.schemas.shape import Shape
    from conform.schemas.source import Variants

_PAGE: Final = click.Path(path_type=Path)


@click.group()
def schemas() -> None:
    """Write, check and compare the JSON Schemas of documented objects."""


@schemas.command()
@click.argument("pages", type=_PAGE, nargs=-1)
@click.option("--out", type=_PAGE, help="The folder for the schemas of PAGES.")
def build(pages: tuple[Path, ...], out: Path | None) -> None:
    """Write the schemas of the resources on PAGES, or the project's own schemas from its facts."""
    from conform.cli.formats import format_files
    from conform.schemas.build import schema_files, unnamed

    if bool(pages) != (out is not None):
        raise UsageError(
            "Pages need a folder, and a folder needs pages.",
            why="The schemas of pages are written to the folder that --out names.",
            fix="Give both, or neither to write the project's own schemas.",
        )
    if out is not None:
        _build_pages(pages, out)
        return
    for name in (*schema_files().write(), *format_files().write()):
        click.echo(name)
    for name in unnamed():
        click.echo(f"The variant {name} needs a name in schemas/session/names.json.", err=True)


@schemas.command()
def check() -> None:
    """Fail if a schema or a file of facts is not exactly what its source generates."""
    from conform.cli.formats import format_files
    from conform.schemas.build import schema_files

    click.echo(f"All {schema_files().check()} schema files are what the facts generate.")
    click.echo(f"All {format_files().check()} format schemas are what the code generates.")


@schemas.command()
@click.argument("names", nargs=-1, metavar="[OLD NEW]")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json", "html"]),
    default="text",
)
def compare(names: tuple[str, ...], form: str) -> None:
    """Show attribute × variant, or what a change from OLD to NEW breaks, and for whom.

    OLD and NEW are variants, such as compact, or releases, such as python==1.0.17. Exits with 1
    if something breaks.
    """
    from conform.schemas import compare as comparing
    from conform.schemas.source import SchemaSource

    variants = SchemaSource.load().variants()
    match names:
        case ():
            _print_matrix(comparing.matrix(variants), form)
        case (old, new):
            _compare(_shape(old, variants), _shape(new, variants), form)
        case _:
            raise UsageError(
                "One name cannot be compared.",
                why="A comparison needs an old and a new variant.",
                fix="Name two variants, or none to see all of them.",
            )


def _build_pages(pages: tuple[Path, ...], out: Path) -> None:
    from conform.core.generated import write_whole
    from conform.core.text import counted
    from conform.documents.meanings import Meanings
    from conform.schemas import resources
    from conform.schemas.source import SchemaSource

    built = resources.build(pages, SchemaSource.load().glossary, Meanings.load())
    for name, content in built.files.items():
        write_whole(out / name, content)
    for name in built.dangling:
        click.echo(f"{name} has no page here: references to it accept every object.")
    click.echo(f"{counted(len(built.files), 'schema')} written to {out}.")


def _shape(name: str, variants: Variants) -> Shape:
    from packaging.version import InvalidVersion, Version

    from conform.schemas.catalog import Catalog
    from conform.targets import names

    catalog = Catalog.load()
    sdk, rest = names.split(name)
    if not rest.startswith("=="):
        return variants[catalog.variant(name).variant][0]
    release = rest.removeprefix("==")
    try:
        version = Version(release)
    except InvalidVersion as error:
        raise UsageError(
            f"{release!r} is not a valid release.",
            why="Releases are ordered by their numbers.",
            fix="Write it like python==1.0.17.",
        ) from error
    return variants[catalog.page_of(sdk, version).variant][0]


def _compare(old: Shape, new: Shape, form: str) -> None:
    import msgspec

    from conform.schemas.compare import changes

    found = changes(old, new)
    match form:
        case "json":
            click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2))
        case "text":
            for change in found:
                click.echo(f"{_BREAKS[change.breaks]:16} {change.where} {change.what}")
        case _:
            rows = [(_BREAKS[each.breaks], each.where, each.what) for each in found]
            _print_table(("", "where", "what"), [*rows], form)
    if any(change.breaks != "nobody" for change in found):
        raise click.exceptions.Exit(ExitCode.DOES_NOT_CONFORM)


_BREAKS: Final = {
    "readers": "breaks readers",
    "writers": "breaks writers",
    "nobody": "breaks nobody",
}


def _print_matrix(matrix: VariantMatrix, form: str) -> None:
    import msgspec

    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(matrix), indent=2))
        return
    if form == "text":
        _print_table(("attribute", "as", "variants", "also spelt"), _grouped(matrix), form)
        return
    rows: list[tuple[str, ...]] = []
    for row in matrix.rows:
        several = len(row.meanings) > 1
        found = [row.cells.get(variant) for variant in matrix.variants]
        cells = [
            " ".join((_cell(cell, meaning=several), *(cell.spellings if cell else ())))
            for cell in found
        ]
        rows.append((row.name, *cells))
    _print_table(("attribute", *matrix.variants), rows, form)


def _grouped(matrix: VariantMatrix) -> list[tuple[str, ...]]:
    """One row for each form of each attribute, since the variants do not fit side by side."""
    rows: list[tuple[str, ...]] = []
    for row in matrix.rows:
        forms: dict[str, list[str]] = {}
        for variant, cell in row.cells.items():
            forms.setdefault(_cell(cell, meaning=len(row.meanings) > 1), []).append(variant)
        name = row.name
        spellings = ", ".join(
            sorted({each for cell in row.cells.values() for each in cell.spellings})
        )
        for form, variants in forms.items():
            every = len(variants) == len(matrix.variants)
            rows.append((name, form, "all" if every else ", ".join(variants), spellings))
            name = spellings = ""
    return rows


def _cell(cell: VariantCell | None, *, meaning: bool) -> str:
    if cell is None:
        return "–"
    words = [cell.type + "?" * cell.nullable]
    if cell.presence != "always":
        words.append(f"({cell.presence})")
    if meaning and cell.meaning:
        words.append(f"= {cell.meaning}")
    return " ".join(words)


def _print_table(header: tuple[str, ...], rows: list[tuple[str, ...]], form: str) -> None:
    match form:
        case "markdown":
            for row in (header, ("---",) * len(header), *rows):
                click.echo(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |")
        case "html":
            click.echo(_html(header, rows))
        case _:
            from rich.console import Console
            from rich.table import Table
            from rich.text import Text

            table = Table(*header)
            for row in rows:
                table.add_row(*map(Text, row))
            Console().print(table)


def _html(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    from jinja2 import Environment, PackageLoader

    environment = Environment(loader=PackageLoader("conform.cli"), autoescape=True)
    return environment.get_template("comparison.html").render(header=header, rows=rows)
