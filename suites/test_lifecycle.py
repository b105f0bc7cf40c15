"""A session from login to logout, two sessions at the same time, and saved objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from conform.cases.model import Planned


def test_lifecycle(planned: Planned, check: Callable[[Planned], None]) -> None:
    """Each request is sent with the right credentials."""
    check(planned)
