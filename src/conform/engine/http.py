"""Reads one HTTP request from a connection, and forwards a request to another server."""

from __future__ import annotations

from http import HTTPStatus
import socket
from typing import Final

import h11

from conform.core.errors import SuiteError
from conform.core.observations import Header, Request, Response
from conform.engine.playback import send

READ_SECONDS: Final = 30.0
"""Seconds to wait for the next byte of a client or of an upstream."""
_LONGEST_HEAD: Final = 1024 * 1024
_LONGEST_BODY: Final = 64 * 1024 * 1024
_CHUNK: Final = 64 * 1024


def receive(connection: socket.socket) -> Request | None:
    """One complete request; None if the client sent nothing.

    Bytes that are not HTTP become a request without a method; its body is the first of them.
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
"""Header fields of one connection only (RFC 9110, section 7.6.1)."""


def forward(request: Request, client: socket.socket, host: str, port: int) -> Response:
    """Send a request to an upstream, and its response to the client.

    A request that is not HTTP is not forwarded; the client gets the status 400.

    Raises:
        OSError: the client or the upstream closed its connection early.
        SuiteError: the upstream sent no response.
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
    with socket.create_connection((host, port), timeout=READ_SECONDS) as upstream:
        upstream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        upstream.sendall(b"".join(parser.send(event) or b"" for event in events))
        response, body = _response(parser, upstream)
    headers = tuple(
        field
        for field in _fields(response)
        if field.name.lower() not in _PER_CONNECTION | {"content-length"}
    )
    return send(client, response.status_code, headers, body)


def _response(parser: h11.Connection, upstream: socket.socket) -> tuple[h11.Response, bytes]:
    response: h11.Response | None = None
    body = bytearray()
    while True:
        match parser.next_event():
            case h11.Response() as response:
                pass
            case h11.Data(data=data):
                body += data
            case h11.NEED_DATA:
                parser.receive_data(upstream.recv(_CHUNK))
            case h11.EndOfMessage() if response is not None:
                return response, bytes(body)
            case h11.ConnectionClosed():
                raise SuiteError(
                    "The mock server closed its connection without a response.",
                    why="It gives one response to every request.",
                    fix="Run the command again, and report it if it happens twice.",
                )
