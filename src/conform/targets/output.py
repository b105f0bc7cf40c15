"""Keeps the output of a process since a mark, in bounded memory: its beginning and its end."""

from __future__ import annotations

from typing import Final

KEPT: Final = 128 * 1024
"""Bytes that are kept of the beginning, and also of the end."""


class Output:
    """Bytes in the order they came; the middle of a long output is left out and counted."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._tail = bytearray()
        self._left_out = 0

    def add(self, data: bytes) -> None:
        """Add bytes."""
        room = KEPT - len(self._head)
        self._head += data[:room]
        self._tail += data[room:] if room < len(data) else b""
        if len(self._tail) > 2 * KEPT:
            self._left_out += len(self._tail) - KEPT
            del self._tail[:-KEPT]

    def mark(self) -> None:
        """Forget all bytes that came until now."""
        self._head.clear()
        self._tail.clear()
        self._left_out = 0

    def text(self) -> str:
        """The kept bytes as text; bytes that are not UTF-8 are replaced."""
        left_out = self._left_out + max(0, len(self._tail) - KEPT)
        gap = f"\n… {left_out} bytes left out …\n".encode() if left_out else b""
        return b"".join((self._head, gap, self._tail[-KEPT:])).decode("utf-8", "replace")
