"""Keeps what a process printed since a mark, in bounded memory: the beginning and the end of it."""

from __future__ import annotations

from typing import Final

KEPT: Final = 128 * 1024
"""Bytes kept from the beginning, and as many from the end."""


class Output:
    """Bytes in the order they came; of too many, the middle is left out and counted."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._tail = bytearray()
        self._left_out = 0

    def add(self, data: bytes) -> None:
        """Take more bytes."""
        room = KEPT - len(self._head)
        self._head += data[:room]
        self._tail += data[room:] if room < len(data) else b""
        if len(self._tail) > 2 * KEPT:
            self._left_out += len(self._tail) - KEPT
            del self._tail[:-KEPT]

    def mark(self) -> None:
        """Forget everything, so that what comes next stands alone."""
        self._head.clear()
        self._tail.clear()
        self._left_out = 0

    def text(self) -> str:
        """What is kept, bytes that are no UTF-8 replaced."""
        left_out = self._left_out + max(0, len(self._tail) - KEPT)
        gap = f"\n… {left_out} bytes left out …\n".encode() if left_out else b""
        return b"".join((self._head, gap, self._tail[-KEPT:])).decode("utf-8", "replace")
