"""Every way in which a connection or a response can be broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from conform.cases.model import Planned


def test_faults(planned: Planned, check: Callable[[Planned], None]) -> None:
    """The caller gets an error of the SDK's own in limited time, and never an invented success."""
    check(planned)
