"""Every documented parameter × the values of its type, and others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from conform.cases.model import Planned


def test_parameters(planned: Planned, check: Callable[[Planned], None]) -> None:
    """The parameter travels once, in its place, with its value and type kept."""
    check(planned)
