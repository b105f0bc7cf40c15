"""Every documented attribute × the boundary values of its type."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from conform.cases.model import Planned


def test_fields(planned: Planned, check: Callable[[Planned], None]) -> None:
    """The attribute is exposed under its documented name, with value and type unchanged."""
    check(planned)
