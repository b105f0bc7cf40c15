"""The command ``conform``: parses arguments, calls the package, and prints errors.

Each command has its own module, which imports what it needs when the command is called, so that
``conform --help`` is fast.
"""

from __future__ import annotations

from importlib import import_module
from io import TextIOWrapper
import os
import signal
import sys
import traceback
from typing import Final, NoReturn

import click

from conform.core.errors import ConformError, ExitCode
from conform.core.escapes import visible
from conform.core.interruption import Interrupted, interruptible

_COMMANDS: Final = {
    "run": "conform.cli.run",
    "judge": "conform.cli.judge",
    "call": "conform.cli.call",
    "explore": "conform.cli.explore",
    "serve": "conform.cli.serve",
    "cases": "conform.cli.cases",
    "targets": "conform.cli.targets",
    "cache": "conform.cli.cache",
    "adapter": "conform.cli.adapter",
    "docs": "conform.cli.docs",
    "schemas": "conform.cli.schemas",
    "contracts": "conform.cli.contracts",
    "known": "conform.cli.known",
    "selftest": "conform.cli.selftest",
}


_BROKEN_PIPE: Final = 128 + signal.SIGPIPE
"""The exit code of other programs when the reader of their output ends, as in ``… | head``."""


class _Lazy(click.Group):
    """A group that imports the module of a command only for that command."""

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
      130, 141, 143  the command was interrupted
    """  # noqa: D301 - click looks for this character


def main() -> NoReturn:
    """Run the command line and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        # Output of an SDK can contain characters that the terminal's encoding does not have.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _run()
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes both streams at its end, which must not fail again.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(nowhere, stream.fileno())
        code = _BROKEN_PIPE
    sys.exit(code)


def _run() -> int:
    try:
        with interruptible():
            code: int = conform.main(standalone_mode=False)
    except Interrupted as interrupted:
        _print_error("Interrupted.")
        return interrupted.exit_code
    except click.ClickException as error:
        error.show()
        return ExitCode.USED_WRONGLY
    except ConformError as error:
        _print_error(str(error))
        return error.exit_code
    except SystemExit as end:
        # click and rich exit with 1 if they cannot write, and for no other reason.
        if end.code == 1:
            raise BrokenPipeError from end
        raise
    except BrokenPipeError:
        raise
    except Exception:  # noqa: BLE001 - any error here is a defect, and not a verdict
        traceback.print_exc()
        _print_error("The suite itself failed; this is a defect of conform, not of a target.")
        return ExitCode.SUITE_FAILED
    return code


def _print_error(text: str) -> None:
    click.echo(visible(text), err=True)
