"""Reads one HTTP request off a connection, and passes one on to an upstream."""

from __future__ import annotations

from http import HTTPStatus
import socket
from typing import Final

import h11

from conform.core.errors import SuiteError
from conform.core.observations import Header, Request, Response
from conform.engine.playback import send

PATIENCE: Final = 30.0
"""Seconds to wait for the next byte, a client's or an upstream's."""
_LONGEST_HEAD: Final = 1024 * 1024
_LONGEST_BODY: Final = 64 * 1024 * 1024
_CHUNK: Final = 64 * 1024


def receive(connection: socket.socket) -> Request | None:
    """One whole request, or nothing where the client sent none.

    What is no HTTP is a request without a method, its first bytes as the body.
    """
    parser = h11.Connection(h11.SERVER, max_incomplete_event_size=_LONGEST_HEAD)
    raw = bytearray()
    try:
        return _parse(parser, connection, raw)
    except (h11.RemoteProtocolError, OSError):
        return Request(method="", target="", headers=(), body=bytes(raw)) if raw else None


def _parse(parser: h11.Connection, connection: socket.socket, raw: bytearray) -> Request | None:
    head: h11.Request | None = None
    body = bytearray()
    while True:
        match parser.next_event():
            case h11.Request() as head:
                if parser.they_are_waiting_for_100_continue:
                    connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            case h11.Data(data=data):
                body += data[: _LONGEST_BODY - len(body)]
            case h11.NEED_DATA:
                received = connection.recv(_CHUNK)
                raw += received[: _CHUNK - len(raw)]
                parser.receive_data(received)
            case h11.EndOfMessage() if head is not None:
                return Request(
                    method=head.method.decode(),
                    target=head.target.decode("latin-1"),
                    headers=_fields(head),
                    body=bytes(body),
                )
            case _:
                return None


def _fields(message: h11.Request | h11.Response) -> tuple[Header, ...]:
    return tuple(
        Header(name.decode("latin-1"), value.decode("latin-1"))
        for name, value in message.headers.raw_items()
    )


_PER_CONNECTION: Final = frozenset({"connection", "keep-alive", "transfer-encoding", "expect"})
"""Header fields that speak of one connection only (RFC 9110, section 7.6.1)."""


def pass_on(request: Request, client: socket.socket, host: str, port: int) -> Response:
    """Send the request to an upstream and its answer to the client; what is no HTTP stays here.

    Raises:
        OSError: one of the two closed its connection first.
        SuiteError: the upstream gave no answer.
    """
    if not request.method:
        return send(client, HTTPStatus.BAD_REQUEST, (), b"")
    kept = [h for h in request.headers if h.name.lower() not in _PER_CONNECTION]
    if request.body and request.header("content-length") is None:
        kept.append(Header("Content-Length", str(len(request.body))))
    parser = h11.Connection(h11.CLIENT)
    head = h11.Request(
        method=request.method, target=request.target, headers=[(h.name, h.value) for h in kept]
    )
    events = (head, h11.Data(data=request.body), h11.EndOfMessage())
    with socket.create_connection((host, port), timeout=PATIENCE) as upstream:
        upstream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        upstream.sendall(b"".join(parser.send(event) or b"" for event in events))
        answer, body = _answer(parser, upstream)
    headers = tuple(
        field
        for field in _fields(answer)
        if field.name.lower() not in _PER_CONNECTION | {"content-length"}
    )
    return send(client, answer.status_code, headers, body)


def _answer(parser: h11.Connection, upstream: socket.socket) -> tuple[h11.Response, bytes]:
    answer: h11.Response | None = None
    body = bytearray()
    while True:
        match parser.next_event():
            case h11.Response() as answer:
                pass
            case h11.Data(data=data):
                body += data
            case h11.NEED_DATA:
                parser.receive_data(upstream.recv(_CHUNK))
            case h11.EndOfMessage() if answer is not None:
                return answer, bytes(body)
            case h11.ConnectionClosed():
                raise SuiteError("The upstream closed its connection without an answer.")
