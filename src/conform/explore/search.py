"""Searches for situations that fail, one kind of failure after the other, with Hypothesis."""

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
"""Kinds of failure of one property after which no other ones are looked for."""

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
"""The parts of a reason that differ between failures of one kind."""


class Counterexample(Struct, frozen=True, kw_only=True):
    """The smallest situation of one kind of failure."""

    kind: str
    situation: Situation
    fail: Fail
    seen: Observation
    steady: bool
    """Whether it failed the same way when it was done once more."""
    also: tuple[str, ...] = ()
    """Other attributes or parameters that failed the same way in any situation."""


class Explored(Struct, frozen=True, kw_only=True):
    """What became of one property."""

    property: Property
    tried: int
    """Different situations, those of shrinking among them."""
    findings: tuple[Counterexample, ...] = ()
    """Those that count first, and of these the shortest."""
    stopped: NotApplicable | Errored | None = None
    """Why nothing more could be said."""
    late: bool = False
    """Whether time ran out before all that was asked for was tried."""


def explore(
    wanted: Property,
    execute: Callable[[Case], Observation],
    *,
    examples: int,
    number: int,
    until: float,
) -> Explored:
    """Try situations of a property, and shrink what fails.

    The same number gives the same situations, unless time runs out. Each kind of failure has a
    round of its own, which ends with its smallest situation; the last round finds nothing new.

    Args:
        wanted: what shall hold.
        execute: does the steps of a case.
        examples: how many situations are tried in a round.
        number: what the random choices begin with.
        until: when to stop, by ``time.monotonic``; one situation is tried in any case.
    """
    # What Hypothesis keeps, it keeps beside what we do, and not in the folder it is run in.
    configuration.set_hypothesis_home_dir(paths.cache() / "hypothesis")
    search = _Search(execute, until)
    known = set(search.failures(wanted.aside)) if wanted.aside else set()
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
        late=search.late,
    )


class _Failure(Struct, frozen=True):
    """What is wrong, and with which attribute or parameter."""

    fail: Fail
    part: str


class _FailedError(Exception):
    """Tells Hypothesis that a situation fails."""

    def __init__(self, kind: str, situation: Situation) -> None:
        super().__init__(kind)
        self.kind = kind
        self.situation = situation


class _OverError(SkipTest):
    """Tells Hypothesis to stop at once, as every skipped test does."""


class _Search:
    """What is known of the situations of one property; each is executed once."""

    def __init__(self, execute: Callable[[Case], Observation], until: float) -> None:
        self._execute = execute
        self._until = until
        self._judged: dict[bytes, dict[str, _Failure]] = {}
        self._parts: dict[str, set[str]] = defaultdict(set)
        self.stopped: NotApplicable | Errored | None = None
        self.late = False

    @property
    def tried(self) -> int:
        """How many situations were executed."""
        return len(self._judged)

    def failures(self, case: Case) -> dict[str, _Failure]:
        """The failures of a case by their kind.

        Raises:
            _OverError: it is a new one, and there is no time for it.
        """
        key = msgspec.json.encode(case)
        if key not in self._judged:
            self.late = self.late or bool(self._judged and time.monotonic() > self._until)
            if self.late or self.stopped:
                raise _OverError("nothing more is tried")
            self._judged[key] = self._failures(case)[0]
        return self._judged[key]

    def smallest(
        self, wanted: Property, known: Collection[str], *, examples: int, number: int
    ) -> tuple[str, Situation] | None:
        """The smallest situation of the first kind of failure that is not known."""
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
                return  # What was found stays as small as it is.
            # Once there is one, it is not left for another one that happens to be smaller.
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
        """A finding with what is seen when its situation is done once more."""
        first = self._judged[msgspec.json.encode(situation.case)][kind]
        again, seen = self._failures(situation.case)
        return Counterexample(
            kind=kind,
            situation=situation,
            fail=again.get(kind, first).fail,
            seen=seen,
            steady=kind in again,
            also=tuple(sorted(self._parts[kind] - {first.part, ""})),
        )

    def _failures(self, case: Case) -> tuple[dict[str, _Failure], Observation]:
        try:
            seen = self._execute(case)
        except AdapterError as error:
            self.stopped = Errored(reason=f"{error.what} {error.why}")
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
    """The attribute or parameter that an expectation is about; what others say is about all."""
    match expectation:
        case Exposes(attribute=name) | Lacks(attribute=name):
            return name
        case Carries(parameter=name) | Guards(parameter=name):
            return name
        case _:
            return ""


def _kind(fail: Fail, part: str) -> str:
    """What is the same in all failures of a kind: the reason without the values it names."""
    said = fail.reason.partition(": ")[0]
    said = re.sub(rf"\b{re.escape(part)}\b", "…", said) if part else said
    return _VALUES.sub("…", said)


def _order(finding: Counterexample) -> tuple[bool, int, str]:
    case = finding.situation.case
    return case.level == "convention", len(finding.situation.given), finding.kind
