"""Writes all reports of a run beside its results, or none of them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from conform.core.errors import UsageError
from conform.core.results import Line
from conform.reports import html, junit, markdown
from conform.reports.summary import Summary


def write(lines: Iterable[Line], summary: Summary, folder: Path, *, strict: bool = False) -> None:
    """Write ``index.html``, ``junit.xml``, ``summary.json`` and ``summary.md`` into a folder.

    The folder is made if it is missing. All four files are written under temporary names before
    the first old file is replaced.

    Args:
        lines: the results of any number of targets.
        summary: the summary of these lines.
        folder: the folder of ``results.jsonl``.
        strict: conventions count.

    Raises:
        UsageError: the folder cannot be written.
    """
    every = tuple(lines)
    contents = {
        "summary.json": summary.to_json(strict=strict),
        "summary.md": markdown.render(summary, strict=strict).encode(),
        "junit.xml": junit.render(every, summary, strict=strict),
        "index.html": html.render(every, summary, strict=strict).encode(),
    }
    written: dict[Path, Path] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            written[_written(folder, content)] = folder / name
        for temporary, final in written.items():
            temporary.replace(final)
    except OSError as error:
        raise UsageError(
            f"The reports cannot be written to {folder}.",
            why=f"{error.strerror or error}: {error.filename}.",
            fix="Name another folder with --report, or make this one writable.",
        ) from error
    finally:
        for temporary in written:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def _written(folder: Path, content: bytes) -> Path:
    """A new file in the folder, with the content."""
    path = folder / f".{token_hex(8)}.new"
    try:
        with path.open("xb") as file:
            file.write(content)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path
