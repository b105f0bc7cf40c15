"""Searches with Hypothesis for situations that fail, one kind of failure after another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
import re
import time
from typing import Final
from unittest import SkipTest

from hypothesis import HealthCheck, Phase, Verbosity, configuration, given, seed, settings
import msgspec
from msgspec import Struct
from msgspec.structs import replace

from conform.cases.expectations import Carries, Expectation, Exposes, Guards, Lacks
from conform.cases.model import Case
from conform.core import paths
from conform.core.errors import AdapterError
from conform.core.observations import Observation
from conform.explore.properties import Property, Situation
from conform.verdicts import Errored, Fail, NotApplicable, judge

MOST_KINDS: Final = 10
"""The number of kinds of failure of one property after which the search ends."""

_SETTINGS: Final = settings(
    database=None,
    deadline=None,
    derandomize=False,
    phases=(Phase.generate, Phase.shrink),
    print_blob=False,
    report_multiple_bugs=False,
    suppress_health_check=tuple(HealthCheck),
    verbosity=Verbosity.quiet,
)
_VALUES: Final = re.compile(r'"(?:\\.|[^"\\])*"|\([^()]*\)|/\S*|\d+')
"""The parts of a reason that vary between failures of one kind."""


class Counterexample(Struct, frozen=True, kw_only=True):
    """One kind of failure with its smallest situation."""

    kind: str
    situation: Situation
    fail: Fail
    seen: Observation
    reproduced: bool
    """Whether it failed in the same way when it was executed a second time."""
    also: tuple[str, ...] = ()
    """Other attributes or parameters that failed in the same way in any situation."""


class Explored(Struct, frozen=True, kw_only=True):
    """The result of one property."""

    property: Property
    tried: int
    """The number of different situations, with those of shrinking."""
    findings: tuple[Counterexample, ...] = ()
    """The kinds of failure; conventions come last, short situations come first."""
    stopped: NotApplicable | Errored | None = None
    """Why the search ended early; None if it did not."""
    timed_out: bool = False
    """Whether time ran out before all examples were tried."""


def explore(
    wanted: Property,
    execute: Callable[[Case], Observation],
    *,
    examples: int,
    number: int,
    until: float,
) -> Explored:
    """Try situations of a property, and shrink those that fail.

    The same seed gives the same situations, unless time runs out. There is one round for each kind
    of failure, which ends with the smallest situation. The last round finds no new kind.

    Args:
        wanted: the property.
        execute: executes the steps of a case.
        examples: the number of situations in each round.
        number: the seed of the random choices.
        until: the time of ``time.monotonic`` to stop at; at least one situation is tried.
    """
    # By default, Hypothesis would write into the current folder.
    configuration.set_hypothesis_home_dir(paths.cache() / "hypothesis")
    search = _Search(execute, until)
    known = set(search.failures(wanted.baseline)) if wanted.baseline else set()
    found: dict[str, Situation] = {}
    while len(found) < MOST_KINDS:
        smallest = search.smallest(wanted, known | found.keys(), examples=examples, number=number)
        if smallest is None:
            break
        kind, situation = smallest
        found[kind] = situation
    findings = [search.finding(kind, situation) for kind, situation in found.items()]
    return Explored(
        property=wanted,
        tried=search.tried,
        findings=tuple(sorted(findings, key=_order)),
        stopped=search.stopped,
        timed_out=search.timed_out,
    )


class _Failure(Struct, frozen=True):
    """A failure, and the attribute or parameter that it is about."""

    fail: Fail
    part: str


class _FailedError(Exception):
    """Tells Hypothesis that a situation fails."""

    def __init__(self, kind: str, situation: Situation) -> None:
        super().__init__(kind)
        self.kind = kind
        self.situation = situation


class _OverError(SkipTest):
    """Tells Hypothesis to stop at once; it does so for every skipped test."""


class _Search:
    """The situations of one property that were executed, each once, with their failures."""

    def __init__(self, execute: Callable[[Case], Observation], until: float) -> None:
        self._execute = execute
        self._until = until
        self._judged: dict[bytes, dict[str, _Failure]] = {}
        self._parts: dict[str, set[str]] = defaultdict(set)
        self.stopped: NotApplicable | Errored | None = None
        self.timed_out = False

    @property
    def tried(self) -> int:
        """The number of situations that were executed."""
        return len(self._judged)

    def failures(self, case: Case) -> dict[str, _Failure]:
        """The failures of a case, by kind.

        Raises:
            _OverError: the case is new, and the search is over.
        """
        key = msgspec.json.encode(case)
        if key not in self._judged:
            is_late = bool(self._judged) and time.monotonic() > self._until
            self.timed_out = self.timed_out or is_late
            if self.timed_out or self.stopped:
                raise _OverError("the search is over")
            self._judged[key] = self._failures(case)[0]
        return self._judged[key]

    def smallest(
        self, wanted: Property, known: Collection[str], *, examples: int, number: int
    ) -> tuple[str, Situation] | None:
        """The smallest situation of the first new kind of failure; None if there is no new kind."""
        sought: str | None = None

        @seed(number)
        @settings(_SETTINGS, max_examples=examples)
        @given(wanted.situations)
        def attempt(situation: Situation) -> None:
            nonlocal sought
            try:
                failures = self.failures(situation.case)
            except _OverError:
                if sought is None:
                    raise
                return  # There is no time to shrink it further.
            # Shrinking must not slip to another kind of failure.
            kind = sought or next((each for each in failures if each not in known), None)
            if kind in failures:
                sought = kind
                raise _FailedError(kind, situation)

        try:
            attempt()
        except _FailedError as failed:
            return failed.kind, failed.situation
        except _OverError:
            pass
        return None

    def finding(self, kind: str, situation: Situation) -> Counterexample:
        """A finding, whose situation is executed a second time to reproduce the failure."""
        first = self._judged[msgspec.json.encode(situation.case)][kind]
        repeated, seen = self._failures(situation.case)
        return Counterexample(
            kind=kind,
            situation=situation,
            fail=repeated.get(kind, first).fail,
            seen=seen,
            reproduced=kind in repeated,
            also=tuple(sorted(self._parts[kind] - {first.part, ""})),
        )

    def _failures(self, case: Case) -> tuple[dict[str, _Failure], Observation]:
        try:
            seen = self._execute(case)
        except AdapterError as error:
            self.stopped = Errored(reason=error.reason)
            return {}, Observation()
        failures: dict[str, _Failure] = {}
        for expectation in case.expect:
            match judge(replace(case, expect=(expectation,)), seen):
                case Fail() as fail:
                    part = _part(expectation)
                    kind = _kind(fail, part)
                    failures.setdefault(kind, _Failure(fail, part))
                    self._parts[kind].add(part)
                    if not part:
                        break
                case NotApplicable() | Errored() as stopped:
                    self.stopped = stopped
                    break
        return failures, seen


def _part(expectation: Expectation) -> str:
    """The attribute or parameter that an expectation is about; empty if it is about the whole."""
    match expectation:
        case Exposes(attribute=name) | Lacks(attribute=name):
            return name
        case Carries(parameter=name) | Guards(parameter=name):
            return name
        case _:
            return ""


def _kind(fail: Fail, part: str) -> str:
    """The kind of a failure: its reason without the values and the part that it names."""
    reason = fail.reason.partition(": ")[0]
    reason = re.sub(rf"\b{re.escape(part)}\b", "…", reason) if part else reason
    return _VALUES.sub("…", reason)


def _order(finding: Counterexample) -> tuple[bool, int, str]:
    case = finding.situation.case
    return case.level == "convention", len(finding.situation.given), finding.kind
