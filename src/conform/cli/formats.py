"""Makes the JSON Schemas of the formats that the suite reads and writes, from its own types.

The formats are the messages of the adapter protocol, results, written cases, lists of known
failures, kept observations, and the manifest of an adapter. The schemas are in the folder of the
schemas of documented objects, and are checked for drift in the same way.
"""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any, Final

import msgspec

from conform.cases.written import CasesFile
from conform.core import paths, protocol
from conform.core.generated import GeneratedFiles
from conform.core.manifest import Manifest
from conform.core.results import Line
from conform.engine.kept import KeptLine
from conform.targets.vectors import Vectors
from conform.verdicts.known import entries as known

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

FORMATS: Final[dict[str, Any]] = {
    "adapter/manifest.json": Manifest,
    "cases/file.json": CasesFile,
    "protocol/start.params.json": protocol.Start,
    "protocol/start.result.json": protocol.Started,
    "protocol/reset.params.json": protocol.Reset,
    "protocol/reset.result.json": protocol.Done,
    "protocol/configure.params.json": protocol.Configure,
    "protocol/configure.result.json": protocol.Configured | protocol.Raised,
    "protocol/call.params.json": protocol.Call,
    "protocol/call.result.json": protocol.Outcome,
    "protocol/run.params.json": protocol.Run,
    "protocol/run.result.json": protocol.Outcome,
    "protocol/echo.params.json": protocol.Echo,
    "protocol/echo.result.json": protocol.Echoed,
    "protocol/stop.params.json": protocol.Stop,
    "protocol/stop.result.json": protocol.Done,
    "protocol/error.json": protocol.ErrorResponse,
    "protocol/vectors.schema.json": Vectors,
    "results/line.json": Line,
    "kept/line.json": KeptLine,
    "known/file.json": known.KnownFile,
}
"""The type behind each schema, by the path below the folder of schemas."""


def schema(name: str) -> dict[str, Any]:
    """One of the schemas, by its path."""
    made: dict[str, Any] = _cleaned(msgspec.to_builtins(msgspec.json.schema(FORMATS[name])))
    return {"$schema": DIALECT, **made}


def format_files(root: Path | None = None) -> GeneratedFiles:
    """The schemas of all formats, in a folder; by default the project's own."""
    return GeneratedFiles(
        root=root or paths.schemas(),
        wanted={
            name: (json.dumps(schema(name), indent=2, ensure_ascii=False) + "\n").encode()
            for name in FORMATS
        },
        noun="format schema",
        source="the types in the code",
        command="conform schemas build",
    )


def _cleaned(made: Any) -> Any:
    """The schema with docstrings without indentation, as Python 3.13 and newer have them."""
    match made:
        case dict():
            return {
                key: inspect.cleandoc(value)
                if key == "description" and isinstance(value, str)
                else _cleaned(value)
                for key, value in made.items()
            }
        case list() | tuple():
            return [_cleaned(each) for each in made]
        case _:
            return made
