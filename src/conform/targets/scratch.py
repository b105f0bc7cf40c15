"""Makes the private places of one tool, and says what is wrong with TMPDIR."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import os
from pathlib import Path
import shutil
import tempfile
from typing import Final

from conform.core.errors import UsageError
from conform.targets.homes import Home

_LEAST_ROOM: Final = 8 * 1024 * 1024
"""Bytes that are free, or else a tool fails with an error that says less."""


@contextmanager
def private_places(home: Home | None) -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder for one tool, which is removed in the end, and the variables that name its places.

    Args:
        home: what of the user's home the tool needs; without it, it gets no other home.

    Raises:
        UsageError: there is no folder for temporary files, or no room in it.
    """
    with _folder() as folder:
        places = {"TMPDIR": folder / "tmp"}
        places["TMPDIR"].mkdir()
        if home is not None:
            places["HOME"] = folder / "home"
            home.make(places["HOME"])
        yield folder, {name: str(place) for name, place in places.items()}


@contextmanager
def _folder() -> Iterator[Path]:
    try:
        parent = Path(os.environ.get("TMPDIR") or tempfile.gettempdir()).absolute()
        free = shutil.disk_usage(parent).free
        folder = tempfile.mkdtemp(prefix="conform-", dir=parent)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise UsageError(
            "There is no folder for temporary files.",
            why=f"{where}{error.strerror or error}.",
            fix="Set TMPDIR to a folder that can be written and has room.",
        ) from error
    try:
        if free < _LEAST_ROOM:
            raise UsageError(
                f"There is no room for temporary files in {parent}.",
                why=f"Only {free:,} bytes are free on its disk.",
                fix="Make room there, or set TMPDIR to a folder on another disk.",
            )
        yield Path(folder)
    finally:
        # A daemon of a tool may still write there, which stops the removal.
        shutil.rmtree(folder, ignore_errors=True)
