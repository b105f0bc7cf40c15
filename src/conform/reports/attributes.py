"""Compares each documented attribute as the server sent it with the one that each SDK returned.

The verdicts of the fields suite say which attributes are kept. For the other attributes, the
observation shows the difference between the response of the server and the object of the SDK.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
import json
from typing import Final

from msgspec import Struct

from conform.core.identity import LEVELS, Level
from conform.core.observations import Crashed, Hung, MemoryExceeded, Observation, ProtocolViolation
from conform.core.protocol import Raised, Returned, Unsupported
from conform.core.results import CaseLine
from conform.core.values import ABSENT, Absent, Map, Null, Undefined, Value, from_json, same


class Fate(StrEnum):
    """What an SDK did with an attribute in one case; the worst comes first."""

    ERROR = "suite error"
    """The suite failed, so nothing is known."""
    LOST = "no answer"
    """The adapter crashed, hung or violated the protocol."""
    RAISED = "raised"
    """The call raised instead of returning an object."""
    UNSUPPORTED = "unsupported"
    """This release has no such operation."""
    DROPPED = "dropped"
    """The server sent it; the object has no attribute of that name."""
    RENAMED = "renamed"
    """The object has the value under another name, which is not documented."""
    RETYPED = "retyped"
    """The object has a value of another type."""
    CHANGED = "changed"
    """The object has another value of the same type."""
    INVENTED = "invented"
    """The server sent no value or null; the object has a value."""
    FAILED = "failed"
    """The case failed, and the observation does not show why."""
    KEPT = "kept"
    """The object has the same value and type."""
    UNTESTED = "not tested"
    """The target is unavailable, or the case is inconclusive."""
    UNDOCUMENTED = "not documented"
    """The documentation of the target does not have the attribute."""


_ORDER: Final = tuple(Fate)
_NEUTRAL: Final = frozenset({Fate.KEPT, Fate.UNTESTED, Fate.UNDOCUMENTED})


class FateCount(Struct, frozen=True, kw_only=True):
    """How many cases of one level have the same fate of an attribute."""

    fate: Fate
    level: Level
    cases: int

    @property
    def harmless(self) -> bool:
        """Whether the fate is not a failure."""
        return self.fate in _NEUTRAL


class AttributeCell(Struct, frozen=True, kw_only=True):
    """The fates of one attribute in one target, the worst first."""

    target: str
    shares: tuple[FateCount, ...]

    @property
    def failing(self) -> tuple[FateCount, ...]:
        """The fates that are failures."""
        return tuple(share for share in self.shares if not share.harmless)

    @property
    def worst(self) -> Fate:
        """The worst fate."""
        return self.shares[0].fate if self.shares else Fate.UNTESTED


class AttributeRow(Struct, frozen=True, kw_only=True):
    """One documented attribute of the result of an operation, in all targets."""

    operation: str
    attribute: str
    cells: tuple[AttributeCell, ...]

    @property
    def fails(self) -> bool:
        """Whether any target fails to keep the attribute."""
        return any(cell.failing for cell in self.cells)


def matrix(targets: Iterable[str], cases: Iterable[CaseLine]) -> tuple[AttributeRow, ...]:
    """One row for each attribute with cases in the fields suite, by operation and name.

    Args:
        targets: the targets, in the order of the columns.
        cases: lines of any suite; only ids such as ``session.create/fields/site_id/int64-max``
            count.
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


def _cell(target: str, tally: Counter[tuple[Fate, Level]]) -> AttributeCell:
    shares = (
        FateCount(fate=fate, level=level, cases=count) for (fate, level), count in tally.items()
    )
    return AttributeCell(target=target, shares=tuple(sorted(shares, key=_badness)))


def _badness(share: FateCount) -> tuple[bool, bool, int, int]:
    return (
        share.harmless,
        share.level == "convention",
        _ORDER.index(share.fate),
        LEVELS.index(share.level),
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
            case Crashed() | Hung() | MemoryExceeded() | ProtocolViolation():
                return Fate.LOST
            case Raised():
                return Fate.RAISED
            case Unsupported():
                return Fate.UNSUPPORTED
            case Returned():
                return _compared(_sent(observation), _members(step), attribute)
            case _:
                continue
    return Fate.FAILED


def _compared(response: Mapping[str, Value], members: Mapping[str, Value], attribute: str) -> Fate:
    sent = response.get(attribute, ABSENT)
    seen = members.get(_plain(attribute), ABSENT)
    match _is_nothing(sent), _is_nothing(seen):
        case False, True:
            documented = {_plain(name) for name in response}
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


def _sent(observation: Observation) -> Mapping[str, Value]:
    """The members of the object in the last response that contains one."""
    for exchange in reversed(observation.exchanges):
        try:
            decoded = json.loads(exchange.response.body)
        except (ValueError, RecursionError):
            continue
        if isinstance(decoded, dict):
            return {name: from_json(member) for name, member in decoded.items()}
    return {}


def _members(step: Returned) -> Mapping[str, Value]:
    """The members of the SDK's object by plain name; attributes that were read come first."""
    members = step.value.entries if isinstance(step.value, Map) else ()
    own = {_plain(entry.key): entry.value for entry in members}
    return own | {_plain(name): value for name, value in step.attributes.items()}


def _plain(name: str) -> str:
    """A name without its style: the same for ``LoginToken``, ``loginToken`` and ``login_token``."""
    return name.replace("_", "").lower()
