"""Sends typed requests to a running adapter and gives its answers, or what went wrong instead."""

from __future__ import annotations

from pathlib import Path
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
    Echo,
    Echoed,
    ErrorResponse,
    Outcome,
    Raised,
    Reset,
    Run,
    Start,
    Started,
    Stop,
)
from conform.targets.channel import Channel
from conform.targets.launch import Launch
from conform.targets.logs import STDERR, LogFile

GRACE: Final = 5.0
"""Seconds that an adapter may take to end after a request to stop."""

# Made here, in one thread: two threads that make the first one together crash the interpreter.
_ANSWERS: Final[dict[type[AdapterRequest], msgspec.json.Decoder[Any]]] = {
    Start: msgspec.json.Decoder(Started),
    Reset: msgspec.json.Decoder(Done),
    Configure: msgspec.json.Decoder(Configured | Raised),
    Call: msgspec.json.Decoder(Outcome),
    Run: msgspec.json.Decoder(Outcome),
    Echo: msgspec.json.Decoder(Echoed),
    Stop: msgspec.json.Decoder(Done),
}
_EXCERPT: Final = 200
"""Characters of a wrong line that are shown."""


class _AdapterReply(Struct, frozen=True):
    """The envelope of an answer."""

    jsonrpc: Literal["2.0"]
    id: int | None
    result: Raw | UnsetType = UNSET
    error: ErrorResponse | UnsetType = UNSET


_ENVELOPE: Final = msgspec.json.Decoder(_AdapterReply)


class Adapter:
    """An adapter's process, from its start to its end.

    Use it as a context manager. After a crash, a hang or a protocol violation, the process and
    everything it started are ended at once, and every later request returns that same trouble.
    Start another adapter then.

    Args:
        launch: how the process is started, from a resolved target.

    Raises:
        TargetUnavailableError: the process cannot be started.
    """

    def __init__(self, launch: Launch) -> None:
        self._channel = Channel(launch)
        self._logs: tuple[LogFile, ...] = ()
        self._asked = 0

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._channel.pid

    @property
    def usable(self) -> bool:
        """Whether it can take another request."""
        return self._channel.trouble is None

    @overload
    def ask(self, request: Start, within: float) -> Started | ErrorResponse | Trouble: ...
    @overload
    def ask(
        self, request: Configure, within: float
    ) -> Configured | Raised | ErrorResponse | Trouble: ...
    @overload
    def ask(self, request: Call | Run, within: float) -> Outcome | ErrorResponse | Trouble: ...
    @overload
    def ask(
        self, request: Call | Configure | Run, within: float
    ) -> Outcome | Configured | ErrorResponse | Trouble: ...
    @overload
    def ask(self, request: Echo, within: float) -> Echoed | ErrorResponse | Trouble: ...
    @overload
    def ask(self, request: Reset | Stop, within: float) -> Done | ErrorResponse | Trouble: ...
    def ask(self, request: AdapterRequest, within: float) -> Any:
        """Send a request and give the answer, or the trouble that came instead.

        Args:
            request: any request of the protocol.
            within: seconds until the adapter counts as hung.
        """
        self._asked += 1
        line = self._channel.exchange(encode(request, self._asked), within)
        if not isinstance(line, bytes):
            return line
        answer = decode(line, request, self._asked)
        if isinstance(answer, ProtocolViolation):
            self._channel.end_with(answer)
        if isinstance(answer, Started):
            files = (sink for sink in answer.log_sinks if sink != STDERR)
            self._logs = tuple(LogFile(Path(file)) for file in files)
        return answer

    def mark(self) -> None:
        """Start the output anew: forget everything that was printed until now."""
        self._channel.mark()
        for log in self._logs:
            log.mark()

    def output(self) -> str:
        """Everything printed since the last mark: stderr, the noise on stdout, the log files."""
        return self._channel.output() + "".join(log.text() for log in self._logs)

    def stop(self, grace: float = GRACE) -> ErrorResponse | Trouble | None:
        """Ask the adapter to end, and end whatever is left.

        Args:
            grace: seconds that it may take to answer, and then the same to end.

        Returns:
            What went wrong; None if it answered and then ended with exit code 0.
        """
        answer = self.ask(Stop(), within=grace)
        trouble = self._channel.end(grace)
        return answer if isinstance(answer, ErrorResponse) else trouble

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
    """A request as one line, without its line break."""
    message = {"jsonrpc": "2.0", "id": number, "method": request.method, "params": request}
    return msgspec.json.encode(message)


def decode(line: bytes, request: AdapterRequest, number: int) -> Any:
    """The answer to a request, read from a line; or how the line breaks the protocol."""
    try:
        reply = _ENVELOPE.decode(line)
        if reply.id != number and not (reply.id is None and reply.error):
            return _violation(f"it answered request {reply.id} instead of request {number}", line)
        if (reply.result is UNSET) == (reply.error is UNSET):
            return _violation("a reply has either a result or an error", line)
        if isinstance(reply.result, UnsetType):
            return reply.error
        return _ANSWERS[type(request)].decode(reply.result)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return _violation(f"{error}", line)


def _violation(problem: str, line: bytes) -> ProtocolViolation:
    text = line.strip().decode("utf-8", "replace")
    excerpt = text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}…"
    return ProtocolViolation(problem=f"{problem}: {excerpt}")
