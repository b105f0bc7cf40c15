"""Executes one case: does its steps through the adapter and records everything that is seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
import time
from types import TracebackType
from typing import Final, Self

from msgspec import Struct, structs

from conform.cases import premises
from conform.cases.documentation import Documentation
from conform.cases.expectations import Ends
from conform.cases.interactions import consumer
from conform.cases.model import CallStep, Case, ConfigureStep, Stage, Step
from conform.cases.replies import Closed, ContractServer, Script
from conform.contracts import pacts
from conform.core.errors import AdapterError
from conform.core.observations import (
    NotReached,
    Observation,
    ProtocolViolation,
    Respelled,
    StepOutcome,
)
from conform.core.protocol import ErrorResponse, Returned
from conform.core.values import Null, Undefined
from conform.engine.certificates import Certificates
from conform.engine.gateway import Gateway, Recording, Upstream
from conform.engine.network import IsolatedNetwork
from conform.engine.requests import requests
from conform.engine.session import AdapterSession
from conform.engine.spelling import Spelling
from conform.schemas.catalog import Catalog
from conform.targets.adapter import Adapter
from conform.targets.resolve import Target

STEP_SECONDS: Final = {"quick": 15.0, "default": 180.0}
"""Seconds that a step may take before the adapter is ended."""
_MARGIN: Final = 1.0
"""Seconds that a step may take beyond the limit of its case; a later end is late as well."""
_DEFAULT_STAGE: Final = Stage()


class _CaseServers(Struct, frozen=True, kw_only=True):
    """The servers of one case."""

    recording: Recording
    elsewhere: Recording | None = None
    pact: pacts.PactServer | None = None


class Executor:
    """Executes the cases of one target: its adapter, and the servers that it talks to.

    Use it as a context manager. One adapter runs all cases of the default stage. Another stage has
    its own adapter, which lives until a different one of these stages is needed.

    Args:
        target: the target.
        session: its adapter on the default stage; entered by the caller.
        catalog: the endpoints and schemas of the contracts.
        documentation: the pages that the cases come from, and the page that spells the names.
        network: the other hosts, where the network of the adapter is isolated.
    """

    def __init__(
        self,
        target: Target,
        session: AdapterSession,
        catalog: Catalog,
        documentation: Documentation,
        network: IsolatedNetwork | None = None,
    ) -> None:
        self._target = target
        self._network = network
        self._session = session
        self._catalog = catalog
        self._pages = {consumer(page): page for page in documentation.pages}
        self.spelling = Spelling.of(target.manifest, documentation)
        """Translates documented names to those of the target."""
        self._twins: dict[tuple[object, ...], Observation] = {}
        self._other: tuple[Stage, AdapterSession] | None = None
        self._restarts_on_left_stages = 0
        self._badly_stopped: AdapterError | None = None
        self._stack = ExitStack()
        self._stage = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        """End the servers, and the adapter that is not on the default stage.

        Raises:
            AdapterError: an adapter on one of the other stages did not stop as it should.
        """
        self._leave_stage()
        self._stack.close()
        if error is None and self._badly_stopped is not None:
            raise self._badly_stopped

    @property
    def restarts(self) -> int:
        """How often an adapter was started again, on any stage, after one crashed or hung."""
        now = self._other[1].restarts if self._other else 0
        return self._session.restarts + self._restarts_on_left_stages + now

    @property
    def has_whole_rig(self) -> bool:
        """Whether the release could do all of what makes cases short."""
        return self._session.has_whole_rig

    def execute(self, case: Case) -> Observation:
        """Do the steps of a case, and give everything that was seen.

        Raises:
            AdapterError: the adapter cannot be started or reset.
        """
        twin = self._twin(case)
        seen = self._execute(case, self.spelling.on(case.stage))
        return structs.replace(seen, twin=twin, respelled=self._respelled(case))

    def _respelled(self, case: Case) -> Respelled | None:
        """What is seen with options in the style of the language, if the README has another."""
        calls = (step for step in case.steps if isinstance(step, CallStep))
        names = {k: v for step in calls for k, v in self.spelling.respelled(step).items()}
        if not names:
            return None
        spelling = self.spelling.on(case.stage).in_style
        return Respelled(names=names, seen=self._execute(case, spelling))

    def _execute(self, case: Case, spelling: Spelling) -> Observation:
        session = self._session_for(case.stage)
        if self._network is not None:
            self._network.home = session.gateway
        started = session.start()
        adapter = session.ready(quick=case.network == "quick")
        with self._serve(case, session.gateway) as served:
            began = time.monotonic()
            steps = self._steps(case, adapter, session.gateway, served.recording, spelling)
            outcomes = tuple(steps)
            seconds = time.monotonic() - began
            pact = served.pact.mismatches if served.pact else None
            contacts = self._network.contacts() if self._network else None
        # The answer to reset is a barrier: what was written before it belongs to this case.
        afterwards = session.reset()
        return Observation(
            steps=outcomes,
            exchanges=served.recording.exchanges,
            elsewhere=served.elsewhere.exchanges if served.elsewhere else (),
            not_kept=served.recording.not_kept,
            pact=pact,
            contacts=contacts,
            error_families=started.error_families,
            runtime=started.runtime.name,
            output=adapter.output(),
            afterwards=afterwards,
            seconds=round(seconds, 6),
        )

    def _twin(self, case: Case) -> Observation | None:
        """The observation of the same call where nothing is wrong; made once for each call."""
        stage = premises.twin_stage(case)
        if stage is None:
            return None
        called = (stage, *(each.operation for each in case.steps if isinstance(each, CallStep)))
        if called not in self._twins:
            twin = structs.replace(case, stage=stage)
            self._twins[called] = self._execute(twin, self.spelling.on(stage))
        return self._twins[called]

    def _session_for(self, stage: Stage) -> AdapterSession:
        if stage == _DEFAULT_STAGE:
            return self._session
        if self._other is None or self._other[0] != stage:
            self._leave_stage()
            tls = self._certificates.context(stage.transport)
            gateway = self._stage.enter_context(Gateway(tls))
            ca_file = self._certificates.ca_file if tls else None
            session = self._stage.enter_context(
                AdapterSession(self._target, gateway, stage, ca_file)
            )
            self._other = stage, session
        return self._other[1]

    def _leave_stage(self) -> None:
        self._restarts_on_left_stages += self._other[1].restarts if self._other else 0
        self._other = None
        try:
            self._stage.close()
        except AdapterError as error:
            # The case that needs the next stage did not cause it, so it is raised at the end.
            self._badly_stopped = self._badly_stopped or error

    @cached_property
    def _certificates(self) -> Certificates:
        if self._network is not None:
            return self._network.certificates
        folder = self._stack.enter_context(TemporaryDirectory())
        return Certificates(Path(folder))

    @cached_property
    def _elsewhere(self) -> Gateway:
        return self._stack.enter_context(Gateway())

    @contextmanager
    def _serve(self, case: Case, gateway: Gateway) -> Iterator[_CaseServers]:
        match case.server:
            case Script(elsewhere=()) as script:
                with gateway.play(script.located(gateway.url, "")) as recording:
                    yield _CaseServers(recording=recording)
            case Script() as script:
                script = script.located(gateway.url, self._elsewhere.alias)
                other = Script(replies=script.elsewhere)
                with self._elsewhere.play(other) as elsewhere, gateway.play(script) as recording:
                    yield _CaseServers(recording=recording, elsewhere=elsewhere)
            case Closed(replies=replies):
                with gateway.play(Script(replies=replies)) as recording:
                    yield _CaseServers(recording=recording)
            case ContractServer(contract=contract, interaction=name):
                page = self._pages[contract]
                with pacts.served(page, self._catalog, name) as pact:
                    upstream = Upstream(host=pact.host, port=pact.port)
                    with gateway.play(upstream) as recording:
                        yield _CaseServers(recording=recording, pact=pact)

    def _steps(
        self,
        case: Case,
        adapter: Adapter,
        gateway: Gateway,
        recording: Recording,
        spelling: Spelling,
    ) -> Iterator[StepOutcome]:
        kept: set[str] = set()
        for index, step in enumerate(case.steps):
            if not step.uses.keys() <= kept or not adapter.usable:
                yield NotReached()
                continue
            recording.step = index
            closes = isinstance(case.server, Closed) and step is case.steps[-1]
            with gateway.refuse() if closes else nullcontext():
                outcome = self._do(step, adapter, spelling, within=_step_seconds(case))
            if isinstance(step, CallStep) and step.keep and _is_object(outcome):
                kept.add(step.keep)
            yield outcome

    def _do(self, step: Step, adapter: Adapter, spelling: Spelling, within: float) -> StepOutcome:
        """The outcome of a step, or of what must be done before it if that did not succeed."""
        *before, last = requests(step, spelling)
        for request in before:
            outcome = _outcome(adapter.ask(request, within))
            if not isinstance(outcome, Returned):
                return outcome
        outcome = _outcome(adapter.ask(last, within))
        return outcome if isinstance(step, ConfigureStep) else self._documented(step.read, outcome)

    def _documented(self, read: tuple[str, ...], outcome: StepOutcome) -> StepOutcome:
        """The outcome with attributes under their documented names."""
        spelled = {self.spelling.attribute(name): name for name in read}
        match outcome:
            case Returned(attributes=attributes):
                named = {spelled.get(k, k): value for k, value in attributes.items()}
                return structs.replace(outcome, attributes=named)
            case _:
                return outcome


def _outcome(answer: StepOutcome | ErrorResponse) -> StepOutcome:
    if isinstance(answer, ErrorResponse):
        return ProtocolViolation(problem=f"it {answer}")
    return answer


def _is_object(outcome: StepOutcome) -> bool:
    return isinstance(outcome, Returned) and not isinstance(outcome.value, Null | Undefined)


def _step_seconds(case: Case) -> float:
    """Seconds that a step of a case may take before the adapter is ended."""
    allowed = [each.within + _MARGIN for each in case.expect if isinstance(each, Ends)]
    return min(STEP_SECONDS[case.network], *allowed) if allowed else STEP_SECONDS[case.network]
