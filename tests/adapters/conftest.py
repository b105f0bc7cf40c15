"""What the tests of adapters share: a gateway to send to, and an adapter that is asked in short."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self

import pytest

from conform.cases.replies import Answer, Reply, Script
from conform.observations import Request
from conform.protocol import (
    Call,
    Configure,
    Configured,
    Credentials,
    Done,
    Network,
    Outcome,
    Raised,
    Reset,
    Returned,
    Run,
    Start,
    Started,
    Unsupported,
)
from conform.servers import Gateway
from conform.targets.adapter import Adapter
from conform.targets.launch import Launch
from conform.values import parameters

PATIENCE = 60.0
ONCE = Network(attempts=1, connect_seconds=5, read_seconds=5)

EXAMPLE = {
    "id": "60525f92e859c4c3d74cb02fd176b1525901b525",
    "language": "en",
    "site_id": 9223372036854775807,
    "read_only": True,
    "root_path": None,
}
"""A session as a server answers it."""


class Asked:
    """An adapter that has started, behind a gateway."""

    def __init__(self, launch: Launch, gateway: Gateway) -> None:
        self.gateway = gateway
        self.adapter = Adapter(launch)
        self.requests: tuple[Request, ...] = ()

    def start(self, **more: Any) -> Started:
        """Start it and let it send every request once."""
        request = Start(protocol=1, base_url=self.gateway.url, **more)
        started = self.adapter.ask(request, PATIENCE)
        assert isinstance(started, Started), (started, self.adapter.output())
        assert self.set(network=ONCE).unsupported == ()
        return started

    def set(self, **settings: Any) -> Configured:
        """Make global settings."""
        configured = self.adapter.ask(Configure(**settings), PATIENCE)
        assert isinstance(configured, Configured), configured
        return configured

    def reset(self) -> None:
        """Put everything back as it was."""
        assert self.adapter.ask(Reset(), PATIENCE) == Done()

    def call(self, operation: str, *replies: Reply, **asked: Any) -> Outcome:
        """Call an operation such as ``session.create`` while the server answers these replies."""
        resource, _, name = operation.partition(".")
        given = asked.pop("given", {})
        call = Call(resource=resource, operation=name, parameters=parameters(**given), **asked)
        return self._observed(call, replies)

    def run(self, code: str, *replies: Reply, **asked: Any) -> Outcome:
        """Run a sample while the server answers these replies."""
        return self._observed(Run(code=code, **asked), replies)

    def _observed(self, request: Call | Run, replies: tuple[Reply, ...]) -> Outcome:
        with self.gateway.play(
            Script(replies=replies or (Answer(status=201, json=EXAMPLE),))
        ) as seen:
            outcome = self.adapter.ask(request, PATIENCE)
        self.requests = tuple(exchange.request for exchange in seen.exchanges)
        assert isinstance(outcome, Returned | Raised | Unsupported), (
            outcome,
            self.adapter.output(),
        )
        return outcome

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        with self.adapter:
            if error[0] is None:
                assert self.adapter.stop() == 0


Asking = Callable[[Launch], "Iterator[Asked]"]


@contextmanager
def asking(launch: Launch) -> Iterator[Asked]:
    """An adapter behind a gateway of its own."""
    with Gateway() as gateway, Asked(launch, gateway) as asked:
        yield asked


@pytest.fixture
def behind_gateway() -> Callable[[Launch], Any]:
    """Puts an adapter behind a gateway, as a context manager."""
    return asking


@pytest.fixture
def session() -> dict[str, Any]:
    """A session as a server answers it."""
    return EXAMPLE


@pytest.fixture
def by_session() -> Credentials:
    """The options of a call that is made with a session id."""
    return Credentials(session_id="abc123")
