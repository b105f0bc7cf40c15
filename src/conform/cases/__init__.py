"""Stable, named situations: what is done, what the server does, what must be observed."""

from conform.cases.model import Case, Level, Source, Suite

__all__ = ["Case", "Level", "Source", "Suite"]
