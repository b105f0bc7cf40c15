"""Sends one reply of a script, complete or deliberately broken."""

from __future__ import annotations

from base64 import b64decode
from http import HTTPStatus
import socket
import struct
from typing import TYPE_CHECKING, Final

from conform.cases.replies import Answer, Drop, Part, RawBytes, Reply
from conform.core.observations import Header, Request, Response

if TYPE_CHECKING:
    import threading

_LONGEST_OPEN: Final = 60.0
"""Seconds that a connection stays open at most when the script keeps it open."""
_MOST_EVIDENCE: Final = 64 * 1024
"""Bytes of a raw reply that are recorded."""


def play(
    reply: Reply, request: Request, connection: socket.socket, over: threading.Event
) -> Response:
    """Send the reply to a request, and give what was sent; waits end when the case is over.

    Raises:
        OSError: the client closed the connection first.
    """
    match reply:
        case Answer(after=after, status=status):
            over.wait(after)
            headers = tuple(Header(name, value) for name, value in reply.headers.items())
            return send(connection, status, headers, reply.body, silent=request.method == "HEAD")
        case RawBytes(parts=parts, then=then):
            sent = b"".join(_trickle(part, connection, over) for part in parts)
            _close(connection, then, over)
            return Response(body=sent[:_MOST_EVIDENCE], fault=f"raw bytes, then {then}")
        case Drop(how=how, after=after):
            over.wait(after)
            _close(connection, how, over)
            return Response(fault=how)


def send(
    connection: socket.socket,
    status: int,
    headers: tuple[Header, ...],
    body: bytes,
    *,
    silent: bool = False,
) -> Response:
    """Send a complete response that closes the connection, and give what was sent."""
    named = {header.name.lower() for header in headers}
    has_no_body = status < HTTPStatus.OK or status in {
        HTTPStatus.NO_CONTENT,
        HTTPStatus.NOT_MODIFIED,
    }
    added = [Header("Connection", "close")]
    if not has_no_body and "content-length" not in named:
        added.append(Header("Content-Length", str(len(body))))
    if body and "content-type" not in named:
        added.append(Header("Content-Type", "application/json"))
    everything = (*headers, *added)
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else ""
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{h.name}: {h.value}" for h in everything), "", ""]
    connection.sendall("\r\n".join(lines).encode("latin-1") + (b"" if silent else body))
    return Response(status=status, headers=everything, body=body)


def _trickle(part: Part, connection: socket.socket, over: threading.Event) -> bytes:
    """Send a part with its repetitions and waits, and give the bytes that were sent."""
    once = b64decode(part.base64) if part.base64 else part.text.encode()
    sent = bytearray()
    for _ in range(part.times):
        over.wait(part.after)
        if over.is_set():
            break
        connection.sendall(once)
        sent += once[: _MOST_EVIDENCE - len(sent)]
    return bytes(sent)


def _close(connection: socket.socket, how: str, over: threading.Event) -> None:
    match how:
        case "reset":
            # A close with a linger time of zero is a TCP reset.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        case "hold":
            over.wait(_LONGEST_OPEN)
