"""Moves lines between the suite and a process that it does not trust, bounded in time and size.

One loop writes requests and reads both streams, without threads. So a process that does not read,
or that floods a stream, blocks neither the suite nor itself.
"""

from __future__ import annotations

from contextlib import suppress
import os
from pathlib import Path
import selectors
import shutil
from signal import SIGKILL
import subprocess
import tempfile
import time
from types import TracebackType
from typing import Final, Self

from conform.core.errors import TargetUnavailableError
from conform.core.observations import Crashed, Hung, MemoryExceeded, ProtocolViolation, Trouble
from conform.targets.launch import Launch
from conform.targets.output import Output
from conform.targets.processes import Tree, new_mark

LONGEST_LINE: Final = 64 * 1024 * 1024
"""Bytes of the longest reply that is read."""
MOST_NOISE: Final = 1024 * 1024
"""Bytes on stdout, between two marks, that may be outside of replies."""
MOST_MEMORY: Final = 4 * 2**30
"""Bytes of memory that the process and its children may use together."""

_TICK: Final = 0.05
_CHUNK: Final = 256 * 1024
_LAST_WORDS: Final = 2000


class Channel:
    """A process in its own session, with a clean environment and a private home.

    Use it as a context manager: at the end, the process and everything it started are ended.

    Args:
        launch: how the process is started.

    Raises:
        TargetUnavailableError: the process cannot be started.
    """

    def __init__(self, launch: Launch) -> None:
        self._output = Output()
        self._lines = bytearray()
        self._searched = 0
        self._noise = 0
        self._unsent = memoryview(b"")
        self._trouble: Trouble | None = None
        self._home = Path(tempfile.mkdtemp(prefix="conform-"))
        mark = new_mark()
        try:
            self._process = self._start(launch, mark)
        except OSError as error:
            shutil.rmtree(self._home)
            raise TargetUnavailableError(
                f"The adapter {launch.command[0]} cannot be started.",
                why=f"{error.strerror}.",
                fix="Run `conform targets`; it lists what is missing.",
            ) from error
        self._tree = Tree(self._process.pid, mark)
        assert self._process.stdin
        assert self._process.stdout
        assert self._process.stderr
        self._stdin, self._stdout = self._process.stdin, self._process.stdout
        self._selector = selectors.DefaultSelector()
        for stream in (self._stdin, self._stdout, self._process.stderr):
            os.set_blocking(stream.fileno(), False)
        self._selector.register(self._stdout, selectors.EVENT_READ)
        self._selector.register(self._process.stderr, selectors.EVENT_READ)

    def _start(self, launch: Launch, mark: dict[str, str]) -> subprocess.Popen[bytes]:
        places = {"HOME": self._home / "home", "TMPDIR": self._home / "tmp"}
        for place in places.values():
            place.mkdir()
        return subprocess.Popen(
            launch.command,
            cwd=places["HOME"],
            env={
                "PATH": os.environ.get("PATH", os.defpath),
                **launch.environment,
                **{variable: str(place) for variable, place in places.items()},
                **mark,
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    @property
    def trouble(self) -> Trouble | None:
        """How the process ended; None while it runs."""
        return self._trouble

    def exchange(self, request: bytes, within: float) -> bytes | Trouble:
        """Send one line and wait for the line that answers it.

        A line that contains ``"jsonrpc"`` is a reply. Every other line is noise of the SDK and
        becomes output. Trouble ends the process for good.

        Args:
            request: the line without its line break.
            within: seconds for the whole exchange.
        """
        if self._trouble is None:
            self._pump(0)
            if self._next_reply() is not None:
                self.end_with(ProtocolViolation(problem="it sent a reply without a request"))
        return self._trouble or self._receive(request + b"\n", within)

    def another(self, within: float) -> bytes | Trouble:
        """Wait for one more reply, after one line that contained several requests.

        Args:
            within: seconds to wait.
        """
        return self._trouble or self._receive(b"", within)

    def _receive(self, request: bytes, within: float) -> bytes | Trouble:
        self._unsent = memoryview(request)
        if request:
            self._selector.register(self._stdin, selectors.EVENT_WRITE)
        try:
            found = self._await_reply(time.monotonic() + within, within)
        finally:
            with suppress(KeyError):
                self._selector.unregister(self._stdin)
        if not isinstance(found, bytes):
            self.end_with(found)
        return found

    @property
    def noise(self) -> int:
        """Bytes on stdout, since the last mark, that are outside of replies."""
        return self._noise

    def output(self) -> str:
        """Everything printed since the last mark: stderr, and the noise on stdout."""
        if self._trouble is None:
            self._pump(0)
        return self._output.text()

    def mark(self) -> None:
        """Start the output anew: forget everything that was printed until now."""
        self.output()
        self._output.mark()
        self._noise = 0

    def end_with(self, trouble: Trouble) -> None:
        """End the process and everything it started, now, because of trouble."""
        self._trouble = trouble
        self._tree.end()
        self._process.wait()

    def end(self, grace: float) -> Trouble | None:
        """Close the input, wait until the process ends by itself, and end whatever is left.

        Args:
            grace: seconds that it may take.

        Returns:
            What went wrong: another exit code than 0, no end in time, or more replies or noise.
        """
        if self._trouble is not None:
            self._release()
            return self._trouble
        self._stdin.close()
        trouble = self._await_end(time.monotonic() + grace, grace)
        is_running = self._process.poll() is None
        self._tree.end(grace=1 if is_running else 0)
        self._trouble = trouble or Crashed(exit_code=self._process.wait())
        self._release()
        return trouble

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self.end_with(self._trouble or Crashed(exit_code=-SIGKILL))
        self._release()

    def _release(self) -> None:
        self._selector.close()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream:
                stream.close()
        shutil.rmtree(self._home, ignore_errors=True)

    def _await_reply(self, deadline: float, within: float) -> bytes | Trouble:
        while True:
            # In this order: the last words of an ended process are still read.
            ended = self._process.poll() is not None
            self._pump(0 if ended else min(_TICK, max(0.0, deadline - time.monotonic())))
            reply = self._next_reply()
            if reply is not None:
                return reply
            if flood := self._flood():
                return flood
            if self._tree.memory() > MOST_MEMORY:
                return MemoryExceeded(gibibytes=MOST_MEMORY // 2**30)
            if ended:
                return self._crashed()
            if time.monotonic() >= deadline:
                return Hung(seconds=within)

    def _await_end(self, deadline: float, within: float) -> Trouble | None:
        while True:
            # In this order: what an ended process wrote is still read.
            exit_code = self._process.poll()
            self._pump(_TICK if exit_code is None else 0)
            if self._next_reply() is not None:
                return ProtocolViolation(problem="it sent a reply without a request")
            if flood := self._flood():
                return flood
            if exit_code is not None:
                return self._crashed() if exit_code else None
            if time.monotonic() >= deadline:
                return Hung(seconds=within)

    def _flood(self) -> ProtocolViolation | None:
        """The violation of a process that wrote more to stdout than it may."""
        if len(self._lines) > LONGEST_LINE:
            return ProtocolViolation(problem=f"it wrote a line of more than {LONGEST_LINE} bytes")
        if self._noise > MOST_NOISE:
            return ProtocolViolation(
                problem=f"it wrote more than {MOST_NOISE} bytes outside of replies to stdout"
            )
        return None

    def _crashed(self) -> Crashed:
        words = self._output.text()[-_LAST_WORDS:]
        return Crashed(exit_code=self._process.returncode, last_words=words)

    def _pump(self, wait: float) -> None:
        """Read and write what is possible, and wait at most that many seconds for it."""
        for key, _events in self._selector.select(wait):
            if key.fileobj is self._stdin:
                self._write()
                continue
            with suppress(BlockingIOError):
                data = os.read(key.fd, _CHUNK)
                if not data:
                    self._selector.unregister(key.fileobj)
                elif key.fileobj is self._stdout:
                    self._lines += data
                else:
                    self._output.add(data)

    def _write(self) -> None:
        try:
            written = os.write(self._stdin.fileno(), self._unsent[:_CHUNK])
            self._unsent = self._unsent[written:]
        except BlockingIOError:
            return
        except OSError:
            # It reads no more. The reason shows soon: it ends, or it does not answer.
            self._unsent = memoryview(b"")
        if not self._unsent:
            self._selector.unregister(self._stdin)

    def _next_reply(self) -> bytes | None:
        """The next reply among the lines that were read; the noise before it becomes output."""
        while (end := self._lines.find(b"\n", self._searched)) >= 0:
            line = bytes(self._lines[: end + 1])
            del self._lines[: end + 1]
            self._searched = 0
            if b'"jsonrpc"' in line:
                return line
            self._noise += len(line)
            self._output.add(line)
        self._searched = len(self._lines)
        return None
