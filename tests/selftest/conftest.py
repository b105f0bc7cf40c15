"""The proof, run once for all tests that look at it."""

from __future__ import annotations

import pytest

from conform.selftest import proof
from conform.selftest.proof import Proof


@pytest.fixture(scope="session")
def report() -> Proof:
    """What the whole proof comes to."""
    return proof.run()
