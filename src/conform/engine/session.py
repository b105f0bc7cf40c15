"""An adapter of a target on its way to one gateway, from case to case."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

from conform.cases.model import QUICK, Stage
from conform.core import protocol
from conform.core.errors import AdapterError, SuiteError
from conform.core.observations import Hung, Trouble
from conform.core.protocol import Configured, ErrorResponse, Raised, Started
from conform.engine.gateway import Gateway
from conform.targets.adapter import Adapter
from conform.targets.resolve import Target

START_SECONDS: Final = 60.0
"""How long an adapter may take to start, to reset and to take settings."""
MOST_HANGS: Final = 3
"""How often an adapter may hang in one of these requests; each costs a minute, and is an error."""
STOP_SECONDS: Final = 10.0
"""How long an adapter may take to answer a request to stop, and then the same to end."""
_FIX: Final = "conform adapter check says what is wrong with an adapter."
_Answer = TypeVar("_Answer")


class AdapterSession:
    """Starts the adapter of a target, and starts another one after a crash or a hang.

    Use it as a context manager.

    Args:
        target: whose adapter it is.
        gateway: what the adapter talks to; entered by the caller.
        stage: what the adapter is started with.
        ca_file: the authorities that it is to trust.
    """

    def __init__(
        self, target: Target, gateway: Gateway, stage: Stage, ca_file: str | None = None
    ) -> None:
        self.gateway = gateway
        self._target = target
        self._request = protocol.Start(
            protocol=protocol.VERSION,
            base_url=gateway.url,
            ca_file=ca_file,
            log_level=stage.log_level,
            unaided=stage.unaided,
        )
        self._adapter: Adapter | None = None
        self._started: Started | None = None
        self.restarts = 0
        """How often the adapter was started again, after one that had started crashed or hung."""
        self.has_whole_rig = True
        """Whether the release could do all of what makes cases short."""
        self._hangs = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        """Stop the adapter.

        Raises:
            AdapterError: it did not answer, or did not end by itself with exit code 0.
        """
        if self._adapter is None:
            return
        with self._adapter as adapter:
            self._adapter = None
            is_judged = error is None and self._started is not None and adapter.usable
            if is_judged and (trouble := adapter.stop(STOP_SECONDS)):
                raise self._error("did not stop as it should", trouble)

    def start(self) -> Started:
        """Start the adapter where none is running, and give what it said of itself.

        Raises:
            TargetUnavailableError: its process cannot be started.
            AdapterError: it did not answer as the protocol says.
            SuiteError: it hung too often outside of calls.
        """
        if self._hangs >= MOST_HANGS:
            raise SuiteError(
                f"The adapter of {self._target.name} hung {self._hangs} times outside of calls.",
                why=f"It must start, make settings and reset within {START_SECONDS:g} seconds.",
                fix=_FIX,
            )
        if self._adapter is not None and self._adapter.usable and self._started is not None:
            return self._started
        if self._adapter is not None:
            with self._adapter:
                self._adapter = None
            self.restarts += self._started is not None
            self._started = None
        self._adapter = Adapter(self._target.launch)
        match self._noted(self._adapter.ask(self._request, within=START_SECONDS)):
            case Started() as started:
                self._check_loaded(started)
                self._started = started
                return started
            case ErrorResponse(code=protocol.OTHER_VERSION) as refusal:
                version = protocol.VERSION
                raise AdapterError(
                    f"The adapter of {self._target.name} does not speak version {version} of the "
                    "protocol.",
                    why=f"It {refusal}.",
                    fix=f"{protocol.MIGRATION}.",
                )
            case answer:
                raise self._error("did not start", answer)

    def ready(self, *, quick: bool) -> Adapter:
        """The adapter with all state as after its start.

        Args:
            quick: whether it makes one attempt and waits two seconds at the most.

        Raises:
            TargetUnavailableError: its process cannot be started.
            AdapterError: it cannot be brought into that state.
        """
        self.start()
        assert self._adapter is not None
        if quick:
            settings = protocol.Configure(rig=QUICK)
            answer = self._noted(self._adapter.ask(settings, within=START_SECONDS))
            if not isinstance(answer, Configured):
                raise self._error("could not be made ready", answer)
            self.has_whole_rig = not answer.unsupported
        self._adapter.mark()
        return self._adapter

    def reset(self) -> Trouble | None:
        """Bring the adapter back into the state after its start, where it is still usable.

        Returns:
            What went wrong instead: a crash or a hang after the last answer, or a second answer.

        Raises:
            AdapterError: the adapter says that it cannot.
        """
        if self._adapter is None or not self._adapter.usable:
            return None
        match self._noted(self._adapter.ask(protocol.Reset(), within=START_SECONDS)):
            case protocol.Done():
                return None
            case ErrorResponse() as refusal:
                raise self._error("could not be reset", refusal)
            case trouble:
                return trouble

    def _check_loaded(self, started: Started) -> None:
        if not self._target.contains(Path(started.loaded)):
            raise AdapterError(
                f"The adapter of {self._target.name} loaded another SDK.",
                why=f"It loaded {started.loaded}, which is not in {self._target.sdk}.",
                fix="Remove the other one from where the runtime looks first.",
            )

    def _noted(self, answer: _Answer) -> _Answer:
        """The answer to a request that is not a step of a case."""
        self._hangs += isinstance(answer, Hung)
        return answer

    def _error(self, what: str, answer: Trouble | ErrorResponse | Raised) -> AdapterError:
        words = getattr(answer, "last_words", "").strip()
        return AdapterError(
            f"The adapter of {self._target.name} {what}.",
            why=f"It {answer}{': ' if words else ''}{words}.",
            fix=_FIX,
        )
