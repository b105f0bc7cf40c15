"""The proof, run once for all tests that look at it."""

from __future__ import annotations

import pytest

from conform.proof import selftest
from conform.proof.selftest import Report


@pytest.fixture(scope="session")
def report() -> Report:
    """What the whole proof comes to."""
    return selftest.run()
