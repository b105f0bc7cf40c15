"""``conform call``: make a single call, and show everything that is seen."""

from __future__ import annotations

import click


@click.command()
@click.argument("target", metavar="TARGET")
@click.argument("operation", metavar="RESOURCE.OPERATION")
@click.argument("words", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--read", multiple=True, metavar="ATTRIBUTE", help="Read this attribute only.")
@click.option(
    "--session-id", metavar="ID", help="Use this session; @env:VARIABLE and @- work, too."
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def call(
    target: str,
    operation: str,
    words: tuple[str, ...],
    read: tuple[str, ...],
    session_id: str | None,
    *,
    as_json: bool,
) -> None:
    """Make one call with a real SDK, and show the request, the response and the result.

    A local server responds as the documentation says. A VALUE that is JSON (7, true, null) is
    passed as that value, any other VALUE as a text. Secrets are masked in all that is shown.

    \b
    A secret need not be on the command line, where the shell keeps it and `ps` shows it:
      password=@env:VARIABLE   takes it from an environment variable
      password=@-              asks for it, or reads the next line of standard input
    """  # noqa: D301 - click looks for this character
    import msgspec

    from conform.cli.arguments import arguments, secret
    from conform.engine import single_call
    from conform.reports import evidence

    given = arguments(words)
    session = secret("--session-id", session_id) if session_id else None
    observation = single_call.call_once(target, operation, given, read=read, session_id=session)
    text = evidence.observation_text(observation)
    click.echo(msgspec.json.encode(observation) if as_json else text)
