"""The command ``conform``: parses arguments, hands over to the package, renders errors.

Commands live in modules of their own and import what they need when they are called, so that
``conform --help`` answers at once.
"""

from __future__ import annotations

from importlib import import_module
from io import TextIOWrapper
import sys
import traceback
from typing import Final, NoReturn

import click

from conform.core.errors import ConformError, ExitCode
from conform.core.interruption import Interrupted, interruptible

_COMMANDS: Final = {
    "run": "conform.cli.run",
    "call": "conform.cli.call",
    "explore": "conform.cli.explore",
    "cases": "conform.cli.cases",
    "targets": "conform.cli.targets",
    "adapter": "conform.cli.adapter",
    "docs": "conform.cli.docs",
    "schemas": "conform.cli.schemas",
    "contracts": "conform.cli.contracts",
    "known": "conform.cli.known",
    "selftest": "conform.cli.selftest",
}


class _Lazy(click.Group):
    """A group that imports a command's module only when that command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(_COMMANDS[cmd_name]), cmd_name)
        return command


@click.command(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sdk-conformance", prog_name="conform")
def conform() -> None:
    """Check, with evidence, whether an SDK release does what its documentation promises.

    \b
    Exit codes:
      0  it conforms
      1  it does not conform
      2  the command was used wrongly
      3  something that was named could not be tested
      4  the suite itself failed
      130, 143  the command was interrupted
    """


def main() -> NoReturn:
    """Run the command line and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        # What an SDK said may hold characters that the terminal's encoding lacks.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        with interruptible():
            code = conform.main(standalone_mode=False)
    except Interrupted as interrupted:
        _say("Interrupted.")
        code = interrupted.exit_code
    except click.ClickException as error:
        error.show()
        code = ExitCode.USED_WRONGLY
    except ConformError as error:
        _say(str(error))
        code = error.exit_code
    except BrokenPipeError:
        # Whoever read the output has seen enough.
        sys.stderr.close()
        code = ExitCode.CONFORMS
    except Exception:  # noqa: BLE001 - whatever it is, it is not a verdict on a target
        traceback.print_exc()
        _say("The suite itself failed; this is a defect of conform, not of a target.")
        code = ExitCode.SUITE_FAILED
    sys.exit(code)


def _say(text: str) -> None:
    click.echo(text, err=True)
