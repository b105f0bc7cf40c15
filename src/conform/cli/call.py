"""``conform call``: one call by hand, and everything that was seen."""

from __future__ import annotations

import click


@click.command()
@click.argument("target", metavar="TARGET")
@click.argument("operation", metavar="RESOURCE.OPERATION")
@click.argument("arguments", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--read", multiple=True, metavar="ATTRIBUTE", help="Read this attribute only.")
@click.option("--session-id", metavar="ID", help="Log in as this session.")
@click.option("--json", "as_json", is_flag=True, help="Print the observation as JSON.")
def call(
    target: str,
    operation: str,
    arguments: tuple[str, ...],
    read: tuple[str, ...],
    session_id: str | None,
    *,
    as_json: bool,
) -> None:
    """Make one call with a real SDK, and show what it sent, what came back and what it made of it.

    A loopback server answers as the documentation says. A VALUE that is JSON is taken as such
    (7, true, null), and as text otherwise.
    """
    import msgspec

    from conform.engine import single_call
    from conform.reports import evidence

    given = single_call.arguments(arguments)
    seen = single_call.call_once(target, operation, given, read=read, session_id=session_id)
    click.echo(msgspec.json.encode(seen) if as_json else evidence.story(seen))
