"""Where credentials travel, and whom they are shown to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from conform.cases.model import Planned


def test_security(planned: Planned, check: Callable[[Planned], None]) -> None:
    """No secret gets to where it has no place."""
    check(planned)
