"""The one address an adapter talks to: records every request and answers from the case's script.

Each connection has a thread of its own and carries one request: every answer closes it, so that
nothing of one case reaches the next.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
import socket
import threading
import time
from typing import TYPE_CHECKING, Final, Self

from msgspec import Struct, structs

from conform.cases.replies import Answer, Script
from conform.errors import SuiteError
from conform.observations import Exchange, Response
from conform.servers import playing, wire

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOPBACK: Final = "127.0.0.1"
_FAREWELL: Final = 5.0
"""Seconds to wait for the connections of a case to end once the case is over."""


class Upstream(Struct, frozen=True, kw_only=True):
    """A server that the gateway passes requests on to, such as a Pact mock server."""

    host: str
    port: int


class Recording:
    """What one case's clients sent and were answered, in the order the requests arrived."""

    def __init__(self, source: Script | Upstream) -> None:
        self.source = source
        self.over = threading.Event()
        self.step = 0
        """The step that is being executed; the engine moves it on."""
        self._began = time.monotonic()
        self._exchanges: list[Exchange | None] = []
        self._lock = threading.Lock()

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """What has been answered so far."""
        with self._lock:
            return tuple(each for each in self._exchanges if each is not None)

    @property
    def arrived(self) -> int:
        """How many requests have arrived, answered or not."""
        with self._lock:
            return len(self._exchanges)

    def arrive(self) -> tuple[int, int, float]:
        """The next request's place, its step, and the seconds since the case began."""
        with self._lock:
            self._exchanges.append(None)
            return len(self._exchanges) - 1, self.step, time.monotonic() - self._began

    def note(self, place: int, exchange: Exchange) -> None:
        """Keep the exchange whose request came at that place."""
        with self._lock:
            self._exchanges[place] = exchange


class Gateway:
    """A loopback HTTP server that keeps its address for the whole run.

    Use it as a context manager. Outside ``play`` it closes every connection unanswered.
    """

    def __init__(self) -> None:
        self._listener = socket.create_server((LOOPBACK, 0), backlog=128)
        self._recording: Recording | None = None
        self._connections: dict[threading.Thread, socket.socket] = {}
        self._lock = threading.Lock()
        self._acceptor = threading.Thread(target=self._accept, name="gateway", daemon=True)

    @property
    def url(self) -> str:
        """Scheme, host and port, without a trailing slash."""
        return f"http://{LOOPBACK}:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._acceptor.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._acceptor.join(_FAREWELL)

    @contextmanager
    def play(self, source: Script | Upstream) -> Iterator[Recording]:
        """Answer from a script or an upstream until the block ends, and record it.

        Raises:
            SuiteError: a connection of the case could not be ended.
        """
        recording = Recording(source)
        with self._lock:
            self._recording = recording
        try:
            yield recording
        finally:
            with self._lock:
                self._recording = None
                open_ones = dict(self._connections)
            recording.over.set()
            for thread, connection in open_ones.items():
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RD)
                thread.join(_FAREWELL)
                if thread.is_alive():
                    raise SuiteError("The gateway could not end a connection of the case.")

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                if self._recording is None:
                    connection.close()
                    continue
                thread = threading.Thread(
                    target=self._serve, args=(connection, self._recording), daemon=True
                )
                self._connections[thread] = connection
                thread.start()

    def _serve(self, connection: socket.socket, recording: Recording) -> None:
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.settimeout(wire.PATIENCE)
            _converse(connection, recording)
        finally:
            with suppress(OSError):
                connection.close()
            with self._lock:
                self._connections.pop(threading.current_thread(), None)


def _converse(connection: socket.socket, recording: Recording) -> None:
    """Take one request, answer it, and record both."""
    received = wire.receive(connection)
    if received is None:
        return
    place, step, at = recording.arrive()
    request = structs.replace(received, step=step, at=round(at, 6))
    response = Response(fault="unanswered")
    try:
        match recording.source:
            case Script(replies=replies):
                reply = replies[min(place, len(replies) - 1)] if replies else Answer(status=204)
                response = playing.play(reply, request, connection, recording.over)
            case Upstream(host=host, port=port):
                response = wire.pass_on(request, connection, host, port)
    except OSError as gone:
        response = Response(fault=f"the client left: {gone}")
    finally:
        recording.note(place, Exchange(request=request, response=response))
