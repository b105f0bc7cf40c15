"""Writes every report of a run beside its results, or none."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from conform.errors import UsageError
from conform.reports import html, junit, markdown
from conform.reports.summary import Summary
from conform.results import Line


def write(lines: Iterable[Line], folder: Path, *, strict: bool = False) -> Path:
    """Writes ``index.html``, ``junit.xml``, ``summary.json`` and ``summary.md`` into a folder.

    The folder is made when it is missing. All four are rendered and put on the disk under other
    names before the first of the old ones is replaced.

    Args:
        lines: the results of any number of targets.
        folder: where ``results.jsonl`` is.
        strict: conventions count.

    Returns:
        The path of ``index.html``.

    Raises:
        UsageError: the folder cannot be written.
        SuiteError: a case belongs to a target that no line opens.
    """
    every = tuple(lines)
    summary = Summary.of(every)
    contents = {
        "summary.json": summary.to_json(strict=strict),
        "summary.md": markdown.render(summary, strict=strict).encode(),
        "junit.xml": junit.render(every, strict=strict),
        "index.html": html.render(every, strict=strict).encode(),
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
            why=f"{error.strerror or error}: {error.filename}",
            fix="Name another folder with --report, or make this one writable.",
        ) from error
    finally:
        for temporary in written:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
    return folder / "index.html"


def _written(folder: Path, content: bytes) -> Path:
    """A new file in the folder that holds the content."""
    path = folder / f".{token_hex(8)}.new"
    try:
        with path.open("xb") as file:
            file.write(content)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path
