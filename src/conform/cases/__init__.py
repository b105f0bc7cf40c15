"""Stable, named situations: what is done, what the server does, what must be observed."""

from conform.cases.model import Case
from conform.core.identity import Level, Source, Suite

__all__ = ["Case", "Level", "Source", "Suite"]
