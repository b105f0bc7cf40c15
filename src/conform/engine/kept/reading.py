"""Reads kept observations, and refuses a file that is incomplete or was changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import gzip
from io import BytesIO
from pathlib import Path
from typing import Final, TypeVar
import zlib

import msgspec
from msgspec import Struct

from conform.core import files
from conform.core.errors import UsageError
from conform.engine.kept.format import (
    SCHEMA,
    SUFFIX,
    Digest,
    KeptCase,
    KeptEnd,
    KeptRun,
    KeptTarget,
    digest,
)

_LARGEST_FILE: Final = 1 << 30
_LONGEST_LINE: Final = 1 << 28
"""Bytes; the evidence of one case is bounded to far less."""
_NAME_FOLDER: Final = "Name the folder of `conform run TARGET --keep DIR`."
_AGAIN: Final = "Copy the file again, or run the target again with --keep."
_OTHER_SUITE: Final = (
    "Judge them with the suite that kept them, or run the target again with --keep."
)


class _Opening(Struct, frozen=True, tag_field="kind", tag="target"):
    """The first line of a file of any version."""

    schema: int


_Line = TypeVar("_Line", KeptTarget, KeptCase)


def kept_files(folder: Path) -> tuple[Path, ...]:
    """The files of kept observations in a folder, by name.

    Raises:
        UsageError: there is none.
    """
    found = tuple(sorted(folder.glob(f"[!.]*{SUFFIX}")))
    if not found:
        no_file = f"It has no file that ends with {SUFFIX}."
        raise UsageError(
            f"There are no kept observations in {folder}.",
            why=no_file if folder.is_dir() else "There is no such folder.",
            fix=_NAME_FOLDER,
        )
    return found


def read(path: Path) -> KeptRun:
    """The observations in a file.

    Raises:
        UsageError: the file cannot be read, is of another version, is incomplete or was changed.
    """
    lines = tuple(_lines(path))
    _check_version(path, lines)
    *written, _ = lines
    end = _end(path, lines)
    _check_digests(path, written, end.lines)
    opening, *others = written
    return KeptRun(
        target=_decoded(path, 1, opening, KeptTarget),
        cases=tuple(_decoded(path, at, line, KeptCase) for at, line in enumerate(others, 2)),
        left_out=frozenset(end.left_out),
    )


def _lines(path: Path) -> Iterator[bytes]:
    number = 0
    try:
        content = files.read(path, _LARGEST_FILE)
        with gzip.GzipFile(fileobj=BytesIO(content)) as file:
            while line := file.readline(_LONGEST_LINE):
                number += 1
                yield line
    except EOFError:
        raise _incomplete(path, number) from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise (_changed(path, number + 1) if number else _other_file(path, f"{error}.")) from error
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read.",
            why=f"{error.strerror or error}.",
            fix=_NAME_FOLDER,
        ) from error


def _check_version(path: Path, lines: tuple[bytes, ...]) -> None:
    try:
        opening = msgspec.json.decode(b"".join(lines[:1]), type=_Opening)
    except msgspec.MsgspecError as error:
        raise _other_file(path, f"{error}.") from error
    if opening.schema != SCHEMA:
        raise UsageError(
            f"The kept observations in {path} have the format {opening.schema}.",
            why=f"This suite reads the format {SCHEMA}.",
            fix=_OTHER_SUITE,
        )


def _end(path: Path, lines: tuple[bytes, ...]) -> KeptEnd:
    try:
        return msgspec.json.decode(lines[-1], type=KeptEnd)
    except msgspec.MsgspecError as error:
        raise _incomplete(path, sum(line.endswith(b"\n") for line in lines)) from error


def _decoded(path: Path, number: int, line: bytes, form: type[_Line]) -> _Line:
    try:
        return msgspec.json.decode(line, type=form)
    except msgspec.MsgspecError as error:
        raise UsageError(
            f"This suite cannot read the kept observations in {path}.",
            why=f"Line {number}: {error}.",
            fix=_OTHER_SUITE,
        ) from error


def _check_digests(path: Path, lines: Sequence[bytes], digests: Sequence[Digest]) -> None:
    for number, (line, written) in enumerate(zip(lines, digests, strict=False), 1):
        if digest(line) != written:
            raise _changed(path, number)
    if len(lines) != len(digests):
        raise _changed(path, min(len(lines), len(digests)) + 1)


def _other_file(path: Path, why: str) -> UsageError:
    return UsageError(
        f"{path} is not a file of kept observations.",
        why=why,
        fix="Remove it, or name the folder of `conform run TARGET --keep DIR`.",
    )


def _incomplete(path: Path, lines: int) -> UsageError:
    return UsageError(
        f"The kept observations in {path} are incomplete.",
        why=f"They end after line {lines}, without the line that closes the file.",
        fix=_AGAIN,
    )


def _changed(path: Path, line: int) -> UsageError:
    return UsageError(
        f"The kept observations in {path} were changed.",
        why=f"Line {line} is not as the run wrote it.",
        fix=_AGAIN,
    )
