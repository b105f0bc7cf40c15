"""Every error that the API answers with, and everything else in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from conform.cases.model import Planned


def test_errors(planned: Planned, check: Callable[[Planned], None]) -> None:
    """What is raised is an error of the SDK's own that carries what the API said."""
    check(planned)
