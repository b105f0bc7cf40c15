"""Groups cases by their cause: one cause is one finding, however many cases show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from conform.core.identity import LEVELS, CaseId, Level, Source
from conform.core.results import Blame, CaseLine, VerdictName
from conform.core.text import counted, listed

BLAMED: Final[dict[Blame, str]] = {
    "page": "the page",
    "sdk": "the SDK",
    "runtime": "the runtime",
    "server": "the server",
    "suite": "the suite",
    "list": "the list of known failures",
}
"""The words for what is to blame."""


class AffectedCase(Struct, frozen=True, kw_only=True):
    """One case that shows a cause."""

    case: CaseId
    level: Level
    known: bool
    """Whether it is a known failure."""
    reason: str
    source: Source

    def rank(self, reason: str) -> tuple[bool, bool, bool, CaseId]:
        """Its place among the cases of a cause with the reason."""
        return self.known, self.level == "convention", self.reason != reason, self.case

    @classmethod
    def of(cls, line: CaseLine) -> AffectedCase:
        """The case of a line."""
        return cls(
            case=line.case,
            level=line.level,
            known=line.verdict == "known-failure",
            reason=line.reason,
            source=line.source,
        )


class Cause(Struct, frozen=True, kw_only=True):
    """Why some cases of one target have their verdict."""

    title: str
    """A sentence without a full stop."""
    level: Level
    """The worst level of its cases."""
    blame: Blame | None
    reason: str
    """The commonest reason of its cases; of several, that of the case with the shortest id."""
    levels: dict[Level, int]
    """The number of cases of each level, the worst level first."""
    known: bool
    """Whether all its cases are known failures."""
    cases: tuple[AffectedCase, ...]
    """New failures come first, then cases that are no conventions, then those with the reason."""

    @property
    def is_convention(self) -> bool:
        """Whether no page and no rule of security is broken."""
        return self.level == "convention"

    @property
    def extent(self) -> str:
        """Its cases in words, such as ``2 documented and 1 convention cases, 1 of them known``.

        What is to blame follows if it is neither the SDK nor the suite.
        """
        number = len(self.cases)
        levels = [f"{count:,} {level}" for level, count in self.levels.items()]
        known = sum(each.known for each in self.cases)
        parts = [
            counted(number, "case")
            if self.is_convention
            else f"{listed(levels)} {'case' if number == 1 else 'cases'}",
            *([f"{'' if self.known else f'{known:,} of them '}known"] * bool(known)),
            *(
                [f"caused by {BLAMED[self.blame]}"]
                if self.blame not in {"sdk", "suite", None}
                else []
            ),
        ]
        return ", ".join(parts)

    def count(self, levels: Iterable[Level]) -> int:
        """How many of its cases have one of the levels and are no known failures."""
        wanted = frozenset(levels)
        return sum(each.level in wanted and not each.known for each in self.cases)

    @classmethod
    def of(cls, title: str, blame: Blame | None, lines: Iterable[CaseLine]) -> Cause:
        """The cause of one or more lines."""
        cases = tuple(map(AffectedCase.of, lines))
        common = Counter(each.reason for each in cases)
        chosen = min(cases, key=lambda each: (-common[each.reason], len(each.case), each.case))
        counts = Counter(each.level for each in cases)
        levels = {level: counts[level] for level in LEVELS if counts[level]}
        return cls(
            title=title,
            level=next(iter(levels)),
            blame=blame,
            reason=chosen.reason,
            levels=levels,
            known=all(each.known for each in cases),
            cases=tuple(sorted(cases, key=lambda each: each.rank(chosen.reason))),
        )


class CauseGroup(Struct, frozen=True, kw_only=True):
    """Causes that a report shows together."""

    name: str
    """A short word for programs; the class in HTML."""
    title: str
    causes: tuple[Cause, ...]

    @property
    def heading(self) -> str:
        """The title and the number of causes, such as ``Failures: 5 causes``."""
        return f"{self.title}: {counted(len(self.causes), 'cause')}"

    def left_after(self, shown: int) -> str:
        """The causes after the first ones, as ``2 more causes in 5 cases``; empty if none."""
        left = self.causes[shown:]
        cases = sum(len(each.cases) for each in left)
        return f"{counted(len(left), 'more cause')} in {counted(cases, 'case')}" if left else ""


def causes_of(lines: Iterable[CaseLine], *verdicts: VerdictName) -> tuple[Cause, ...]:
    """The causes of the lines of one target with one of the verdicts.

    A line without a cause is grouped by its reason. Causes of documented and security cases come
    before conventions, new ones before known ones, those with more cases before those with fewer.
    """
    groups: dict[tuple[str, Blame | None], list[CaseLine]] = {}
    for line in lines:
        if line.verdict in verdicts:
            title = line.cause or line.reason.removesuffix(".")
            groups.setdefault((title, line.blame), []).append(line)
    causes = (Cause.of(title, blame, each) for (title, blame), each in groups.items())
    return tuple(
        sorted(
            causes,
            key=lambda each: (
                each.is_convention,
                each.known,
                -len(each.cases),
                each.title,
                each.blame or "",
            ),
        )
    )
