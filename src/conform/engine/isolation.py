"""Starts a program in a network of its own, in which every address is local.

Run as ``python -P isolation.py PROGRAM ARGUMENT...``. The program gets, in the variable
``CONFORM_WATCH``, the descriptor of a socket that sees every connection attempt; names are
resolved by whoever listens on port 53. Only Linux with user and network namespaces can do this.
"""

from __future__ import annotations

import ctypes
from functools import cache
import os
from pathlib import Path
import socket
import struct
import subprocess
import sys
import tempfile
from typing import Final, NoReturn

WATCH: Final = "CONFORM_WATCH"
PROBLEM: Final = "CONFORM_NETWORK_PROBLEM"
"""The variable that tells a worker why its network is not isolated."""

_NEW_NAMESPACES: Final = 0x10000000 | 0x40000000 | 0x00020000
"""User, network and mount namespace, for unshare(2)."""
_MS_BIND, _MS_REC, _MS_PRIVATE = 4096, 16384, 1 << 18
_SO_ATTACH_FILTER: Final = 26
_ETH_P_ALL: Final = 3
_LOCAL_TABLE: Final = 255
_HOST_SCOPE: Final = 254
_RESOLVER: Final = "nameserver 127.0.0.1\noptions timeout:2 attempts:1\n"

# A classic BPF program on IP packets: lets TCP SYN and UDP pass. (code, if true, if false, operand)
_FILTER: Final = (
    (0x30, 0, 0, 0),  # A = first byte
    (0x54, 0, 0, 0xF0),  # A &= 0xf0
    (0x15, 6, 0, 0x60),  # IPv6?
    (0x30, 0, 0, 9),  # A = protocol
    (0x15, 9, 0, 17),  # UDP: accept
    (0x15, 0, 9, 6),  # not TCP: drop
    (0xB1, 0, 0, 0),  # X = length of the IPv4 header
    (0x50, 0, 0, 13),  # A = TCP flags
    (0x05, 0, 0, 3),  # compare them
    (0x30, 0, 0, 6),  # A = next header
    (0x15, 3, 0, 17),  # UDP: accept
    (0x30, 0, 0, 53),  # A = TCP flags
    (0x54, 0, 0, 0x12),  # A &= SYN | ACK
    (0x15, 0, 1, 0x02),  # SYN alone?
    (0x06, 0, 0, 0xFFFF),  # accept
    (0x06, 0, 0, 0),  # drop
)


@cache
def problem() -> str:
    """Why no such network can be made here, as a sentence; empty where it can."""
    if sys.platform != "linux":
        return "Only Linux can give a program a network of its own."
    tried = subprocess.run(
        command([sys.executable, "-c", ""]), capture_output=True, check=False, text=True
    )
    if tried.returncode == 0:
        return ""
    said = tried.stderr.strip().splitlines()
    return f"The system does not allow a network namespace: {said[-1] if said else 'it failed'}."


def command(words: list[str]) -> list[str]:
    """The command that runs another one in a network of its own."""
    return [sys.executable, "-P", str(Path(__file__).resolve()), *words]


def replace_process(words: list[str]) -> NoReturn:
    """Go on as another program, in a network of its own."""
    isolated = command(words)
    sys.stdout.flush()
    os.execv(isolated[0], isolated)  # noqa: S606 - no shell is wanted


def isolate() -> int:
    """Leave the network of this process for a new one.

    Returns:
        The descriptor of the watching socket; a program that is executed inherits it.

    Raises:
        OSError: the system does not allow it.
    """
    uid, gid = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    _require(libc.unshare(_NEW_NAMESPACES))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    _route_everything_here()
    Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").write_text("0")
    _resolve_everything_here(libc)
    return _watching()


def _route_everything_here() -> None:
    from pyroute2.iproute import IPRoute  # noqa: PLC0415 - it is there on Linux only

    with IPRoute() as network:
        (loopback,) = network.link_lookup(ifname="lo")
        network.link("set", index=loopback, state="up")
        local = {"oif": loopback, "type": "local", "table": _LOCAL_TABLE}
        network.route("add", dst="0.0.0.0/0", scope=_HOST_SCOPE, **local)
        if Path("/proc/net/if_inet6").exists():
            network.route("add", dst="::/0", family=socket.AF_INET6, **local)


def _resolve_everything_here(libc: ctypes.CDLL) -> None:
    """Let the C library ask the name server on this host, and nobody else."""
    _require(libc.mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None))
    switch = Path("/etc/nsswitch.conf")
    replaced = {Path("/etc/resolv.conf"): _RESOLVER}
    if switch.exists():
        lines = switch.read_text().splitlines()
        others = [line for line in lines if not line.startswith("hosts:")]
        replaced[switch] = "\n".join([*others, "hosts: files dns", ""])
    for path, content in replaced.items():
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(content)
            file.flush()
            # What is mounted stays when the file's own name is gone.
            Path(file.name).chmod(0o644)
            target = os.fsencode(path.resolve())
            _require(libc.mount(os.fsencode(file.name), target, None, _MS_BIND, None))


def _require(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _watching() -> int:
    watching = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ETH_P_ALL))
    program = b"".join(struct.pack("HBBI", *each) for each in _FILTER)
    buffer = ctypes.create_string_buffer(program)
    described = struct.pack("HL", len(_FILTER), ctypes.addressof(buffer))
    watching.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, described)
    watching.set_inheritable(True)
    return watching.detach()


if __name__ == "__main__":
    try:
        descriptor = isolate()
    except OSError as error:
        sys.exit(f"{error.strerror}")
    os.execvpe(sys.argv[1], sys.argv[1:], {**os.environ, WATCH: str(descriptor)})  # noqa: S606
