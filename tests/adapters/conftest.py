"""What the tests of adapters share: targets, or why they are unavailable, and short requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import os
from pathlib import Path
from typing import Any, Self

import pytest

from conform.cases.replies import Answer, Reply, Script
from conform.core import manifest
from conform.core.errors import TargetUnavailableError
from conform.core.observations import Request
from conform.core.protocol import (
    VERSION,
    Call,
    Configure,
    Configured,
    Done,
    Outcome,
    Raised,
    Reset,
    Returned,
    Rig,
    Run,
    Start,
    Started,
    Unsupported,
)
from conform.core.values import parameters
from conform.engine.gateway import Gateway
from conform.targets.adapter import Adapter
from conform.targets.launch import Launch
from conform.targets.names import Checkout, Newest, SdkName, parse
from conform.targets.requirements import Missing, find_program
from conform.targets.resolve import Target, resolve

ANSWER_SECONDS = 60.0
ONCE = Rig(attempts=1, connect_seconds=5, read_seconds=5, delay_seconds=0.01)

EXAMPLE = {
    "id": "60525f92e859c4c3d74cb02fd176b1525901b525",
    "language": "en",
    "site_id": 9223372036854775807,
    "read_only": True,
    "root_path": None,
}
"""A session as a server sends it."""


class DrivenAdapter:
    """An adapter with its gateway."""

    def __init__(self, launch: Launch, gateway: Gateway) -> None:
        self.started: Started | None = None
        self.gateway = gateway
        self.adapter = Adapter(launch)
        self.requests: tuple[Request, ...] = ()

    def start(self, **more: Any) -> Started:
        """Start it, and let it send every request only once."""
        request = Start(protocol=VERSION, base_url=self.gateway.url, **more)
        started = self.adapter.ask(request, ANSWER_SECONDS)
        assert isinstance(started, Started), (started, self.adapter.output())
        self.started = started
        self.set(rig=ONCE)
        return started

    def set(self, rig: Rig = ONCE, **settings: Any) -> Configured:
        """Make global settings, by the names of the SDK."""
        request = Configure(rig=rig, settings=parameters(**settings))
        configured = self.adapter.ask(request, ANSWER_SECONDS)
        assert isinstance(configured, Configured), configured
        return configured

    def reset(self) -> None:
        """Restore the state after the start."""
        assert self.adapter.ask(Reset(), ANSWER_SECONDS) == Done()

    def call(self, operation: str, *replies: Reply, **request: Any) -> Outcome:
        """Call an operation such as ``Session.create``; the server sends these replies."""
        resource, _, name = operation.partition(".")
        for argument, plain in (("named", "given"), ("options", "options")):
            if request.get(plain) is not None:
                request[argument] = parameters(**request.pop(plain))
        if "options" in request:
            request.setdefault("named", {})
        return self.ask(Call(resource=resource, operation=name, **request), *replies)

    def run(self, code: str, *replies: Reply, **request: Any) -> Outcome:
        """Run a sample; the server sends these replies."""
        return self.ask(Run(code=code, **request), *replies)

    def ask(self, message: Call | Run, *replies: Reply) -> Outcome:
        """Ask for a call or a sample; the server sends these replies."""
        with self.gateway.play(
            Script(replies=replies or (Answer(status=201, json=EXAMPLE),))
        ) as seen:
            outcome = self.adapter.ask(message, ANSWER_SECONDS)
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
                assert self.adapter.stop() is None


@contextmanager
def driven(launch: Launch, tls: Any = None) -> Iterator[DrivenAdapter]:
    """An adapter with its own gateway, which speaks TLS if it gets a context."""
    with Gateway(tls) as gateway, DrivenAdapter(launch, gateway) as made:
        yield made


@pytest.fixture(scope="session")
def behind_gateway() -> Callable[..., Any]:
    """Gives an adapter its own gateway, as a context manager."""
    return driven


@pytest.fixture
def session() -> dict[str, Any]:
    """A session as a server sends it."""
    return EXAMPLE


# ── one target and one process of its adapter for all tests of a module ──────────────────────────


@pytest.fixture(scope="module")
def which(request: pytest.FixtureRequest) -> str:
    """The tested target: an SDK, which means its checkout, or a release as ``ruby==1.1.713``.

    A test module for one language replaces this fixture.
    """
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def checkout(which: str) -> Path:
    """The checkout of the tested SDK, if its variable names one."""
    sdk = which.partition("==")[0]
    variable = f"CONFORM_CHECKOUT_{sdk.upper()}"
    if variable not in os.environ:
        language = manifest.named(sdk).manifest.adapter.language
        pytest.skip(f"{variable} names no checkout of the {language} SDK")
    return Path(os.environ[variable])


@pytest.fixture(scope="module")
def target(which: str, request: pytest.FixtureRequest, tmp_path_factory: Any) -> Target:
    """The target, if its runtime and its registry are available.

    A release is installed into an empty cache, because its installation is tested as well.
    """
    name = parse(which, manifest.known())
    assert isinstance(name, SdkName)
    adapter = manifest.named(name.sdk).manifest
    missing = [
        each.why for each in map(find_program, adapter.requires) if isinstance(each, Missing)
    ]
    if missing:
        pytest.skip(" ".join(missing))
    if isinstance(name.which, Newest) and adapter.checkout is not None:
        name = SdkName(name.sdk, Checkout(request.getfixturevalue("checkout")))
    try:
        if isinstance(name.which, Checkout | Newest):
            return resolve(name)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CONFORM_CACHE", str(tmp_path_factory.mktemp("cache")))
            return resolve(name)
    except TargetUnavailableError as error:
        if error.what != f"{adapter.sdk.registry} cannot be reached.":
            raise
        pytest.skip(f"{which}: {error.what} {error.why}")


@pytest.fixture(scope="module")
def process(target: Target) -> Iterator[Callable[[], DrivenAdapter]]:
    """The target's adapter, started; it is started again after a test that ended it."""
    with Gateway() as gateway:
        alive: list[DrivenAdapter] = []

        def usable() -> DrivenAdapter:
            if alive and not (alive[0].started and alive[0].adapter.usable):
                with alive.pop().adapter:
                    pass
            if not alive:
                alive.append(DrivenAdapter(target.launch, gateway))
                alive[0].start()
            return alive[0]

        yield usable
        for each in alive:
            with each:
                pass


@pytest.fixture
def adapter(process: Callable[[], DrivenAdapter]) -> DrivenAdapter:
    """The target's adapter in its state after the start, with an empty output."""
    it = process()
    it.reset()
    it.set(rig=ONCE)
    it.adapter.mark()
    it.requests = ()
    return it
