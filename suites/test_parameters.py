"""Every documented parameter × values of its type and other values."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from conform.cases.model import Planned


def test_parameters(planned: Planned, check: Callable[[Planned], None]) -> None:
    """The parameter is sent once, in its place, with value and type unchanged."""
    check(planned)
