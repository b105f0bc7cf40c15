"""What the tests of the reference server share: servers, and the time that they see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import msgspec
import pytest

from conform.servers import Accounts, serving

from .plain import PlainClient, Start, TurnedClock

MOTOR: dict[str, Any] = {"id": 7, "username": "motor", "password": "vroom"}


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture
def start(clock: TurnedClock) -> Iterator[Start]:
    """Start a server; a user is given as what differs from ``MOTOR``."""
    with ExitStack() as stack:

        def started(
            variant: str | None = None, *users: dict[str, Any], **options: Any
        ) -> PlainClient:
            settings = options.pop("settings", {})
            if users or settings:
                everyone = [MOTOR | given for given in users or ({},)]
                options["users"] = msgspec.convert({"users": everyone, **settings}, Accounts)
            return PlainClient(stack.enter_context(serving(variant, clock=clock, **options)))

        yield started
