"""Failures that a user knows: a list in the user's own repository, strict on what it says."""

from conform.known.entries import Entry, KnownFailures, Listed, read
from conform.known.fingerprints import fingerprint
from conform.known.updating import Update, update

__all__ = ["Entry", "KnownFailures", "Listed", "Update", "fingerprint", "read", "update"]
