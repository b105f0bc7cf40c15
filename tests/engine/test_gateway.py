"""The gateway records every request and sends the replies of the script."""

from __future__ import annotations

from collections.abc import Iterator
import socket

import pytest
import requests

from conform.cases.replies import Answer, Drop, Part, RawBytes, Script
from conform.engine import gateway as gateways
from conform.engine.gateway import MOST_EVIDENCE, Gateway, Upstream


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as running:
        yield running


def script(*replies: Answer | RawBytes | Drop) -> Script:
    return Script(replies=replies)


def test_a_request_is_recorded_with_its_own_bytes(gateway: Gateway) -> None:
    with gateway.play(script(Answer(status=201, json={"id": 1}))) as recording:
        response = requests.post(
            f"{gateway.url}/api/x%2Fy?a=1&a=2", data=b"\xff\x00", headers={"X-Odd": "é"}, timeout=5
        )
    (exchange,) = recording.exchanges
    assert (response.status_code, response.json()) == (201, {"id": 1})
    assert exchange.request.method == "POST"
    assert exchange.request.target == "/api/x%2Fy?a=1&a=2"
    assert exchange.request.header("x-odd") == "é"
    assert exchange.request.body == b"\xff\x00"
    assert exchange.response.status == 201
    assert exchange.response.body == b'{"id":1}'


def test_header_names_keep_their_upper_and_lower_case(gateway: Gateway) -> None:
    with gateway.play(script(Answer())) as recording:
        requests.get(gateway.url, headers={"x-FilesAPI-Auth": "1"}, timeout=5)
    names = {header.name for header in recording.exchanges[0].request.headers}
    assert "x-FilesAPI-Auth" in names


def test_replies_are_sent_in_order_and_the_last_one_is_repeated(gateway: Gateway) -> None:
    with gateway.play(script(Answer(status=500), Answer(status=200))) as recording:
        seen = [requests.get(gateway.url, timeout=5).status_code for _ in range(3)]
    assert seen == [500, 200, 200]
    assert [exchange.response.status for exchange in recording.exchanges] == [500, 200, 200]


def test_a_request_has_the_index_of_its_step(gateway: Gateway) -> None:
    with gateway.play(script(Answer())) as recording:
        for step in range(2):
            recording.step = step
            requests.get(gateway.url, timeout=5)
    assert [exchange.request.step for exchange in recording.exchanges] == [0, 1]


def test_every_response_closes_its_connection(gateway: Gateway) -> None:
    with (
        gateway.play(script(Answer())) as recording,
        socket.create_connection(("127.0.0.1", int(gateway.url.rsplit(":", 1)[1]))) as client,
    ):
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 2)
        received = b"".join(iter(lambda: client.recv(4096), b""))
    assert received.count(b"HTTP/1.1 ") == len(recording.exchanges) == 1
    assert b"Connection: close" in received


def test_no_request_gets_a_response_between_cases(gateway: Gateway) -> None:
    with pytest.raises(requests.ConnectionError):
        requests.get(gateway.url, timeout=5)


def test_an_idle_connection_ends_with_its_case(gateway: Gateway) -> None:
    address = ("127.0.0.1", int(gateway.url.rsplit(":", 1)[1]))
    with gateway.play(script(Answer())) as recording:
        idle = socket.create_connection(address, timeout=20)
        # The gateway accepts connections in order, so the idle one is part of the case.
        requests.get(gateway.url, timeout=5)
    with idle:
        assert idle.recv(1) == b""
    assert len(recording.exchanges) == 1


@pytest.mark.parametrize(
    ("how", "error"), [("reset", ConnectionResetError), ("close", None)], ids=["reset", "close"]
)
def test_a_connection_is_dropped_as_the_script_says(
    gateway: Gateway, how: str, error: type[Exception] | None
) -> None:
    address = ("127.0.0.1", int(gateway.url.rsplit(":", 1)[1]))
    with (
        gateway.play(script(Drop(how=how))) as recording,
        socket.create_connection(address) as client,
    ):
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        if error is None:
            assert client.recv(1) == b""
        else:
            with pytest.raises(error):
                client.recv(1)
    assert recording.exchanges[0].response.fault == how


def test_a_connection_that_the_script_keeps_open_ends_with_its_case(gateway: Gateway) -> None:
    address = ("127.0.0.1", int(gateway.url.rsplit(":", 1)[1]))
    started = "HTTP/1.1 200 OK\r\n"
    with gateway.play(script(RawBytes(parts=(Part(text=started),), then="hold"))) as recording:
        client = socket.create_connection(address, timeout=20)
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert client.recv(4096) == started.encode()
        assert recording.exchanges == ()
    with client:
        assert client.recv(4096) == b""
    (exchange,) = recording.exchanges
    assert exchange.response.fault == "raw bytes, then hold"
    assert exchange.response.body == started.encode()


def test_raw_bytes_are_sent_unchanged(gateway: Gateway) -> None:
    raw = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
    reply = RawBytes(parts=(Part(text=raw), Part(text="ab", times=3)))
    with (
        gateway.play(script(reply)),
        pytest.raises(requests.exceptions.ChunkedEncodingError, match="6 bytes read"),
    ):
        requests.get(gateway.url, timeout=5)


def test_bytes_that_are_not_http_are_recorded(gateway: Gateway) -> None:
    address = ("127.0.0.1", int(gateway.url.rsplit(":", 1)[1]))
    with (
        gateway.play(script(Answer())) as recording,
        socket.create_connection(address) as client,
    ):
        client.sendall(b"\x16\x03\x01 not http\r\n\r\n")
        while client.recv(4096):
            pass
    assert recording.exchanges[0].request.method == ""
    assert recording.exchanges[0].request.body.startswith(b"\x16\x03\x01")


def test_a_client_that_waits_for_100_continue_gets_it(gateway: Gateway) -> None:
    address = ("127.0.0.1", int(gateway.url.rsplit(":", 1)[1]))
    with (
        gateway.play(script(Answer())) as recording,
        socket.create_connection(address) as client,
    ):
        head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        client.sendall(head)
        assert client.recv(4096).startswith(b"HTTP/1.1 100 ")
        client.sendall(b"ok")
        while client.recv(4096):
            pass
    assert recording.exchanges[0].request.body == b"ok"


def test_a_request_is_forwarded_to_an_upstream(gateway: Gateway) -> None:
    with Gateway() as behind:
        port = int(behind.url.rsplit(":", 1)[1])
        answer = Answer(status=201, json=[1], headers={"X-Seen": "1"})
        with (
            behind.play(script(answer)) as inner,
            gateway.play(Upstream(host="127.0.0.1", port=port)) as outer,
        ):
            response = requests.put(f"{gateway.url}/p?q=1", json={"a": 1}, timeout=5)
    assert (response.status_code, response.json(), response.headers["X-Seen"]) == (201, [1], "1")
    sent, passed = outer.exchanges[0].request, inner.exchanges[0].request
    assert (sent.method, sent.target, sent.body) == (passed.method, passed.target, passed.body)
    assert outer.exchanges[0].response.body == b"[1]"


def test_the_bodies_that_are_kept_of_one_case_are_bounded(gateway: Gateway) -> None:
    big = "x" * (MOST_EVIDENCE // 2 + 1)
    with gateway.play(script(Answer(text=big))) as recording:
        received = [len(requests.get(gateway.url, timeout=30).content) for _ in range(3)]
    assert received == [len(big)] * 3
    kept = [len(exchange.response.body) for exchange in recording.exchanges]
    assert kept == [len(big), 0, 0]


def test_the_exchanges_that_are_kept_of_one_case_are_bounded(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateways, "MOST_EXCHANGES", 2)
    with gateway.play(script(*(Answer(text=text) for text in "abcd"))) as recording:
        received = [requests.get(gateway.url, timeout=5).text for _ in range(5)]
    assert received == ["a", "b", "c", "d", "d"]
    assert [each.response.body for each in recording.exchanges] == [b"a", b"b"]
    assert recording.not_kept == 3
