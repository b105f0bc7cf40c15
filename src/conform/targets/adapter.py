"""Asks a running adapter in the types of the protocol and says what came of it."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Final, Literal, Self, overload

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from conform.core.observations import ProtocolViolation, Trouble
from conform.core.protocol import (
    AdapterRequest,
    Call,
    Configure,
    Configured,
    Done,
    ErrorResponse,
    Outcome,
    Reset,
    Run,
    Start,
    Started,
    Stop,
)
from conform.targets.channel import Channel
from conform.targets.launch import Launch

GRACE: Final = 5.0
"""Seconds that an adapter may take to end after it was told to."""

# Made here, in one thread: two threads that make the first one together crash the interpreter.
_ANSWERS: Final[dict[type[AdapterRequest], msgspec.json.Decoder[Any]]] = {
    Start: msgspec.json.Decoder(Started),
    Reset: msgspec.json.Decoder(Done),
    Configure: msgspec.json.Decoder(Configured),
    Call: msgspec.json.Decoder(Outcome),
    Run: msgspec.json.Decoder(Outcome),
    Stop: msgspec.json.Decoder(Done),
}
_SHOWN: Final = 200


class _Reply(Struct, frozen=True):
    """The envelope of an answer."""

    jsonrpc: Literal["2.0"]
    id: int | None
    result: Raw | UnsetType = UNSET
    error: ErrorResponse | UnsetType = UNSET


_ENVELOPE: Final = msgspec.json.Decoder(_Reply)


class Adapter:
    """An adapter's process, from its start to its end.

    Use it as a context manager. An adapter that crashed, hung or misspoke is ended at once with
    everything that it started, and answers every later question with that same trouble; start
    another one.

    Args:
        launch: how it is started, from a resolved target.

    Raises:
        TargetUnavailableError: it cannot be started.
    """

    def __init__(self, launch: Launch) -> None:
        self._channel = Channel(launch)
        self._asked = 0

    @property
    def pid(self) -> int:
        """The process of the adapter."""
        return self._channel.pid

    @property
    def usable(self) -> bool:
        """Whether it can be asked more."""
        return self._channel.trouble is None

    @overload
    def ask(self, request: Start, within: float) -> Started | ErrorResponse | Trouble: ...
    @overload
    def ask(self, request: Configure, within: float) -> Configured | ErrorResponse | Trouble: ...
    @overload
    def ask(self, request: Call | Run, within: float) -> Outcome | ErrorResponse | Trouble: ...
    @overload
    def ask(self, request: Reset | Stop, within: float) -> Done | ErrorResponse | Trouble: ...
    def ask(self, request: AdapterRequest, within: float) -> Any:
        """The answer to a request, or the trouble that came instead.

        Args:
            request: any message of the protocol.
            within: seconds until it counts as hung.
        """
        self._asked += 1
        line = self._channel.exchange(encode(request, self._asked), within)
        if not isinstance(line, bytes):
            return line
        answer = decode(line, request, self._asked)
        if isinstance(answer, ProtocolViolation):
            self._channel.end_with(answer)
        return answer

    def mark(self) -> None:
        """Let the output begin here."""
        self._channel.mark()

    def output(self) -> str:
        """What was printed since the last mark, stderr and noise on stdout together."""
        return self._channel.output()

    def stop(self, grace: float = GRACE) -> int | None:
        """Ask it to end, and end whatever is left.

        Args:
            grace: seconds it may take to answer, and again to end.

        Returns:
            Its exit code, or nothing where it had to be ended.
        """
        self.ask(Stop(), within=grace)
        return self._channel.end(grace)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        if error is None and self.usable:
            self.stop()
        self._channel.__exit__(kind, error, where)


def encode(request: AdapterRequest, number: int) -> bytes:
    """The line that asks a request, without its line break."""
    message = {"jsonrpc": "2.0", "id": number, "method": request.method, "params": request}
    return msgspec.json.encode(message)


def decode(line: bytes, request: AdapterRequest, number: int) -> Any:
    """The answer that a line gives to a request, or how it breaks the protocol."""
    try:
        reply = _ENVELOPE.decode(line)
        if reply.id != number and not (reply.id is None and reply.error):
            return _misspoke(f"It answered request {reply.id} when it was asked {number}", line)
        if (reply.result is UNSET) == (reply.error is UNSET):
            return _misspoke("A reply has either a result or an error", line)
        if isinstance(reply.result, UnsetType):
            return reply.error
        return _ANSWERS[type(request)].decode(reply.result)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return _misspoke(f"{error}", line)


def _misspoke(problem: str, line: bytes) -> ProtocolViolation:
    said = line.strip().decode("utf-8", "replace")
    shown = said if len(said) <= _SHOWN else f"{said[:_SHOWN]}…"
    return ProtocolViolation(problem=f"{problem}: {shown}")
