"""Failures that a user knows: a list in the user's own repository, strict on what it says."""

from conform.verdicts.known.entries import KnownEntry, KnownList, LocatedEntry, read
from conform.verdicts.known.updating import Update, update

__all__ = ["KnownEntry", "KnownList", "LocatedEntry", "Update", "read", "update"]
