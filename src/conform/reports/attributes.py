"""Says what became of each documented attribute in each target, from the cases of the fields suite.

That an attribute is kept is the verdict's to say. What became of one that is not is read from the
observation: what the server sent in its answer against what the SDK handed to its caller.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
import json
from typing import Final

from msgspec import Struct

from conform.core.identity import Level
from conform.core.observations import Crashed, Hung, Observation, ProtocolViolation
from conform.core.protocol import Raised, Returned, Unsupported
from conform.core.results import CaseLine
from conform.core.values import ABSENT, Absent, Map, Null, Undefined, Value, from_json, same


class Fate(StrEnum):
    """What became of an attribute in one case; the worse, the earlier."""

    ERROR = "suite error"
    """The suite failed; nothing is known."""
    LOST = "no answer"
    """The adapter crashed, hung or broke the protocol."""
    RAISED = "raised"
    """The call raised instead of returning an object."""
    UNSUPPORTED = "unsupported"
    """This release has no such operation."""
    DROPPED = "dropped"
    """The server sent it; the object has nothing of that name."""
    RENAMED = "renamed"
    """The object has the value under a name that is not documented."""
    RETYPED = "retyped"
    """The object has it with a value of another type."""
    CHANGED = "changed"
    """The object has it with another value of the same type."""
    INVENTED = "invented"
    """The server sent nothing or null; the object has a value."""
    FAILED = "failed"
    """The case failed and the observation does not show how."""
    KEPT = "kept"
    """The object has it, with its value and type."""
    UNTESTED = "not tested"
    """The target could not be had."""
    UNDOCUMENTED = "not documented"
    """The page that the target is checked against does not have it."""


_ORDER: Final = tuple(Fate)
_LEVELS: Final[tuple[Level, ...]] = ("security", "documented", "convention")
_NEUTRAL: Final = frozenset({Fate.KEPT, Fate.UNTESTED, Fate.UNDOCUMENTED})


class FateCount(Struct, frozen=True, kw_only=True):
    """How many cases of one level gave an attribute one fate."""

    fate: Fate
    level: Level
    cases: int

    @property
    def harmless(self) -> bool:
        """Whether nothing is wrong with it."""
        return self.fate in _NEUTRAL


class Cell(Struct, frozen=True, kw_only=True):
    """One attribute in one target: its fates, the worst first."""

    target: str
    shares: tuple[FateCount, ...]

    @property
    def failing(self) -> tuple[FateCount, ...]:
        """The fates that are not as documented; empty where all is well or nothing is known."""
        return tuple(share for share in self.shares if not share.harmless)

    @property
    def worst(self) -> Fate:
        """The one fate to show where there is room for one."""
        return self.shares[0].fate if self.shares else Fate.UNTESTED


class AttributeRow(Struct, frozen=True, kw_only=True):
    """One documented attribute of an operation's result across all targets, in their order."""

    operation: str
    attribute: str
    cells: tuple[Cell, ...]

    @property
    def fails(self) -> bool:
        """Whether any target does something else than keep it."""
        return any(cell.failing for cell in self.cells)


def matrix(targets: Iterable[str], cases: Iterable[CaseLine]) -> tuple[AttributeRow, ...]:
    """One row for each attribute that the fields suite has cases of, by operation and name.

    Args:
        targets: the columns, in their order.
        cases: lines of any suite; those of ids like ``session.create/fields/site_id/int64-max``
            are taken.
    """
    tallies: dict[tuple[str, str], dict[str, Counter[tuple[Fate, Level]]]] = {}
    for line in cases:
        match line.case.split("/"):
            case [operation, "fields", attribute, _, *_]:
                row = tallies.setdefault((operation, attribute), {})
                row.setdefault(line.target, Counter())[_fate(line, attribute), line.level] += 1
    columns = tuple(targets)
    return tuple(
        AttributeRow(
            operation=operation,
            attribute=attribute,
            cells=tuple(_cell(target, row.get(target, Counter())) for target in columns),
        )
        for (operation, attribute), row in sorted(tallies.items())
    )


def _cell(target: str, tally: Counter[tuple[Fate, Level]]) -> Cell:
    shares = (
        FateCount(fate=fate, level=level, cases=count) for (fate, level), count in tally.items()
    )
    return Cell(target=target, shares=tuple(sorted(shares, key=_badness)))


def _badness(share: FateCount) -> tuple[bool, bool, int, int]:
    return (
        share.harmless,
        share.level == "convention",
        _ORDER.index(share.fate),
        _LEVELS.index(share.level),
    )


def _fate(line: CaseLine, attribute: str) -> Fate:
    match line.verdict:
        case "pass":
            return Fate.KEPT
        case "not-applicable":
            return Fate.UNDOCUMENTED
        case "unavailable" | "inconclusive":
            return Fate.UNTESTED
        case "error":
            return Fate.ERROR
        case "fail" if line.blame == "list":
            return Fate.KEPT
        case "fail" | "known-failure":
            return _failed(line.observation, attribute)


def _failed(observation: Observation, attribute: str) -> Fate:
    for step in reversed(observation.steps):
        match step:
            case Crashed() | Hung() | ProtocolViolation():
                return Fate.LOST
            case Raised():
                return Fate.RAISED
            case Unsupported():
                return Fate.UNSUPPORTED
            case Returned():
                return _compared(_answered(observation), _members(step), attribute)
            case _:
                continue
    return Fate.FAILED


def _compared(answered: Mapping[str, Value], members: Mapping[str, Value], attribute: str) -> Fate:
    sent = answered.get(attribute, ABSENT)
    seen = members.get(_plain(attribute), ABSENT)
    match _is_nothing(sent), _is_nothing(seen):
        case False, True:
            documented = {_plain(name) for name in answered}
            others = (value for name, value in members.items() if name not in documented)
            return Fate.RENAMED if any(same(v, sent) for v in others) else Fate.DROPPED
        case True, False:
            return Fate.INVENTED
        case False, False:
            return Fate.CHANGED if type(seen) is type(sent) else Fate.RETYPED
        case _:
            return Fate.FAILED


def _is_nothing(value: Value) -> bool:
    return isinstance(value, Absent | Null | Undefined)


def _answered(observation: Observation) -> Mapping[str, Value]:
    """The members of the object in the last answer that holds one."""
    for exchange in reversed(observation.exchanges):
        try:
            decoded = json.loads(exchange.response.body)
        except (ValueError, RecursionError):
            continue
        if isinstance(decoded, dict):
            return {name: from_json(member) for name, member in decoded.items()}
    return {}


def _members(step: Returned) -> Mapping[str, Value]:
    """What the SDK's object holds, by plain name; attributes read count before its own members."""
    members = step.value.entries if isinstance(step.value, Map) else ()
    own = {_plain(entry.key): entry.value for entry in members}
    return own | {_plain(name): value for name, value in step.attributes.items()}


def _plain(name: str) -> str:
    """A name without its spelling: ``LoginToken``, ``loginToken``, ``login_token`` are one."""
    return name.replace("_", "").lower()
