"""``conform call``: make a single call, and show everything that is seen."""

from __future__ import annotations

import click


@click.command()
@click.argument("target", metavar="TARGET")
@click.argument("operation", metavar="RESOURCE.OPERATION")
@click.argument("arguments", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--read", multiple=True, metavar="ATTRIBUTE", help="Read this attribute only.")
@click.option("--session-id", metavar="ID", help="Use this session.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def call(
    target: str,
    operation: str,
    arguments: tuple[str, ...],
    read: tuple[str, ...],
    session_id: str | None,
    *,
    as_json: bool,
) -> None:
    """Make one call with a real SDK, and show the request, the response and the result.

    A local server responds as the documentation says. A VALUE that is JSON (7, true, null) is
    passed as that value, any other VALUE as a text.
    """
    import msgspec

    from conform.engine import single_call
    from conform.reports import evidence

    given = single_call.arguments(arguments)
    observation = single_call.call_once(target, operation, given, read=read, session_id=session_id)
    text = evidence.observation_text(observation)
    click.echo(msgspec.json.encode(observation) if as_json else text)
