"""``conform contracts``: writes the Pact files, or checks them for drift."""

from __future__ import annotations

import click


@click.group()
def contracts() -> None:
    """Write the Pact files, or check that they are what the schemas generate."""


@contracts.command()
def build() -> None:
    """Write the Pact files that changed, and remove those that are no longer generated."""
    from conform.contracts.files import contract_files
    from conform.core.text import counted
    from conform.schemas.catalog import Catalog

    changed = contract_files(Catalog.load()).write()
    for name in changed:
        click.echo(name)
    click.echo(f"{counted(len(changed), 'contract')} changed.")


@contracts.command()
def check() -> None:
    """Fail if a Pact file is not exactly what the schemas generate."""
    from conform.contracts.files import contract_files
    from conform.schemas.catalog import Catalog

    compared = contract_files(Catalog.load()).check()
    click.echo(f"All {compared} contracts are what the schemas generate.")
