"""A server starts at an address, and ends whatever its clients do."""

from __future__ import annotations

import socket
import threading
import time
from urllib.parse import urlsplit

import pytest
import requests

from conform.core.errors import UsageError
from conform.servers import ListenAt, running, serving

from .plain import PlainClient


def test_servers_run_side_by_side_in_one_process() -> None:
    with serving("compact") as first, serving("extended") as second:
        assert first != second
        assert len(PlainClient(first).login().body) < len(PlainClient(second).login().body)


def test_nothing_runs_after_the_block() -> None:
    before = threading.active_count()
    with serving() as url:
        client = PlainClient(url)
        assert client.login().status == 201
    assert [each.name for each in threading.enumerate() if "server" in each.name] == []
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((urlsplit(url).hostname, urlsplit(url).port)).close()
    assert threading.active_count() <= before + 1


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"POST /api/rest/v1/sess", id="half a head"),
        pytest.param(
            b"POST /api/rest/v1/sessions HTTP/1.1\r\nHost: x\r\n", id="no end of the head"
        ),
        pytest.param(
            b"POST /api/rest/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{",
            id="half a body",
        ),
        pytest.param(
            b"GET /api/rest/v1/users HTTP/1.1\r\nHost: x\r\n\r\n", id="a connection that stays open"
        ),
    ],
)
def test_a_client_that_hangs_does_not_keep_the_server(sent: bytes) -> None:
    with serving() as url:
        address = urlsplit(url)
        client = socket.create_connection((address.hostname, address.port))
        client.sendall(sent)
        assert PlainClient(url).login().status == 201
        began = time.monotonic()
    assert time.monotonic() - began < 1
    client.close()


def test_a_request_that_is_not_http_does_not_stop_the_server() -> None:
    with serving() as url:
        address = urlsplit(url)
        with socket.create_connection((address.hostname, address.port)) as client:
            client.sendall(b"\x16\x03\x01\x00\x00\r\n\r\n")
            assert client.recv(100).startswith(b"HTTP/1.1 400")
        assert PlainClient(url).login().status == 201


def test_answers_on_an_open_connection_do_not_wait() -> None:
    with serving() as url, requests.Session() as connection:
        connection.trust_env = False
        began = time.monotonic()
        for _ in range(100):
            assert connection.get(f"{url}/api/rest/v1/users", timeout=30).status_code == 401
        # With the delay of Nagle's algorithm, it would be four seconds.
        assert time.monotonic() - began < 3


def test_a_host_header_has_no_influence() -> None:
    with serving("extended") as url:
        client = PlainClient(url)
        headers = {"Host": "[evil.example.com"}
        login = {"username": "motor", "password": "vroom"}
        reply = client.send("POST", "/sessions", json=login, headers=headers)
        assert reply.body["login_token_domain"] == url


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_a_server_listens_at_an_address_of_ipv6() -> None:
    with running(ListenAt(host="::1")) as server:
        assert server.url.startswith("http://[::1]:")
        assert PlainClient(server.url).login().status == 201


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_that_is_not_here_is_refused(host: str) -> None:
    with pytest.raises(UsageError) as refused, running(ListenAt(host=host)):
        pass
    assert refused.value.what == f"The server cannot listen at {host}, port 0."


def test_an_unknown_variant_is_refused() -> None:
    with pytest.raises(UsageError, match="The variant 'huge' does not exist"), serving("huge"):
        pass
