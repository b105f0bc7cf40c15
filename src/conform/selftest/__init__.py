"""The plan and the reference client come in; the proof that every case can fail goes out."""

from conform.selftest.proof import Proof, prove

__all__ = ["Proof", "prove"]
