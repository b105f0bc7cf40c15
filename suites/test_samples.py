"""The arguments and the code of every documented sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from conform.cases.model import Planned


def test_samples(planned: Planned, check: Callable[[Planned], None]) -> None:
    """The sample sends what its operation documents."""
    check(planned)
