"""Each documented operation against a Pact mock server that expects one interaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from conform.cases.model import Planned


def test_contract(planned: Planned, check: Callable[[Planned], None]) -> None:
    """The SDK sends the request of the contract and accepts its response."""
    check(planned)
