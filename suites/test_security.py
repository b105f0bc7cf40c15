"""Where credentials are sent, and where they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from conform.cases.model import Planned


def test_security(planned: Planned, check: Callable[[Planned], None]) -> None:
    """No secret is where it must not be."""
    check(planned)
