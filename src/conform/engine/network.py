"""A network in which every address is local: answers for every host, and sees who is contacted.

It exists where a worker runs behind :mod:`conform.engine.isolation`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
import ipaddress
import os
import socket
import ssl
import struct
import threading
from typing import Final, Literal, Self

import dns.exception
import dns.flags
import dns.message
import dns.rdatatype
import dns.rrset
from msgspec import Struct

from conform.core.observations import Contact, Request
from conform.engine import http, playback
from conform.engine.certificates import Certificates
from conform.engine.gateway import Gateway
from conform.engine.isolation import PROBLEM, WATCH

Protocol = Literal["dns", "tcp", "udp", "http", "tls", "https"]

_HTTP, _HTTPS, _DNS = 80, 443, 53
_FIRST_ADDRESS: Final = int(ipaddress.IPv4Address("198.18.0.1"))
"""The addresses that names get are those for benchmarks (RFC 2544)."""
_OUTGOING: Final = 4
"""The kind of a packet that is seen on its way out; each is seen on its way in, too."""
_TCP, _UDP = 6, 17
_LARGEST_PACKET: Final = 65536
_ANSWER: Final = b"{}"


def is_isolated() -> bool:
    """Whether this process has a network of its own."""
    return WATCH in os.environ


def network_problem() -> str:
    """Why the network of this process is not isolated, as a sentence; empty where it is."""
    if is_isolated():
        return ""
    return os.environ.get(PROBLEM, "This command does not isolate the network.")


class _Attempt(Struct, frozen=True):
    """One connection, known by its ports and the address that it goes to."""

    address: str
    port: int
    source_port: int


class IsolatedNetwork:
    """The other hosts of a worker's network.

    Use it as a context manager.

    Args:
        certificates: signs for every host that a TLS client connects to.
    """

    def __init__(self, certificates: Certificates) -> None:
        self.certificates = certificates
        self.home: Gateway | None = None
        """Responds on the usual port of its scheme, too: some SDKs lose the given port."""
        self._watch = socket.socket(fileno=int(os.environ[WATCH]))
        self._watch.setblocking(False)
        self._lock = threading.Lock()
        self._names: dict[str, str] = {}
        self._looked_up: list[Contact] = []
        self._contacts: dict[_Attempt, Contact] = {}
        self._sockets: list[socket.socket] = []

    def __enter__(self) -> Self:
        for family, anywhere in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):  # noqa: S104
            names = socket.socket(family, socket.SOCK_DGRAM)
            if family == socket.AF_INET6:
                names.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            names.bind((anywhere, _DNS))
            self._serve(names, self._answer_names)
            for port in (_HTTP, _HTTPS):
                listener = socket.create_server((anywhere, port), family=family, backlog=128)
                self._serve(listener, self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._watch.close()

    def contacts(self) -> tuple[Contact, ...]:
        """What was looked up and connected to since the last call.

        The suite's own servers listen on other ports of loopback; who connects to these leaves
        nothing.
        """
        with self._lock:
            self._watch_attempts()
            found = (
                contact
                for attempt, contact in self._contacts.items()
                if not _is_loopback(attempt.address) or attempt.port in {_HTTP, _HTTPS}
            )
            seen = (*self._looked_up, *found)
            self._contacts.clear()
            self._looked_up.clear()
        return seen

    def _serve(self, server: socket.socket, what: Callable[[socket.socket], None]) -> None:
        self._sockets.append(server)
        threading.Thread(target=what, args=(server,), name="network", daemon=True).start()

    # ── names ────────────────────────────────────────────────────────────────────────────────────

    def _answer_names(self, server: socket.socket) -> None:
        while True:
            try:
                asked, client = server.recvfrom(_LARGEST_PACKET)
                with suppress(dns.exception.DNSException):
                    server.sendto(self._resolved(dns.message.from_wire(asked)).to_wire(), client)
            except OSError:
                return

    def _resolved(self, asked: dns.message.Message) -> dns.message.Message:
        """Every name has one IPv4 address, and nothing else."""
        answer = dns.message.make_response(asked)
        answer.flags |= dns.flags.RA
        for question in asked.question:
            name = question.name.to_text(omit_final_dot=True).lower()
            with self._lock:
                if not any(each.host == name for each in self._looked_up):
                    self._looked_up.append(Contact(host=name, port=_DNS, protocol="dns"))
                address = self._address(name)
            if question.rdtype == dns.rdatatype.A:
                record = dns.rrset.from_text(question.name, 1, "IN", "A", address)
                answer.answer.append(record)
        return answer

    def _address(self, name: str) -> str:
        for address, known in self._names.items():
            if known == name:
                return address
        address = str(ipaddress.IPv4Address(_FIRST_ADDRESS + len(self._names)))
        self._names[address] = name
        return address

    # ── connections ──────────────────────────────────────────────────────────────────────────────

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, peer = listener.accept()
            except OSError:
                return
            address, port = connection.getsockname()[:2]
            attempt = _Attempt(address.removeprefix("::ffff:"), port, peer[1])
            threading.Thread(target=self._take, args=(connection, attempt), daemon=True).start()

    def _take(self, connection: socket.socket, attempt: _Attempt) -> None:
        """Find out what a connection wants, and answer it."""
        home = self.home if _is_loopback(attempt.address) else None
        if home is not None and attempt.port == home.usual_port:
            self._note(attempt, "http" if attempt.port == _HTTP else "tls")
            home.take(connection)
            return
        with suppress(OSError), connection:
            connection.settimeout(http.READ_SECONDS)
            if attempt.port == _HTTPS:
                self._note(attempt, "tls")
                connection = self._over_tls(connection, attempt)
            if (request := http.receive(connection)) is not None:
                self._note(attempt, "https" if attempt.port == _HTTPS else "http", request)
                playback.send(connection, 200, (), _ANSWER)

    def _over_tls(self, connection: socket.socket, attempt: _Attempt) -> ssl.SSLSocket:
        name = self._names.get(attempt.address, attempt.address)
        return self.certificates.context_of(name).wrap_socket(connection, server_side=True)

    def _note(self, attempt: _Attempt, protocol: Protocol, request: Request | None = None) -> None:
        with self._lock:
            self._contacts[attempt] = self._contact(attempt, protocol, request)

    def _contact(
        self, attempt: _Attempt, protocol: Protocol, request: Request | None = None
    ) -> Contact:
        host = self._names.get(attempt.address, attempt.address)
        return Contact(host=host, port=attempt.port, protocol=protocol, request=request)

    def _watch_attempts(self) -> None:
        """Add the attempts that nobody here has accepted."""
        for attempt, protocol in self._attempts():
            self._contacts.setdefault(attempt, self._contact(attempt, protocol))

    def _attempts(self) -> Iterator[tuple[_Attempt, Protocol]]:
        while True:
            try:
                packet, (_, _, kind, *_) = self._watch.recvfrom(_LARGEST_PACKET)
            except BlockingIOError:
                return
            found = _attempt_in(packet) if kind == _OUTGOING else None
            if found is not None:
                yield found


def _attempt_in(packet: bytes) -> tuple[_Attempt, Protocol] | None:
    """The connection that an IP packet opens; nothing for a part of the traffic with names."""
    if packet[0] >> 4 == 4:  # noqa: PLR2004 - IPv4
        start, protocol, address = (packet[0] & 15) * 4, packet[9], packet[16:20]
    else:
        start, protocol, address = 40, packet[6], packet[24:40]
    source_port, port = struct.unpack_from(">HH", packet, start)
    if protocol == _UDP and _DNS in {port, source_port}:
        return None
    name: Protocol = "tcp" if protocol == _TCP else "udp"
    return _Attempt(str(ipaddress.ip_address(address)), port, source_port), name


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address).is_loopback
