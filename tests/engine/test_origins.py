"""The gateway refuses connections, speaks TLS with every certificate, and has a second origin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import socket
from urllib.parse import urlsplit

import pytest
import requests

from conform.cases.model import Transport
from conform.cases.replies import Answer, Part, RawBytes, Script
from conform.engine.certificates import Certificates
from conform.engine.gateway import Gateway

ANSWER = Script(replies=(Answer(json={"id": 1}),))


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return Certificates(tmp_path)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as gateway:
        yield gateway


def test_a_gateway_that_refused_connections_keeps_its_address(gateway: Gateway) -> None:
    parts = urlsplit(gateway.url)
    for _ in range(3):
        with gateway.refuse(), pytest.raises(ConnectionRefusedError):
            socket.create_connection((parts.hostname, parts.port), timeout=5)
        with gateway.play(ANSWER):
            assert requests.get(gateway.url, timeout=5).json() == {"id": 1}


def test_a_gateway_that_refuses_connections_ends_those_that_are_open(gateway: Gateway) -> None:
    with gateway.play(ANSWER) as recording, requests.Session() as session:
        assert session.get(gateway.url, timeout=5).json() == {"id": 1}
        with gateway.refuse(), pytest.raises(requests.ConnectionError):
            session.get(gateway.url, timeout=5)
    assert len(recording.exchanges) == 1


def test_the_alias_is_another_origin_of_the_same_gateway(gateway: Gateway) -> None:
    assert urlsplit(gateway.alias).hostname != urlsplit(gateway.url).hostname
    with gateway.play(ANSWER) as recording:
        assert requests.get(gateway.alias, timeout=5).json() == {"id": 1}
    assert len(recording.exchanges) == 1


def test_the_origins_are_filled_into_the_headers_of_a_script() -> None:
    moved = Answer(status=302, headers={"Location": "{elsewhere}/a", "X-Own": "{here}"})
    raw = RawBytes(parts=(Part(text="{here}"),))
    script = Script(replies=(moved, raw), elsewhere=(moved,)).located("http://a:1", "http://b:2")
    assert script.replies == (
        Answer(status=302, headers={"Location": "http://b:2/a", "X-Own": "http://a:1"}),
        raw,
    )
    assert script.elsewhere == script.replies[:1]


def test_plain_http_has_no_tls_context(certificates: Certificates) -> None:
    assert certificates.context("http") is None


def test_a_valid_certificate_is_accepted_with_its_authority(certificates: Certificates) -> None:
    with Gateway(certificates.context("tls")) as gateway, gateway.play(ANSWER) as recording:
        assert gateway.url.startswith("https://")
        answer = requests.get(gateway.url, timeout=5, verify=certificates.ca_file)
        assert answer.json() == {"id": 1}
    assert len(recording.exchanges) == 1


@pytest.mark.parametrize(
    ("transport", "problem"),
    [
        ("tls-wrong-host", "IP address mismatch"),
        ("tls-expired", "certificate has expired"),
        ("tls-untrusted", "unable to get local issuer"),
        ("tls-self-signed", "self-signed"),
    ],
)
def test_each_bad_certificate_has_exactly_one_flaw(
    certificates: Certificates, transport: Transport, problem: str
) -> None:
    with (
        Gateway(certificates.context(transport)) as gateway,
        gateway.play(ANSWER) as recording,
        pytest.raises(requests.exceptions.SSLError, match=problem.replace("-", ".")),
    ):
        requests.get(gateway.url, timeout=5, verify=certificates.ca_file)
    assert recording.exchanges == ()
