"""Every error response of the API, and every other error response."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from conform.cases.model import Planned


def test_errors(planned: Planned, check: Callable[[Planned], None]) -> None:
    """The SDK raises an error of its own that carries what the API sent."""
    check(planned)
