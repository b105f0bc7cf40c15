"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

report: Final = click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write index.html, results.jsonl, junit.xml and summaries into this folder.",
)
known: Final = click.option(
    "--known",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A list of known failures, which do not count. An entry whose case passes is an error.",
)
strict: Final = click.option(
    "--strict", is_flag=True, help="Conventions count for the exit code, too."
)
exit_zero: Final = click.option(
    "--exit-zero", is_flag=True, help="Exit with 0 even if a target does not conform."
)
