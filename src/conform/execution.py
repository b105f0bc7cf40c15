"""Executes one case: does its steps through the adapter and gives everything that was seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
import time
from typing import Final, Self

from msgspec import Struct, structs

from conform import protocol
from conform.cases.expectations import Ends
from conform.cases.interactions import consumer
from conform.cases.model import Call, Case, Configure, Run, Stage, Step
from conform.cases.replies import Closed, ContractServer, Script
from conform.contracts import pacts
from conform.documents.facts import Facts
from conform.errors import AdapterError
from conform.observations import (
    Crashed,
    Hung,
    Misspoke,
    Observation,
    Set,
    Skipped,
    StepOutcome,
)
from conform.protocol import Configured, Fault, Returned, Started
from conform.schemas.catalog import Catalog, Held
from conform.servers import Certificates, Gateway, Recording, Upstream
from conform.targets.adapter import Adapter
from conform.targets.manifest import Naming
from conform.targets.resolve import Target

QUICK: Final = protocol.Network(attempts=1, connect_seconds=2, read_seconds=2)
"""The network settings of every case that is not about retries and time-outs."""
STEP_SECONDS: Final = {"quick": 15.0, "default": 180.0}
"""How long a step may take before the adapter is ended."""
_BEYOND: Final = 1.0
"""Seconds that a step may take beyond what its case allows; what comes later changes nothing."""
START_SECONDS: Final = 60.0
_USUAL: Final = Stage()


class Spelling(Struct, frozen=True):
    """How a target spells documented names: as its page does, else in its language's style."""

    naming: Naming
    page: Facts | None = None

    def attribute(self, name: str) -> str:
        """The SDK's own name of an attribute."""
        documented = self.page.attributes if self.page else ()
        own = next((each.spelling for each in documented if each.name == name), None)
        return own or self.naming.spell("attribute", name)

    def operation(self, name: str) -> tuple[str, str]:
        """The SDK's own names of a resource and its operation, from ``session.create``."""
        resource, _, operation = name.partition(".")
        spelled = self.naming.spell("operation", operation)
        return self.naming.spell("resource", resource), spelled


class Line:
    """One way to the gateway with the adapter that takes it, started again after a fall.

    Use it as a context manager.

    Args:
        target: whose adapter it is.
        gateway: what the adapter talks to; entered by the caller.
        stage: what the adapter is started with.
        ca_file: the authorities it shall trust.
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
        )
        self._adapter: Adapter | None = None
        self._started: Started | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._adapter is not None:
            with self._adapter:
                self._adapter = None

    def start(self) -> Started:
        """Start the adapter where none is running, and give what it said of itself.

        Raises:
            TargetUnavailableError: its process cannot be started.
            AdapterError: it did not answer as the protocol says.
        """
        if self._adapter is not None and self._adapter.usable and self._started is not None:
            return self._started
        self.__exit__()
        self._adapter = Adapter(self._target.launch)
        match self._adapter.ask(self._request, within=START_SECONDS):
            case Started() as started:
                self._started = started
                return started
            case trouble:
                raise AdapterError(
                    f"The adapter of {self._target.name} did not start.",
                    why=f"It {_words(trouble)}.",
                    fix="conform adapter check says what is wrong with an adapter.",
                )

    def fresh(self, *, quick: bool) -> Adapter:
        """The adapter with all state as after its start; a new one where that one falls.

        Raises:
            AdapterError: it cannot be brought into that state.
        """
        for last in (False, True):
            self.start()
            assert self._adapter is not None
            adapter = self._adapter
            answer: object = adapter.ask(protocol.Reset(), within=START_SECONDS)
            if isinstance(answer, protocol.Done) and quick:
                settings = protocol.Configure(network=QUICK)
                answer = adapter.ask(settings, within=START_SECONDS)
            if isinstance(answer, protocol.Done | Configured):
                adapter.mark()
                return adapter
            if last or isinstance(answer, Fault):
                break
        raise AdapterError(
            f"The adapter of {self._target.name} could not be reset.",
            why=f"It {_words(answer)}.",
            fix="conform adapter check says what is wrong with an adapter.",
        )


class Served(Struct, frozen=True, kw_only=True):
    """What took part in a case beside the adapter."""

    recording: Recording
    elsewhere: Recording | None = None
    pact: pacts.Served | None = None


class Bench:
    """What the cases of one target are executed on: its adapter, and the servers it talks to.

    Use it as a context manager. One adapter lives for the whole run; a stage other than the usual
    one has an adapter of its own, which lives until the next such stage.
    """

    def __init__(self, target: Target, gateway: Gateway, catalog: Catalog) -> None:
        self._target = target
        self._catalog = catalog
        self._contracts: dict[str, Held] = {}
        self._spelling = Spelling(target.manifest.naming)
        self._line = Line(target, gateway, _USUAL)
        self._other: tuple[Stage, Line] | None = None
        self._stack = ExitStack()
        self._stage = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stage.close()
        self._stack.close()
        self._line.__exit__()

    def hold_to(self, pages: Iterable[Held], *, spelled_by: Facts | None) -> None:
        """Say which pages the cases come from, and which one spells the names."""
        self._contracts = {consumer(held): held for held in pages}
        self._spelling = Spelling(self._target.manifest.naming, spelled_by)

    def start(self) -> Started:
        """Start the adapter where none is running, and give what it said of itself.

        Raises:
            TargetUnavailableError: its process cannot be started.
            AdapterError: it did not answer as the protocol says.
        """
        return self._line.start()

    def execute(self, case: Case) -> Observation:
        """Do the steps of a case and give everything that was seen.

        Raises:
            AdapterError: the adapter cannot be brought into its first state.
        """
        line = self._line_for(case.stage)
        started = line.start()
        adapter = line.fresh(quick=case.network == "quick")
        with self._serve(case, line.gateway) as served:
            began = time.monotonic()
            outcomes = tuple(self._steps(case, adapter, served.recording))
            seconds = time.monotonic() - began
            pact = served.pact.mismatches if served.pact else None
        return Observation(
            steps=outcomes,
            exchanges=served.recording.exchanges,
            elsewhere=served.elsewhere.exchanges if served.elsewhere else (),
            pact=pact,
            error_families=started.error_families,
            output=adapter.output(),
            seconds=round(seconds, 6),
        )

    def _line_for(self, stage: Stage) -> Line:
        if stage == _USUAL:
            return self._line
        if self._other is None or self._other[0] != stage:
            self._stage.close()
            tls = self._certificates.context(stage.transport)
            gateway = self._stage.enter_context(Gateway(tls))
            ca_file = self._certificates.ca_file if tls else None
            line = self._stage.enter_context(Line(self._target, gateway, stage, ca_file))
            self._other = stage, line
        return self._other[1]

    @cached_property
    def _certificates(self) -> Certificates:
        folder = self._stack.enter_context(TemporaryDirectory())
        return Certificates(Path(folder))

    @cached_property
    def _elsewhere(self) -> Gateway:
        return self._stack.enter_context(Gateway())

    @contextmanager
    def _serve(self, case: Case, gateway: Gateway) -> Iterator[Served]:
        match case.server:
            case Script(elsewhere=()) as script:
                with gateway.play(script.located(gateway.url, "")) as recording:
                    yield Served(recording=recording)
            case Script() as script:
                script = script.located(gateway.url, self._elsewhere.alias)
                other = Script(replies=script.elsewhere)
                with self._elsewhere.play(other) as elsewhere, gateway.play(script) as recording:
                    yield Served(recording=recording, elsewhere=elsewhere)
            case Closed():
                with gateway.deaf() as recording:
                    yield Served(recording=recording)
            case ContractServer(contract=contract, interaction=name):
                held = self._contracts[contract]
                with pacts.served(held, self._catalog, name) as pact:
                    upstream = Upstream(host=pact.host, port=pact.port)
                    with gateway.play(upstream) as recording:
                        yield Served(recording=recording, pact=pact)

    def _steps(self, case: Case, adapter: Adapter, recording: Recording) -> Iterator[StepOutcome]:
        for index, step in enumerate(case.steps):
            if not adapter.usable:
                yield Skipped()
                continue
            recording.step = index
            yield self._do(step, adapter, within=_patience(case))

    def _do(self, step: Step, adapter: Adapter, within: float) -> StepOutcome:
        match step:
            case Configure(credentials=credentials, network=network):
                settings = protocol.Configure(credentials=credentials, network=network)
                match adapter.ask(settings, within):
                    case Configured() as configured:
                        return Set(configured=configured)
                    case Fault() as fault:
                        return _fault(fault)
                    case trouble:
                        return trouble
            case Call(read=read):
                return self._named(read, adapter.ask(self._call(step), within))
            case Run(code=code, bind=bind, read=read):
                attributes = tuple(self._spelling.attribute(name) for name in read)
                sample = protocol.Run(code=code, bind=bind, read=attributes)
                return self._named(read, adapter.ask(sample, within))

    def _call(self, step: Call) -> protocol.Call:
        resource, operation = self._spelling.operation(step.operation)
        return protocol.Call(
            resource=resource,
            operation=operation,
            form=step.form,
            parameters=step.parameters,
            options=step.options,
            on=step.on,
            keep=step.keep,
            read=tuple(self._spelling.attribute(name) for name in step.read),
        )

    def _named(self, read: tuple[str, ...], answer: StepOutcome | Fault) -> StepOutcome:
        """What the adapter answered, with attributes under their documented names."""
        match answer:
            case Fault() as fault:
                return _fault(fault)
            case Returned(attributes=attributes):
                spelled = {self._spelling.attribute(name): name for name in read}
                named = {spelled.get(k, k): value for k, value in attributes.items()}
                return structs.replace(answer, attributes=named)
            case _:
                return answer


def _patience(case: Case) -> float:
    """How long a step of a case may take before the adapter is ended."""
    allowed = [each.within + _BEYOND for each in case.expect if isinstance(each, Ends)]
    return min(STEP_SECONDS[case.network], *allowed) if allowed else STEP_SECONDS[case.network]


def _fault(fault: Fault) -> Misspoke:
    return Misspoke(problem=f"It could not do what it was asked ({fault.code}): {fault.message}")


def _words(trouble: object) -> str:
    match trouble:
        case Fault(code=code, message=message):
            return f"answered with error {code}: {message}"
        case Crashed(exit_code=code, last_words=words):
            return f"ended with exit code {code}: {words.strip() or 'it said nothing'}"
        case Hung(seconds=seconds):
            return f"did not answer within {seconds:g} seconds"
        case Misspoke(problem=problem):
            return f"broke the protocol: {problem}"
        case _:
            return f"answered {trouble}"
