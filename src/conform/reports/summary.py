"""Adds lines up to what a person asks first: does each target conform, and if not, where?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import ClassVar, Final, Self, get_args

import msgspec
from msgspec import Struct

from conform.core.errors import ExitCode, SuiteError
from conform.core.identity import CaseId, Level, Source, Suite
from conform.core.results import Blame, CaseLine, Line, RunError, RunLine, VerdictName
from conform.core.text import counted, listed
from conform.reports.attributes import AttributeRow, matrix
from conform.reports.figures import FIGURES, Figure

LEVELS: Final[tuple[Level, ...]] = get_args(Level)
SUITES: Final[tuple[Suite, ...]] = get_args(Suite)
VERDICTS: Final[tuple[VerdictName, ...]] = get_args(VerdictName)
_MOST_NAMES: Final = 3


# ── where a target stands ────────────────────────────────────────────────────────────────────────


class Conforming(Struct, frozen=True, kw_only=True, tag_field="standing", tag="conforms"):
    """Everything that counts was tested and passed."""

    exit_code: ClassVar = ExitCode.CONFORMS
    verb: ClassVar = ("conforms", "conform")
    conventions: int
    """Cases of conventions that failed and do not count."""
    known: int
    """Known failures, which do not count either."""

    def __str__(self) -> str:
        notes = [
            *([f"{counted(self.conventions, 'convention')} not followed"] * bool(self.conventions)),
            *([counted(self.known, "known failure")] * bool(self.known)),
        ]
        return f"conforms ({', '.join(notes)})" if notes else "conforms"


class Nonconforming(
    Struct, frozen=True, kw_only=True, tag_field="standing", tag="does-not-conform"
):
    """Cases that count failed."""

    exit_code: ClassVar = ExitCode.DOES_NOT_CONFORM
    verb: ClassVar = ("does not conform", "do not conform")
    documented: int
    security: int
    conventions: int
    """Cases of conventions that failed; zero unless they count."""

    def __str__(self) -> str:
        figures = (
            (self.documented, "documented"),
            (self.security, "security"),
            (self.conventions, "convention"),
        )
        parts = [f"{number:,} {level}" for number, level in figures if number]
        total = self.documented + self.security + self.conventions
        return f"does not conform: {listed(parts)} {'case' if total == 1 else 'cases'} failed"


class Unavailable(Struct, frozen=True, kw_only=True, tag_field="standing", tag="unavailable"):
    """The target could not be had here, for all or some of its cases."""

    exit_code: ClassVar = ExitCode.NOTHING_TESTED
    verb: ClassVar = ("is unavailable", "are unavailable")
    reason: str
    fix: str
    tested: int

    def __str__(self) -> str:
        return "unavailable, not tested" if not self.tested else "unavailable for part of its cases"


class Untested(Struct, frozen=True, kw_only=True, tag_field="standing", tag="untested"):
    """The target was there, and no case of the run applied to it."""

    exit_code: ClassVar = ExitCode.NOTHING_TESTED
    verb: ClassVar = ("was not tested", "were not tested")

    def __str__(self) -> str:
        return "not tested: no case of this run applies to it"


class SuiteFailed(Struct, frozen=True, kw_only=True, tag_field="standing", tag="suite-failed"):
    """The suite itself failed on this target, so nothing is said about it."""

    verb: ClassVar = ("could not be judged", "could not be judged")
    errors: int
    missing: int
    error: RunError | None = None

    @property
    def exit_code(self) -> ExitCode:
        """That of the error which ended the run of the target, where there is one."""
        return self.error.exit_code if self.error else ExitCode.SUITE_FAILED

    def __str__(self) -> str:
        parts = [
            *(["its run ended early"] * bool(self.error)),
            *([f"{counted(self.errors, 'case')} ended in an error"] * bool(self.errors)),
            *([f"{counted(self.missing, 'planned case')} never ended"] * bool(self.missing)),
        ]
        return f"the suite failed: {listed(parts)}"


class Unfinished(Struct, frozen=True, kw_only=True, tag_field="standing", tag="unfinished"):
    """The run was interrupted before every case was run."""

    exit_code: ClassVar = ExitCode.INTERRUPTED
    verb: ClassVar = ("was interrupted", "were interrupted")
    failed: int
    """Cases that failed until then."""
    missing: int

    def __str__(self) -> str:
        failed = f"{counted(self.failed, 'case')} failed, " if self.failed else ""
        return f"interrupted: {failed}{counted(self.missing, 'planned case')} not run"


Standing = Conforming | Nonconforming | Unavailable | Untested | SuiteFailed | Unfinished
"""Where one target stands; each kind carries the exit code it asks for."""


# ── one target ───────────────────────────────────────────────────────────────────────────────────


class Count(Struct, frozen=True, kw_only=True):
    """How many cases of one level came to one verdict."""

    verdict: VerdictName
    level: Level
    cases: int


class Failure(Struct, frozen=True, kw_only=True):
    """One case that did not come to a good end."""

    case: CaseId
    level: Level
    blame: Blame | None
    reason: str
    cause: str
    """What failures with one cause share; the reason of an error."""
    source: Source


class Likeness(Struct, frozen=True, kw_only=True):
    """Failures with one cause."""

    first: Failure
    cases: int


class SuiteFailures(Struct, frozen=True, kw_only=True):
    """The cases of one suite that failed, by id."""

    suite: Suite
    failures: tuple[Failure, ...]


class TargetSummary(Struct, frozen=True, kw_only=True):
    """What came of one target."""

    run: RunLine
    counts: tuple[Count, ...]
    """By verdict and level, zeros left out."""
    failures: tuple[SuiteFailures, ...]
    """Verdict ``fail`` only; known failures are counted, not listed."""
    errors: tuple[Failure, ...]
    missing: int
    """Planned cases without a line; zero for a target that was unavailable from the start."""
    reason: str
    """Why it was unavailable, for all or some of its cases."""
    seconds: float
    """The sum over its cases."""

    @property
    def name(self) -> str:
        """Canonical, such as ``python==1.0.17``."""
        return self.run.target

    @property
    def tested(self) -> int:
        """How many cases the target was really put through."""
        return self.count("pass", "fail", "known-failure")

    @property
    def failing(self) -> tuple[Failure, ...]:
        """Every failed case: security first, then documented, then conventions."""
        every = [failure for group in self.failures for failure in group.failures]
        order: tuple[Level, ...] = ("security", "documented", "convention")
        return tuple(sorted(every, key=lambda failure: order.index(failure.level)))

    @property
    def likenesses(self) -> tuple[Likeness, ...]:
        """The failed cases, or the errors where there are any, by level and cause."""
        alike: dict[tuple[Level, str], list[Failure]] = {}
        for failure in self.errors or self.failing:
            alike.setdefault((failure.level, failure.cause), []).append(failure)
        return tuple(Likeness(first=each[0], cases=len(each)) for each in alike.values())

    def figure(self, figure: Figure) -> int:
        """One figure of the target."""
        if figure.verdict is None:
            return self.missing
        return self.count(figure.verdict, level=figure.level)

    def is_all(self, figure: Figure) -> bool:
        """Whether a figure stands for every case, since the target could not be had at all."""
        return figure.verdict == "unavailable" and bool(self.run.unavailable)

    def count(self, *verdicts: VerdictName, level: Level | None = None) -> int:
        """How many cases came to one of the verdicts, at one level or at any."""
        return sum(
            count.cases
            for count in self.counts
            if count.verdict in verdicts and level in {None, count.level}
        )

    def standing(self, *, strict: bool = False, allow_unavailable: bool = False) -> Standing:
        """Where the target stands.

        Args:
            strict: conventions count too.
            allow_unavailable: cases that were unavailable do not outweigh those that were tested.
        """
        errors = self.count("error")
        gone = self.run.unavailable or self.count("unavailable")
        conventions = self.count("fail", level="convention")
        documented = self.count("fail", level="documented")
        security = self.count("fail", level="security")
        if self.run.error and self.run.error.exit_code is ExitCode.INTERRUPTED:
            return Unfinished(failed=self.count("fail"), missing=self.missing)
        if errors or self.missing or self.run.error:
            return SuiteFailed(errors=errors, missing=self.missing, error=self.run.error)
        if gone and not (allow_unavailable and self.tested):
            return Unavailable(reason=self.reason, fix=self.run.fix, tested=self.tested)
        if not self.tested:
            return Untested()
        if documented or security or (strict and conventions):
            return Nonconforming(
                documented=documented,
                security=security,
                conventions=conventions if strict else 0,
            )
        return Conforming(conventions=conventions, known=self.count("known-failure"))

    @classmethod
    def of(cls, run: RunLine, cases: Iterable[CaseLine]) -> Self:
        """The summary of one target's lines."""
        lines = tuple(cases)
        counts = Counter((line.verdict, line.level) for line in lines)
        gone = (line.reason for line in lines if line.verdict == "unavailable")
        return cls(
            run=run,
            counts=tuple(
                Count(verdict=verdict, level=level, cases=counts[verdict, level])
                for verdict in VERDICTS
                for level in LEVELS
                if counts[verdict, level]
            ),
            failures=tuple(
                SuiteFailures(suite=suite, failures=failures)
                for suite in SUITES
                if (failures := _failures(lines, "fail", suite))
            ),
            errors=_failures(lines, "error"),
            missing=0 if run.unavailable else max(0, run.planned - len(lines)),
            reason=run.unavailable or next(gone, ""),
            seconds=sum(line.seconds for line in lines),
        )


def _failures(
    lines: Iterable[CaseLine], verdict: VerdictName, suite: Suite | None = None
) -> tuple[Failure, ...]:
    return tuple(
        Failure(
            case=line.case,
            level=line.level,
            blame=line.blame,
            reason=line.reason,
            cause=line.cause or line.reason,
            source=line.source,
        )
        for line in sorted(lines, key=lambda line: line.case)
        if line.verdict == verdict and suite in {None, line.suite}
    )


# ── all targets ──────────────────────────────────────────────────────────────────────────────────


class Summary(Struct, frozen=True, kw_only=True):
    """What came of a run of one or more targets."""

    targets: tuple[TargetSummary, ...]
    attributes: tuple[AttributeRow, ...]

    @classmethod
    def of(cls, lines: Iterable[Line]) -> Self:
        """Adds lines up, whatever order those of different targets come in.

        Of two lines about the same thing the later one counts, so that a target that was run
        again replaces what is known of its cases.

        Raises:
            SuiteError: a case belongs to a target that no line opens.
        """
        runs: dict[str, RunLine] = {}
        cases: dict[str, dict[CaseId, CaseLine]] = {}
        for line in lines:
            match line:
                case RunLine():
                    runs[line.target] = line
                case CaseLine():
                    cases.setdefault(line.target, {})[line.case] = line
        if strays := cases.keys() - runs.keys():
            raise SuiteError(
                f"The results hold cases of {min(strays)!r} but no line that opens it.",
                why="The first line of each target says what was run; it is missing.",
                fix="Give the whole file of results, or run the target again.",
            )
        return cls(
            targets=tuple(
                TargetSummary.of(run, cases.get(name, {}).values()) for name, run in runs.items()
            ),
            attributes=matrix(runs, (line for each in cases.values() for line in each.values())),
        )

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The figures that say something of any target."""
        return tuple(
            figure
            for figure in FIGURES
            if figure.always
            or any(each.figure(figure) or each.is_all(figure) for each in self.targets)
        )

    def exit_code(self, *, strict: bool = False, allow_unavailable: bool = False) -> ExitCode:
        """The exit code of the run: the highest that any of its targets asks for.

        The order 4 > 3 > 1 > 0 goes by how much of the question stays open. After a failure of
        the suite no verdict is to be trusted (4). With a named target that could not be tested,
        the question was not answered in full, whatever the others did (3). Only a run in which
        everything asked was tested says that something does not conform (1) or that all does (0).

        Args:
            strict: conventions count too.
            allow_unavailable: unavailable targets are left aside; a run that tested nothing at
                all still says so.
        """
        standings = [
            target.standing(strict=strict, allow_unavailable=allow_unavailable)
            for target in self.targets
        ]
        if allow_unavailable:
            standings = [s for s in standings if not isinstance(s, Unavailable)]
        return max((standing.exit_code for standing in standings), default=ExitCode.NOTHING_TESTED)

    def answer(self, *, strict: bool = False) -> str:
        """The answer in one sentence, the worst first."""
        if not self.targets:
            return "Nothing was tested."
        said: dict[ExitCode, dict[tuple[str, str], list[str]]] = {}
        for target in self.targets:
            standing = target.standing(strict=strict)
            alike = said.setdefault(standing.exit_code, {})
            alike.setdefault(standing.verb, []).append(target.name)
        order = (
            ExitCode.INTERRUPTED,
            ExitCode.SUITE_FAILED,
            ExitCode.DOES_NOT_CONFORM,
            ExitCode.NOTHING_TESTED,
            ExitCode.CONFORMS,
        )
        clauses = [
            f"{listed(names) if len(names) <= _MOST_NAMES else f'{len(names)} targets'} "
            f"{one if len(names) == 1 else many}"
            for code in order
            for (one, many), names in said.get(code, {}).items()
        ]
        return f"{'; '.join(clauses)}."

    def to_json(self, *, strict: bool = False) -> bytes:
        """The summary as JSON with a final line break; the same summary is the same bytes."""
        document = {
            "schema": 2,
            "answer": self.answer(strict=strict),
            "strict": strict,
            "exit_code": self.exit_code(strict=strict),
            "targets": [
                {
                    "standing": target.standing(strict=strict),
                    "tested": target.tested,
                    **msgspec.structs.asdict(target),
                }
                for target in self.targets
            ],
            "attributes": self.attributes,
        }
        return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
