"""``conform docs``: reads documentation pages, and says what is wrong on them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from conform.core.errors import ExitCode
from conform.documents.sdks import pages

if TYPE_CHECKING:
    from conform.documents.findings import Finding
    from conform.documents.page import Document, PageEntry

_PAGE: Final = click.Path(path_type=Path)
_SDKS: Final = click.Choice(tuple(pages()))


@click.group()
def docs() -> None:
    """Read documentation pages, and say what is wrong on them."""


@docs.command()
@click.argument("page", type=_PAGE)
@click.option("--json", "as_json", is_flag=True, help="Print the whole document as JSON.")
def read(page: Path, *, as_json: bool) -> None:
    """Show what PAGE documents."""
    import msgspec

    from conform.documents import reader

    document = reader.read(page)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(document), indent=2))
    else:
        _show(document)


@docs.command()
@click.argument("checkout", type=_PAGE)
@click.option("--json", "as_json", is_flag=True, help="Print the figures and findings as JSON.")
def coverage(checkout: Path, *, as_json: bool) -> None:
    """Account for every attribute and parameter on the pages of the SDK in CHECKOUT."""
    import msgspec

    from conform.documents import coverage as measuring

    found = measuring.measure(checkout)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2))
    else:
        for each in found.findings:
            click.echo(f"{each.page}:{each.finding.line}: {each.finding.what}")
        for line in found.unaccounted:
            click.echo(f"{line}: This line is not accounted for.")
        for page in found.skipped:
            click.echo(f"{page.page}: Skipped. {page.why}")
        click.echo(
            f"{found.pages} pages, {found.lines} lines that start an attribute or a parameter: "
            f"{found.parsed} parsed, {len(found.unaccounted)} not accounted for "
            f"({found.share:.2%} are), {found.unknown_types} unknown types, "
            f"{len(found.skipped)} pages skipped."
        )
    if found.unaccounted or found.findings:
        raise click.exceptions.Exit(ExitCode.DOES_NOT_CONFORM)


@docs.command("import")
@click.option("--sdk", type=_SDKS, required=True, help="Whose checkout it is.")
@click.option(
    "--into", type=_PAGE, help="The folder of schemas to write to; the project's own without it."
)
@click.argument("checkout", type=_PAGE)
def import_(checkout: Path, sdk: str, into: Path | None) -> None:
    """Find the pages of Session in all releases of the git CHECKOUT, and write their facts.

    Then run `conform schemas build`, which makes schemas and catalog from the facts.
    """
    from conform.documents.git import Repository
    from conform.documents.history import walk
    from conform.documents.meanings import Meanings
    from conform.schemas import source

    repository = Repository(checkout)
    history = walk(repository, pages()[sdk].checkout[0])
    facts = history.facts(sdk, Meanings.load(into and into / "meanings.json"))
    changed = source.write_facts(sdk, facts, into)
    for page in facts:
        ranges = ", ".join(f"{each.first}–{each.last}" for each in page.releases)
        click.echo(f"{source.path_of(page)}: {len(page.attributes)} attributes, {ranges}")
    for why, releases in history.reasons().items():
        shown = ", ".join(releases[:3]) + (", …" if len(releases) > len(releases[:3]) else "")
        click.echo(f"{len(releases)} releases skipped. {why} {shown}")
    if repository.is_shallow:
        click.echo("The clone is shallow: releases whose tags it lacks were not looked at.")
    click.echo(
        f"{history.releases} releases, {len(facts)} distinct pages, {len(changed)} files changed."
    )


@docs.command()
@click.argument("pages", type=_PAGE, nargs=-1, required=True)
@click.option("--sdk", type=_SDKS, help="Whose pages they are; found out without it.")
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text")
def lint(pages: tuple[Path, ...], sdk: str | None, form: str) -> None:
    """Say what is wrong on PAGES by themselves. Exits with 1 when something is."""
    from conform.documents import coverage as measuring
    from conform.documents import lint as linting
    from conform.documents import reader
    from conform.documents.meanings import Meanings

    meanings = Meanings.load()
    found: list[tuple[str, Finding]] = []
    for page in pages:
        document = reader.read(page)
        findings = linting.lint(
            document,
            sdk=sdk,
            resources=measuring.names(list(page.parent.glob("*.md"))),
            meanings=meanings if document.resource == "session" else None,
        )
        found += [(page.as_posix(), finding) for finding in findings]
    _print(found, form, len(pages))
    if found:
        raise click.exceptions.Exit(ExitCode.DOES_NOT_CONFORM)


def _print(found: list[tuple[str, Finding]], form: str, pages: int) -> None:
    from importlib.metadata import version
    import json

    from conform.documents import sarif

    match form:
        case "sarif":
            click.echo(json.dumps(sarif.log(found, version("sdk-conformance")), indent=2))
        case "json":
            click.echo(json.dumps([_plain(*each) for each in found], indent=2))
        case _:
            for page, finding in found:
                click.echo(f"{page}:{finding.line}: {finding.code.value}: {finding.what}")
                click.echo(f"    {finding.why}")
            click.echo(f"{len(found)} findings on {pages} pages.")


def _plain(page: str, finding: Finding) -> dict[str, Any]:
    return {
        "page": page,
        "line": finding.line,
        "code": finding.code.value,
        "what": finding.what,
        "why": finding.why,
    }


def _show(document: Document) -> None:
    from rich.console import Console

    console = Console()
    console.print(document.title or document.resource, style="bold", markup=False)
    if document.attributes:
        console.print(_table("Attributes", document.attributes))
    if document.example is not None:
        notation = document.example.notation or f"unreadable: {document.example.problem}"
        shown = document.example.value if isinstance(document.example.value, dict) else {}
        console.print(f"Example: {len(shown)} attributes, {notation}.", markup=False)
    for section in document.sections:
        console.print(f"\n{section.title} (line {section.line})", style="bold", markup=False)
        console.print(f"{len(section.samples)} samples", markup=False)
        if section.parameters:
            console.print(_table("Parameters", section.parameters))
    for finding in document.findings:
        console.print(f"line {finding.line}: {finding.what}", style="red", markup=False)


def _table(title: str, entries: tuple[PageEntry, ...]) -> Any:
    from rich.table import Table
    from rich.text import Text

    table = Table("line", "name", "spelling", "type", "required", title=title, title_justify="left")
    for entry in entries:
        row = (
            str(entry.line),
            entry.name,
            entry.spelling or "",
            entry.type or "",
            "yes" if entry.required else "",
        )
        table.add_row(*map(Text, row))
    return table
