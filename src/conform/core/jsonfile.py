"""Reads the JSON files that the project ships, and names the file that cannot be read."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from conform.core.errors import SuiteError

_T = TypeVar("_T")


def read(path: Path, form: type[_T], *, fix: str = "Restore the file.") -> _T:
    """The content of a file as a type.

    Raises:
        SuiteError: the file is missing, is not JSON, or is not of that type.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=form)
    except (OSError, UnicodeDecodeError, msgspec.MsgspecError) as error:
        raise SuiteError(f"{path} cannot be read.", why=f"{error}.", fix=fix) from error
