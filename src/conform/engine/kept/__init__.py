"""Observations of a run go into files, one for each target; they come out to be judged again."""

from conform.engine.kept.format import KeptCase, KeptLine, KeptRun, KeptTarget, KeptVerdict
from conform.engine.kept.reading import kept_files, read
from conform.engine.kept.writing import KeptFile, KeptFolder, file_name

__all__ = [
    "KeptCase",
    "KeptFile",
    "KeptFolder",
    "KeptLine",
    "KeptRun",
    "KeptTarget",
    "KeptVerdict",
    "file_name",
    "kept_files",
    "read",
]
