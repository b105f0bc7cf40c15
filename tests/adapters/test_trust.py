"""An adapter adds the authorities that it is given, and trusts no others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from conform.cases.replies import Answer, Script
from conform.protocol import Call, Configure, Network, Outcome, Raised, Returned, Start, Started
from conform.servers import Certificates, Gateway
from conform.targets.adapter import Adapter
from conform.targets.names import parse
from conform.targets.resolve import Target, resolve

TARGETS = [
    "http",
    *(
        pytest.param(f"python=={release}", marks=pytest.mark.registry)
        for release in ("1.0.9", "1.0.100", "1.2.200", "1.6.456", "2.0.0")
    ),
]


@pytest.fixture
def authority(tmp_path: Path) -> Certificates:
    """An authority of this test alone."""
    return Certificates(tmp_path)


@pytest.fixture
def secure(authority: Certificates) -> Iterator[Gateway]:
    """A gateway that speaks TLS with a certificate of that authority."""
    with Gateway(authority.context("tls")) as gateway:
        yield gateway


@pytest.fixture(params=TARGETS)
def target(request: pytest.FixtureRequest) -> Target:
    """One that sends its requests with Python's ``requests``."""
    name = parse(request.param, ("http", "python"))
    return resolve(name)  # type: ignore[arg-type] # no server is among them


def outcome(target: Target, gateway: Gateway, ca_file: str | None) -> Outcome:
    """What a log-in comes to."""
    with Adapter(target.launch) as adapter:
        start = Start(protocol=1, base_url=gateway.url, ca_file=ca_file)
        started = adapter.ask(start, 60)
        assert isinstance(started, Started), started
        assert "ca_file" in started.capabilities
        adapter.ask(Configure(network=Network(attempts=1, read_seconds=5)), 60)
        with gateway.play(Script(replies=(Answer(status=201, json={"id": "x"}),))):
            answer = adapter.ask(Call(resource="session", operation="create"), 60)
        assert isinstance(answer, Returned | Raised), answer
        return answer


def test_the_given_authority_is_trusted(
    target: Target, secure: Gateway, authority: Certificates
) -> None:
    assert isinstance(outcome(target, secure, authority.ca_file), Returned)


def test_without_it_nobody_is(target: Target, secure: Gateway) -> None:
    assert isinstance(outcome(target, secure, None), Raised)
