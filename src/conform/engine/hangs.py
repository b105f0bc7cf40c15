"""Settles the cases of a target that would only wait for a call that does not end.

Each case that hangs costs its time limit. A target that hangs everywhere would take an hour, and
say the same in every case.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from msgspec import Struct

from conform.cases.expectations import Ends
from conform.cases.model import CallStep, Case, ConfigureStep, RunStep
from conform.cases.probes import PROBES, Probe
from conform.core.errors import AdapterError
from conform.core.identity import Suite
from conform.core.observations import Hung, Observation
from conform.engine.execution import Executor
from conform.engine.lines import Settled
from conform.verdicts import Inconclusive

MOST_IN_A_ROW: Final = 5
"""How many cases of a suite in a row may hang in one operation before the others are settled."""

_Place = tuple[Suite, str]
"""A suite and an operation; the operation of a sample is empty."""


class HungProbe(Struct, frozen=True, kw_only=True):
    """A probe that did not end."""

    probe: Probe
    hung: Hung
    is_quick: bool
    """Whether the SDK has all settings of a probe. If not, it may have waited as long as it does
    with its own settings."""

    def covers(self, case: Case) -> bool:
        """Whether a case cannot end either."""
        is_as_patient = case.network == "quick" or self.is_quick
        return self.probe.covers(case) and (is_as_patient or self.probe.situation == "answered")

    @property
    def verdict(self) -> Inconclusive:
        """The verdict on the cases that it covers."""
        seconds = f"{self.hung.seconds:g} s"
        return Inconclusive(
            reason=f"session.create did not end within {seconds} in a probe: {self.probe.words}.",
            missing="end of a probe",
        )


class Hangs:
    """What is known of the calls of one target that do not end.

    Two rules settle a case as inconclusive, without running it:

    - A probe that covers it hung, and so did a case in the situation of the probe, which has its
      own verdict. The probes are made before the first case.
    - The last five cases of its suite with one of its operations hung in this operation. Cases that
      have a time limit of their own are left out, unless a probe is known to hang: they are about
      hangs of one kind each.

    Args:
        executor: makes the probes.
    """

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._probes: tuple[HungProbe, ...] | None = None
        self._confirmed: set[str] = set()
        self._in_a_row: Counter[_Place] = Counter()

    def settle(self, case: Case) -> Settled | None:
        """The verdict on a case that would only hang; None if the case must be run."""
        for each in self._hung_probes():
            if each.probe.situation in self._confirmed and each.covers(case):
                return Settled(by="probe", verdict=each.verdict)
        for place in self._places(case):
            if self._in_a_row[place] >= MOST_IN_A_ROW:
                return Settled(by="cases", verdict=_after_others(place))
        return None

    def learn(self, case: Case, seen: Observation) -> None:
        """Take note of what was seen in a case that was run."""
        steps = zip(case.steps, seen.steps, strict=False)
        hung = [
            _operation(step)
            for step, outcome in steps
            if isinstance(outcome, Hung) and not isinstance(step, ConfigureStep)
        ]
        if hung:
            alike = (each.probe for each in self._hung_probes() if each.probe.is_like(case))
            self._confirmed.update(probe.situation for probe in alike)
        for place in self._places(case):
            _, operation = place
            self._in_a_row[place] = self._in_a_row[place] + 1 if operation in hung else 0

    def _places(self, case: Case) -> tuple[_Place, ...]:
        """The suite with each operation of a case; none if the case is left out."""
        has_own_limit = any(isinstance(each, Ends) for each in case.expect)
        if has_own_limit and not self._confirmed:
            return ()
        calls = (step for step in case.steps if not isinstance(step, ConfigureStep))
        return tuple(dict.fromkeys((case.suite, _operation(step)) for step in calls))

    def _hung_probes(self) -> tuple[HungProbe, ...]:
        if self._probes is None:
            self._probes = self._probed()
        return self._probes

    def _probed(self) -> tuple[HungProbe, ...]:
        found: list[HungProbe] = []
        for probe in PROBES:
            try:
                seen = self._executor.execute(probe.case)
            except AdapterError:
                # An adapter that cannot be used is an error of each case.
                break
            if hung := next((each for each in seen.steps if isinstance(each, Hung)), None):
                is_quick = self._executor.has_whole_rig
                found.append(HungProbe(probe=probe, hung=hung, is_quick=is_quick))
                if probe.situation == "answered":
                    break
        return tuple(found)


def _after_others(place: _Place) -> Inconclusive:
    _, operation = place
    return Inconclusive(
        reason=f"{operation or 'The sample'} did not end in the {MOST_IN_A_ROW} cases before it.",
        missing="end of other cases",
    )


def _operation(step: CallStep | RunStep) -> str:
    return step.operation if isinstance(step, CallStep) else ""
