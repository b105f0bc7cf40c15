"""What an SDK of one variant does with the answers of every other one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from conform.cases.model import Planned


def test_variants(planned: Planned, check: Callable[[Planned], None]) -> None:
    """What both know is exposed as sent, and the rest is ignored."""
    check(planned)
