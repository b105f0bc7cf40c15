"""A user's list of known failures and a verdict come in; the verdict after the list goes out."""

from conform.verdicts.known.entries import KnownEntry, KnownList, LocatedEntry, read
from conform.verdicts.known.updating import Update, update

__all__ = ["KnownEntry", "KnownList", "LocatedEntry", "Update", "read", "update"]
