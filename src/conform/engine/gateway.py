"""Records every request of an adapter, and sends the replies that the script of the case gives.

Each connection has its own thread and carries one request. Every response closes its connection,
so that nothing of one case reaches the next case.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
import socket
import threading
import time
from typing import TYPE_CHECKING, Final, Self

from msgspec import Struct, structs

from conform.cases.replies import Answer, Script
from conform.core.errors import SuiteError
from conform.core.observations import LOOPBACK, Exchange, Response
from conform.engine import http, playback

if TYPE_CHECKING:
    from collections.abc import Iterator
    import ssl

MOST_EVIDENCE: Final = 32 * 1024 * 1024
"""Bytes of bodies that are kept of one case."""
MOST_EXCHANGES: Final = 100
"""Exchanges that are kept of one case; a client that retries for ever makes many more."""
_CLOSE_SECONDS: Final = 5.0
"""Seconds that the connections of a case may take to end after the case."""


class Upstream(Struct, frozen=True, kw_only=True):
    """A server that the gateway forwards requests to, such as a Pact mock server."""

    host: str
    port: int


class Recording:
    """The requests of one case with their responses, in the order that the requests arrived."""

    def __init__(self, source: Script | Upstream) -> None:
        self.source = source
        self.over = threading.Event()
        self.step = 0
        """The index of the current step; the executor sets it."""
        self._began = time.monotonic()
        self._arrived = 0
        self._exchanges: dict[int, Exchange] = {}
        self._size = 0
        self._lock = threading.Lock()

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The first exchanges, as far as they are complete."""
        with self._lock:
            return tuple(each for _, each in sorted(self._exchanges.items()))

    @property
    def not_kept(self) -> int:
        """How many requests arrived after those that are kept."""
        with self._lock:
            return max(0, self._arrived - MOST_EXCHANGES)

    def arrive(self) -> tuple[int, int, float]:
        """The place of the next request, its step, and the seconds since the case began."""
        with self._lock:
            self._arrived += 1
            return self._arrived - 1, self.step, time.monotonic() - self._began

    def record(self, place: int, exchange: Exchange) -> None:
        """Add the exchange whose request has that place; without bodies once there is too much."""
        if place >= MOST_EXCHANGES:
            return
        with self._lock:
            self._size += len(exchange.request.body) + len(exchange.response.body)
            if self._size > MOST_EVIDENCE:
                exchange = Exchange(
                    request=structs.replace(exchange.request, body=b""),
                    response=structs.replace(exchange.response, body=b""),
                )
            self._exchanges[place] = exchange


class Gateway:
    """A loopback HTTP server with one address for the whole run.

    Use it as a context manager. Outside of ``play`` it closes every connection without a response.

    Args:
        tls: the TLS context; None for plain HTTP.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self._listener, self._reserved = _listener_on(0), socket.socket()
        self.port: int = self._listener.getsockname()[1]
        # A second socket reserves the port while the gateway refuses connections.
        self._reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._reserved.bind((LOOPBACK, self.port))
        self._recording: Recording | None = None
        self._refusing = False
        self._connections: dict[threading.Thread, socket.socket] = {}
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Scheme, host and port, without a trailing slash."""
        return f"{'https' if self._tls else 'http'}://{LOOPBACK}:{self.port}"

    @property
    def usual_port(self) -> int:
        """The port that its scheme has by default: 80 or 443."""
        return 443 if self._tls else 80

    @property
    def alias(self) -> str:
        """The same address under another host name, which is another origin for every client."""
        return self.url.replace(LOOPBACK, "localhost")

    def __enter__(self) -> Self:
        self._listen()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop_listening()
        self._reserved.close()

    @contextmanager
    def refuse(self) -> Iterator[None]:
        """End all connections, and refuse new ones until the block ends; the address stays."""
        self._stop_listening()
        with self._lock:
            self._refusing = True
            connections = tuple(self._connections.values())
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        try:
            yield
        finally:
            self._refusing = False
            self._listener = _listener_on(self.port)
            self._listen()

    @contextmanager
    def play(self, source: Script | Upstream) -> Iterator[Recording]:
        """Send replies from a script or an upstream until the block ends, and record everything.

        Raises:
            SuiteError: a connection of the case did not end.
        """
        recording = Recording(source)
        with self._lock:
            self._recording = recording
        try:
            yield recording
        finally:
            with self._lock:
                self._recording = None
                connections = dict(self._connections)
            recording.over.set()
            for thread, connection in connections.items():
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RD)
                thread.join(_CLOSE_SECONDS)
                if thread.is_alive():
                    raise SuiteError(
                        "A connection of the case did not end.",
                        why=f"It was still open {_CLOSE_SECONDS:g} seconds after the case.",
                        fix="Run the command again, and report it if it happens twice.",
                    )

    def take(self, connection: socket.socket) -> None:
        """Respond to a connection; close it if there is no case or connections are refused."""
        with self._lock:
            if self._recording is None or self._refusing:
                connection.close()
                return
            thread = threading.Thread(
                target=self._serve, args=(connection, self._recording), daemon=True
            )
            self._connections[thread] = connection
            thread.start()

    def _listen(self) -> None:
        self._acceptor = threading.Thread(target=self._accept, name="gateway", daemon=True)
        self._acceptor.start()

    def _stop_listening(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._acceptor.join(_CLOSE_SECONDS)

    def _accept(self) -> None:
        listener = self._listener
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.take(connection)

    def _serve(self, connection: socket.socket, recording: Recording) -> None:
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.settimeout(http.READ_SECONDS)
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
                with self._lock:
                    self._connections[threading.current_thread()] = connection
            _respond(connection, recording)
        except OSError:
            # A client that does not trust the certificate closes the connection.
            return
        finally:
            with suppress(OSError):
                connection.close()
            with self._lock:
                self._connections.pop(threading.current_thread(), None)


def _listener_on(port: int) -> socket.socket:
    return socket.create_server((LOOPBACK, port), backlog=128, reuse_port=True)


def _respond(connection: socket.socket, recording: Recording) -> None:
    """Read one request, send its response, and record both."""
    received = http.receive(connection)
    if received is None:
        return
    place, step, at = recording.arrive()
    request = structs.replace(received, step=step, at=round(at, 6))
    response = Response(fault="unanswered")
    try:
        match recording.source:
            case Script(replies=replies):
                reply = replies[min(place, len(replies) - 1)] if replies else Answer(status=204)
                response = playback.play(reply, request, connection, recording.over)
            case Upstream(host=host, port=port):
                response = http.forward(request, connection, host, port)
    except OSError as error:
        response = Response(fault=f"the client closed the connection: {error}")
    finally:
        recording.record(place, Exchange(request=request, response=response))
