"""``conform docs``: reads documentation pages and finds their defects."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from conform.core.errors import ExitCode
from conform.core.escapes import visible
from conform.core.text import counted

if TYPE_CHECKING:
    from rich.table import Table

    from conform.documents.findings import Finding
    from conform.documents.page import Document, PageEntry

_PATH: Final = click.Path(path_type=Path)


@click.group()
def docs() -> None:
    """Read documentation pages, and find their defects."""


@docs.command()
@click.argument("page", type=_PATH)
@click.option("--json", "as_json", is_flag=True, help="Print the whole document as JSON.")
def read(page: Path, *, as_json: bool) -> None:
    """Show what PAGE documents."""
    from conform.documents import reader

    document = reader.read(page)
    if as_json:
        _print_json(document)
    else:
        _show(document)


@docs.command()
@click.argument("checkout", type=_PATH)
@click.option("--json", "as_json", is_flag=True, help="Print the figures and findings as JSON.")
def coverage(checkout: Path, *, as_json: bool) -> None:
    """Measure how many attributes and parameters on the pages in CHECKOUT are understood."""
    from conform.documents import coverage as measuring

    found = measuring.measure(checkout)
    if as_json:
        _print_json(found)
    else:
        for each in found.findings:
            _print(f"{each.page}:{each.finding.line}: {each.finding.what}")
        for line in found.unaccounted:
            _print(f"{line}: This line is neither parsed nor reported.")
        for page in found.skipped:
            _print(f"{page.page}: Skipped. {page.why}")
        _print(
            f"{counted(found.pages, 'page')}, "
            f"{counted(found.lines, 'line')} with an attribute or a parameter: "
            f"{found.parsed:,} parsed, {len(found.unaccounted):,} neither parsed nor reported "
            f"({found.share:.2%} accounted for), {counted(found.unknown_types, 'unknown type')}, "
            f"{counted(len(found.skipped), 'skipped page')}."
        )
    if found.unaccounted or found.findings:
        raise click.exceptions.Exit(ExitCode.DOES_NOT_CONFORM)


@docs.command("import")
@click.option("--sdk", required=True, help="The SDK of the checkout, such as python.")
@click.option(
    "--into", type=_PATH, help="The folder of schemas to write to; by default the project's own."
)
@click.argument("checkout", type=_PATH)
def import_(checkout: Path, sdk: str, into: Path | None) -> None:
    """Find the page of Session in all releases of the git CHECKOUT, and write its facts.

    Then run `conform schemas build`, which makes the schemas and the catalog from the facts.
    """
    from conform.documents.git import Repository
    from conform.documents.history import walk
    from conform.documents.meanings import Meanings
    from conform.documents.sdks import pages_of
    from conform.schemas import source

    own = into / "meanings.json" if into is not None else None
    meanings = Meanings.load(own if own is not None and own.is_file() else None)
    page = pages_of(sdk).checkout[0]
    repository = Repository(checkout)
    history = walk(repository, page)
    facts = history.facts(sdk, meanings)
    changed = source.write_facts(sdk, facts, into)
    for stated in facts:
        ranges = ", ".join(f"{each.first}–{each.last}" for each in stated.releases)
        attributes = counted(len(stated.attributes), "attribute")
        _print(f"{source.path_of(stated)}: {attributes}, {ranges}")
    for why, releases in history.reasons().items():
        shown = ", ".join(releases[:3]) + (", …" if len(releases) > len(releases[:3]) else "")
        _print(f"{counted(len(releases), 'release')} skipped. {why} {shown}")
    if repository.is_shallow:
        _print("The clone is shallow: it may lack the tags of some releases.")
    _print(
        f"{counted(history.releases, 'release')}, {counted(len(facts), 'distinct page')}, "
        f"{counted(len(changed), 'file')} changed."
    )


@docs.command()
@click.argument("pages", type=_PATH, nargs=-1, required=True)
@click.option("--sdk", help="The SDK of the pages; by default it is guessed from each page.")
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text")
def lint(pages: tuple[Path, ...], sdk: str | None, form: str) -> None:
    """Find the defects of PAGES. Exits with 1 if there are any."""
    from conform.documents import coverage as measuring
    from conform.documents import lint as linting
    from conform.documents import reader
    from conform.documents.meanings import Meanings
    from conform.documents.sdks import pages_of

    if sdk is not None:
        pages_of(sdk)
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
    _print_findings(found, form, len(pages))
    if found:
        raise click.exceptions.Exit(ExitCode.DOES_NOT_CONFORM)


def _print_findings(found: list[tuple[str, Finding]], form: str, pages: int) -> None:
    from importlib.metadata import version

    from conform.documents import sarif

    match form:
        case "sarif":
            _print_json(sarif.log(found, version("sdk-conformance")))
        case "json":
            _print_json([_plain(*each) for each in found])
        case _:
            for page, finding in found:
                _print(f"{page}:{finding.line}: {finding.code.value}: {finding.what}")
                _print(f"    {finding.why}")
            _print(f"{counted(len(found), 'finding')} on {counted(pages, 'page')}.")


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

    def line(text: str, style: str = "") -> None:
        console.print(visible(text), style=style, markup=False)

    line(document.title or document.resource, "bold")
    if document.attributes:
        console.print(_table("Attributes", document.attributes))
    if document.example is not None:
        notation = document.example.notation or f"unreadable: {document.example.problem}"
        shown = document.example.value if isinstance(document.example.value, dict) else {}
        line(f"Example: {counted(len(shown), 'attribute')}, {notation}.")
    for section in document.sections:
        line(f"\n{section.title} (line {section.line})", "bold")
        line(counted(len(section.samples), "sample"))
        if section.parameters:
            console.print(_table("Parameters", section.parameters))
    for finding in document.findings:
        line(f"line {finding.line}: {finding.what}", "red")


def _table(title: str, entries: tuple[PageEntry, ...]) -> Table:
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
        table.add_row(*(Text(visible(cell)) for cell in row))
    return table


def _print(text: str) -> None:
    """Print a line that can contain text of a page."""
    click.echo(visible(text))


def _print_json(data: object) -> None:
    """Print JSON in ASCII, so that a terminal obeys nothing in it."""
    import json

    import msgspec

    click.echo(json.dumps(msgspec.to_builtins(data), indent=2))
