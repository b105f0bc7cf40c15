"""``conform cache``: show what is installed, and remove it."""

from __future__ import annotations

from typing import Final

import click

_UNITS: Final = ("bytes", "KiB", "MiB", "GiB", "TiB")


@click.group(invoke_without_command=True)
@click.pass_context
def cache(context: click.Context) -> None:
    """Show the SDK releases that are installed, and how much room they take.

    They are in a folder of their own, which CONFORM_CACHE names. If they take more than
    CONFORM_CACHE_SIZE (4G without it), those that were not used for the longest time are removed,
    but never one that a running command uses.
    """
    if context.invoked_subcommand is None:
        _show()


@cache.command()
@click.argument("sdk", required=False)
def clear(sdk: str | None) -> None:
    """Remove all installed releases, or only those of SDK, such as python.

    What a running command uses stays. What is removed is installed again when it is needed.
    """
    from conform.core.text import counted
    from conform.targets import cache as kept

    _check(sdk)
    size = removed = 0
    for each in kept.clear(sdk):
        if each.is_removed:
            removed += 1
            size += each.size
            click.echo(f"Removed {each.name} ({_sized(each.size)}).")
        else:
            click.echo(f"Kept {each.name}: another command uses it.")
    click.echo(f"{counted(removed, 'folder')} removed, {_sized(size)}.")


def _show() -> None:
    from datetime import datetime

    from conform.core import paths
    from conform.core.text import counted
    from conform.targets import cache as kept

    largest = kept.limit()
    found = kept.stored()
    for each in found:
        used = "never used"
        if each.last_used:
            when = datetime.fromtimestamp(each.last_used).astimezone()
            used = f"last used {when:%Y-%m-%d %H:%M}"
        click.echo(f"{each.name}  {_sized(each.size)}, {used}")
    folders = counted(len(found), "folder")
    total = kept.taken()
    click.echo(f"{folders} in {paths.cache()}: {_sized(total)} of at most {_sized(largest)}.")
    if shared := sum(each.size for each in found) - total:
        click.echo(f"Equal files are kept once, which saves {_sized(shared)}.")


def _check(sdk: str | None) -> None:
    from conform.core import manifest
    from conform.core.errors import UsageError

    if sdk is not None and sdk not in manifest.known():
        raise UsageError(
            f"There is no SDK {sdk!r}.",
            why=f"The SDKs are {', '.join(manifest.known())}.",
            fix="Name one of them, or none to remove everything.",
        )


def _sized(size: int) -> str:
    power = min(max(size.bit_length() - 1, 0) // 10, len(_UNITS) - 1)
    number = size / 1024**power
    return f"{number:.1f} {_UNITS[power]}" if power else f"{size} {_UNITS[0]}"
