"""An SDK of one variant gets the responses of every other variant."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from conform.cases.model import Planned


def test_variants(planned: Planned, check: Callable[[Planned], None]) -> None:
    """Attributes that both document are exposed as sent, and all others are ignored."""
    check(planned)
