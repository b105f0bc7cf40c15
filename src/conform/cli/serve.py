"""``conform serve``: run a server of the documented API."""

from __future__ import annotations

from contextlib import suppress
import os
from pathlib import Path
import sys
from typing import Final

import click

from conform.core.interruption import Interrupted

_FILE: Final = click.Path(path_type=Path)


@click.command()
@click.option("--variant", metavar="ID", help="The variant to serve; the newest one without it.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="The port; any free one without it."
)
@click.option("--users", type=_FILE, metavar="FILE", help="The users and settings, as YAML.")
@click.option(
    "--state", type=_FILE, metavar="FILE", help="Remember sessions and all else in this file."
)
def serve(
    variant: str | None, host: str, port: int, users: Path | None, state: Path | None
) -> None:
    """Serve the documented API, with users who log in and sessions that end.

    Prints the URL on one line when the server is ready, and a line for each request to standard
    error; no secret is in it. Ctrl-C ends the server. Without --users, the user is motor, with the
    password vroom.
    """
    with suppress(Interrupted):
        from conform.servers import ListenAt, running

        listen_at = ListenAt(host=host, port=port)
        with running(listen_at, variant=variant, users=users, state=state, log=_log) as server:
            click.echo(server.url)
            server.wait()


def _log(line: str) -> None:
    try:
        click.echo(line, err=True)
    except OSError:
        # Nobody reads it any more. What is left of the line must not fail when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
