"""Runs the reference server in a thread, from a free port to the last connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
import os
from pathlib import Path
import socket
import threading
import time

from msgspec import Struct
import uvicorn

from conform.core.errors import SuiteError, UsageError
from conform.core.observations import LOOPBACK
from conform.schemas.catalog import Catalog
from conform.servers import accounts as known_accounts
from conform.servers.access_log import Log
from conform.servers.accounts import Accounts
from conform.servers.app import Clock, reference_app
from conform.servers.store import Store
from conform.servers.variant import ServedVariant


class ListenAt(Struct, frozen=True, kw_only=True):
    """The address of a server."""

    host: str = LOOPBACK
    port: int = 0
    """The port; 0 for any free one."""


class RunningServer:
    """A server that answers requests.

    Args:
        url: its address, without a path.
        ended: set when it has ended.
    """

    def __init__(self, url: str, ended: threading.Event) -> None:
        self.url = url
        self._ended = ended

    def wait(self) -> None:
        """Wait until the server ends, or until a signal raises an exception."""
        self._ended.wait()


@contextmanager
def serving(
    variant: str | None = None,
    *,
    users: Accounts | Path | None = None,
    state: Path | None = None,
    clock: Clock = time.time,
    log: Log | None = None,
) -> Iterator[str]:
    """A reference server on a free port of this machine, until the block ends.

    Args:
        variant: the id of the variant; the newest one without it.
        users: the accounts, or a file of them; the synthetic users of the cases without it.
        state: the file that remembers everything; without it, nothing survives the block.
        clock: gives seconds since 1970.
        log: takes one line for each request, without secrets.

    Yields:
        The URL of the server, such as ``http://127.0.0.1:34567``.

    Raises:
        UsageError: the variant does not exist, or the accounts or the file cannot be used.
    """
    with running(
        ListenAt(), variant=variant, users=users, state=state, clock=clock, log=log
    ) as server:
        yield server.url


@contextmanager
def running(
    listen_at: ListenAt,
    *,
    variant: str | None = None,
    users: Accounts | Path | None = None,
    state: Path | None = None,
    clock: Clock = time.time,
    log: Log | None = None,
) -> Iterator[RunningServer]:
    """A reference server at an address, until the block ends.

    It ends within a second, whatever its clients do.

    Args:
        listen_at: where it listens.
        variant: as for :func:`serving`, with all other arguments.
        users: the accounts.
        state: the file that remembers everything.
        clock: gives seconds since 1970.
        log: takes one line for each request.

    Raises:
        UsageError: an argument cannot be used, or the port is taken.
    """
    catalog = Catalog.load()
    served = ServedVariant(variant, catalog) if variant else ServedVariant.newest(catalog)
    accounts = _accounts(users, served)
    with (
        closing(_listener(listen_at)) as listener,
        closing(Store.open(state)) as store,
    ):
        app = reference_app(served, accounts, store, clock, _harmless(log))
        server = _Uvicorn(
            uvicorn.Config(
                app,
                loop="asyncio",
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="critical",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                # Requests take milliseconds, so only hanging clients are cut off.
                timeout_graceful_shutdown=0,
            )
        )
        thread = threading.Thread(target=server.serve_on, args=(listener,), daemon=True)
        try:
            thread.start()
            server.ready.wait()
            if not server.started:
                raise SuiteError("The reference server did not start.")
            yield RunningServer(_url(listener, listen_at.host), server.ended)
        finally:
            server.should_exit = True
            # A signal may have come before the thread began. After one that interrupts a join,
            # Python 3.11 takes the thread for ended, so the server says itself when it has.
            if thread.ident is not None:
                server.ended.wait()


class _Uvicorn(uvicorn.Server):
    """Uvicorn that says when it is ready and has ended, and then cuts off clients that hang."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self.ended = threading.Event()

    def serve_on(self, listener: socket.socket) -> None:
        """Serve until ``should_exit`` is set."""
        try:
            self.run(sockets=[listener])
        finally:
            self.ready.set()
            self.ended.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        for connection in list(self.server_state.connections):
            connection.transport.abort()


def _accounts(users: Accounts | Path | None, variant: ServedVariant) -> Accounts:
    match users:
        case None:
            return known_accounts.DEFAULT
        case Path():
            return known_accounts.load(users, variant.attribute_problems)
        case Accounts():
            return known_accounts.verified(users, variant.attribute_problems)


def _listener(at: ListenAt) -> socket.socket:
    try:
        ((family, *_), *_) = socket.getaddrinfo(at.host, at.port, type=socket.SOCK_STREAM)
        listener = socket.create_server((at.host, at.port), family=family)
    except OSError as error:
        # Python adds to the words of the system, except where a name is not known.
        says = (
            error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
        )
        raise UsageError(
            f"The server cannot listen at {at.host}, port {at.port}.",
            why=f"The system says: {says}.",
            fix="Name another --port or --host; without --port, any free port is used.",
        ) from error
    # Connections inherit it. Without it, each answer on an open connection waits for 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _url(listener: socket.socket, host: str) -> str:
    port = listener.getsockname()[1]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _harmless(log: Log | None) -> Log | None:
    """A log whose reader may end without an effect on the server."""
    if log is None:
        return None

    def write(line: str) -> None:
        with suppress(OSError):
            log(line)

    return write
