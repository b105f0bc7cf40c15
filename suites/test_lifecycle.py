"""A session from log-in to log-out, two of them at once, and objects that save themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from conform.cases.model import Planned


def test_lifecycle(planned: Planned, check: Callable[[Planned], None]) -> None:
    """Each request is sent with the credentials that it is meant to be sent with."""
    check(planned)
