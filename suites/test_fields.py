"""Every documented attribute × the boundary values of its type."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conform.campaign import Campaign

    from conform.cases.model import Planned


def test_fields(planned: Planned, campaign: Campaign) -> None:
    """The attribute is exposed under its documented name, with its value and type kept."""
    campaign.hold(planned)
