"""Adds up results: how many cases of each target have which verdict, and whether it conforms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, Self, get_args

import msgspec
from msgspec import Struct

from conform.core.errors import ExitCode, SuiteError
from conform.core.identity import LEVELS, CaseId, Level
from conform.core.results import CaseLine, Line, RunLine, VerdictName
from conform.core.text import counted, listed
from conform.reports.attributes import AttributeRow, matrix
from conform.reports.causes import Cause, CauseGroup, causes_of
from conform.reports.figures import FIGURES, Figure
from conform.reports.standings import (
    Conforming,
    Inconclusive,
    Nonconforming,
    Standing,
    SuiteFailed,
    Unavailable,
    Unfinished,
    Untested,
)

VERDICTS: Final[tuple[VerdictName, ...]] = get_args(VerdictName)
_LEVELS_THAT_COUNT: Final[tuple[Level, ...]] = ("security", "documented")
"""The levels that always count for the exit code; conventions count in a strict run."""
_ORDER: Final = (
    ExitCode.INTERRUPTED,
    ExitCode.SUITE_FAILED,
    ExitCode.USED_WRONGLY,
    ExitCode.DOES_NOT_CONFORM,
    ExitCode.NOTHING_TESTED,
    ExitCode.CONFORMS,
)
"""The exit codes of targets, from the one that decides over all others."""
_MOST_NAMES: Final = 3


# ── one target ───────────────────────────────────────────────────────────────────────────────────


class Count(Struct, frozen=True, kw_only=True):
    """How many cases of one level have one verdict."""

    verdict: VerdictName
    level: Level
    cases: int


class TargetProblem(Struct, frozen=True, kw_only=True):
    """The reason why a target could not be tested, in full or at all."""

    why: str
    fix: str


class TargetSummary(Struct, frozen=True, kw_only=True):
    """The results of one target, added up."""

    run: RunLine
    counts: tuple[Count, ...]
    """By verdict and level, without zeros."""
    causes: tuple[Cause, ...]
    """Why cases failed; those with known failures only are marked."""
    inconclusive: tuple[Cause, ...]
    """Why cases are inconclusive."""
    errors: tuple[Cause, ...]
    """Why cases ended in an error."""
    missing: int
    """Planned cases without a result; zero for a target that is unavailable."""
    reason: str
    """Why the target is unavailable, for all or some of its cases."""
    seconds: float
    """The sum over all cases."""
    settled_by_probes: int
    """The cases that were not run, since a probe had hung."""
    settled_by_cases: int
    """The cases that were not run, since the cases before them had hung."""
    restarts: int
    """How often the adapter was started again, after one that crashed or hung."""

    @property
    def name(self) -> str:
        """Canonical, such as ``python==1.0.17``."""
        return self.run.target

    @property
    def tested(self) -> int:
        """How many cases tested the target."""
        return self.count("pass", "fail", "known-failure")

    @property
    def groups(self) -> tuple[CauseGroup, ...]:
        """All causes in the order of every report; only the errors if there are any."""
        if self.errors:
            return (CauseGroup(name="error", title="Errors of the suite", causes=self.errors),)
        failures = tuple(each for each in self.causes if not each.is_convention)
        conventions = tuple(each for each in self.causes if each.is_convention)
        groups = (
            CauseGroup(name="failure", title="Failures", causes=failures),
            CauseGroup(name="inconclusive", title="Inconclusive", causes=self.inconclusive),
            CauseGroup(name="convention", title="Conventions not followed", causes=conventions),
        )
        return tuple(group for group in groups if group.causes)

    @property
    def problem(self) -> TargetProblem | None:
        """Why the run of the target ended early, or why the target is unavailable."""
        if error := self.run.error:
            return TargetProblem(why=error.reason, fix=error.fix)
        return TargetProblem(why=self.reason, fix=self.run.fix) if self.reason else None

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know beside the verdicts, one sentence each."""
        times = counted(self.restarts, "time")
        again = f"The adapter was started again {times}, after it crashed or hung."
        return (
            *self.run.notes,
            *_settled(self.settled_by_probes, "a probe that hung"),
            *_settled(self.settled_by_cases, "earlier cases that hung"),
            *([again] if self.restarts else []),
        )

    def figure(self, figure: Figure) -> int:
        """One figure of the target."""
        if figure.verdict is None:
            return self.missing
        return self.count(figure.verdict, level=figure.level)

    def is_all(self, figure: Figure) -> bool:
        """Whether a figure means every case, because the whole target is unavailable."""
        return figure.verdict == "unavailable" and bool(self.run.unavailable)

    def count(self, *verdicts: VerdictName, level: Level | None = None) -> int:
        """How many cases have one of the verdicts, at one level or at any level."""
        return sum(
            count.cases
            for count in self.counts
            if count.verdict in verdicts and level in {None, count.level}
        )

    def standing(self, *, strict: bool = False, allow_unavailable: bool = False) -> Standing:
        """What the results mean.

        Args:
            strict: conventions count too.
            allow_unavailable: unavailable cases do not count if other cases were tested.
        """
        errors = self.count("error")
        is_unavailable = self.run.unavailable or self.count("unavailable")
        levels = LEVELS if strict else _LEVELS_THAT_COUNT
        failed = {level: self.count("fail", level=level) for level in levels}
        conventions = [each for each in self.causes if each.count(("convention",))]
        if self.run.error and self.run.error.exit_code is ExitCode.INTERRUPTED:
            return Unfinished(failed=self.count("fail"), missing=self.missing)
        if errors or self.missing or self.run.error:
            return SuiteFailed(errors=errors, missing=self.missing, error=self.run.error)
        if any(failed.values()):
            return Nonconforming(
                documented=failed["documented"],
                security=failed["security"],
                conventions=failed.get("convention", 0),
                causes=sum(bool(each.count(levels)) for each in self.causes),
            )
        if is_unavailable and not (allow_unavailable and self.tested):
            return Unavailable(reason=self.reason, fix=self.run.fix, tested=self.tested)
        if cases := sum(self.count("inconclusive", level=level) for level in levels):
            return Inconclusive(cases=cases)
        if not self.tested:
            return Untested()
        return Conforming(
            conventions=self.count("fail", level="convention"),
            causes=len(conventions),
            known=self.count("known-failure"),
        )

    def verdict(self, *, strict: bool = False) -> str:
        """The standing in words, with the part of the cases that was chosen.

        Args:
            strict: conventions count too.
        """
        return f"{self.standing(strict=strict)}{self.part}"

    @property
    def part(self) -> str:
        """The part of the cases that was chosen, as it follows a verdict; empty if all were."""
        return f" ({self.run.part} chosen)" if self.run.part else ""

    @classmethod
    def of(cls, run: RunLine, cases: Iterable[CaseLine]) -> Self:
        """The summary of the lines of one target."""
        lines = tuple(cases)
        counts = Counter((line.verdict, line.level) for line in lines)
        reasons = (line.reason for line in lines if line.verdict == "unavailable")
        return cls(
            run=run,
            counts=tuple(
                Count(verdict=verdict, level=level, cases=counts[verdict, level])
                for verdict in VERDICTS
                for level in LEVELS
                if counts[verdict, level]
            ),
            causes=causes_of(lines, "fail", "known-failure"),
            inconclusive=causes_of(lines, "inconclusive"),
            errors=causes_of(lines, "error"),
            missing=0 if run.unavailable else max(0, run.planned - len(lines)),
            reason=run.unavailable or next(reasons, ""),
            seconds=sum(line.seconds for line in lines),
            settled_by_probes=sum(line.settled_by == "probe" for line in lines),
            settled_by_cases=sum(line.settled_by == "cases" for line in lines),
            restarts=sum(line.restarts for line in lines),
        )


def _settled(cases: int, by: str) -> Iterator[str]:
    if cases:
        were = "was" if cases == 1 else "were"
        yield f"{counted(cases, 'case')} {were} settled by {by}, and not run."


# ── all targets ──────────────────────────────────────────────────────────────────────────────────


class Summary(Struct, frozen=True, kw_only=True):
    """The results of one or more targets, added up."""

    targets: tuple[TargetSummary, ...]
    attributes: tuple[AttributeRow, ...]

    @classmethod
    def of(cls, lines: Iterable[Line]) -> Self:
        """The summary of results; the lines of different targets may come in any order.

        If there are two lines about one case or one target, the later line counts.

        Raises:
            SuiteError: a case belongs to a target without a first line.
        """
        runs: dict[str, RunLine] = {}
        cases: dict[str, dict[CaseId, CaseLine]] = {}
        for line in lines:
            match line:
                case RunLine():
                    runs[line.target] = line
                case CaseLine():
                    cases.setdefault(line.target, {})[line.case] = line
        if unopened := cases.keys() - runs.keys():
            raise SuiteError(
                f"The results have cases of {min(unopened)!r}, but not its first line.",
                why="The first line of a target says what was run.",
                fix="Use the whole file of results, or run the target again.",
            )
        return cls(
            targets=tuple(
                TargetSummary.of(run, cases.get(name, {}).values()) for name, run in runs.items()
            ),
            attributes=matrix(runs, (line for each in cases.values() for line in each.values())),
        )

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The figures that are not zero for all targets."""
        return tuple(
            figure
            for figure in FIGURES
            if figure.always
            or any(each.figure(figure) or each.is_all(figure) for each in self.targets)
        )

    def exit_code(self, *, strict: bool = False, allow_unavailable: bool = False) -> ExitCode:
        """The exit code of the run: that of the target whose standing comes first in the order.

        After a failure of the suite, no verdict is reliable (4). A failure that counts is an answer
        whatever else was tested (1). Without one, something that was named and could not be tested
        leaves the question open (3). Only a run that tested everything says that all conform (0).

        Args:
            strict: conventions count too.
            allow_unavailable: unavailable targets are left out; the exit code is still 3 if the
                run tested nothing.
        """
        standings = [
            target.standing(strict=strict, allow_unavailable=allow_unavailable)
            for target in self.targets
        ]
        if allow_unavailable:
            standings = [s for s in standings if not isinstance(s, Unavailable)]
        codes = {standing.exit_code for standing in standings}
        return next((code for code in _ORDER if code in codes), ExitCode.NOTHING_TESTED)

    def answer(self, *, strict: bool = False) -> str:
        """The result in one sentence, the worst first."""
        if not self.targets:
            return "Nothing was tested."
        by_code: dict[ExitCode, dict[tuple[str, str, str], list[str]]] = {}
        for target in self.targets:
            standing = target.standing(strict=strict)
            by_verb = by_code.setdefault(standing.exit_code, {})
            by_verb.setdefault((*standing.verb, target.part), []).append(target.name)
        clauses = [
            f"{listed(names) if len(names) <= _MOST_NAMES else f'{len(names)} targets'} "
            f"{one if len(names) == 1 else many}{part}"
            for code in _ORDER
            for (one, many, part), names in by_code.get(code, {}).items()
        ]
        return f"{'; '.join(clauses)}."

    def to_json(self, *, strict: bool = False) -> bytes:
        """The summary as JSON with a final line break; the same summary gives the same bytes."""
        document = {
            "schema": 3,
            "answer": self.answer(strict=strict),
            "strict": strict,
            "exit_code": self.exit_code(strict=strict),
            "targets": [
                {
                    "target": target.name,
                    "verdict": target.verdict(strict=strict),
                    "standing": target.standing(strict=strict),
                    "selection": target.run.selection,
                    "chosen": target.run.planned,
                    "total": target.run.total,
                    "tested": target.tested,
                    "causes": target.causes,
                    **msgspec.structs.asdict(target),
                }
                for target in self.targets
            ],
            "attributes": self.attributes,
        }
        return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
