"""``conform contracts``: generate the Pact files from the schemas, or check them for drift."""

from __future__ import annotations

import click


@click.group()
def contracts() -> None:
    """Generate the Pact files, or check that they are what the schemas generate."""


@contracts.command()
def build() -> None:
    """Write every Pact file that changed, and remove those that are no longer generated."""
    from conform.contracts.files import contract_files
    from conform.schemas.catalog import Catalog

    changed = contract_files(Catalog.load()).write()
    for name in changed:
        click.echo(name)
    click.echo(f"{len(changed)} of the contracts changed.")


@contracts.command()
def check() -> None:
    """Fail if a Pact file is not, byte for byte, what the schemas generate."""
    from conform.contracts.files import contract_files
    from conform.schemas.catalog import Catalog

    compared = contract_files(Catalog.load()).check()
    click.echo(f"All {compared} contracts are what the schemas generate.")
