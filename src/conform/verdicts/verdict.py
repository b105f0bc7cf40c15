"""Defines the verdicts on a case, and the fingerprint of a failure."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Final

import msgspec
from msgspec import Struct

from conform.core.identity import CaseId, Level
from conform.core.results import Blame

_DIGITS: Final = 12


class Pass(Struct, frozen=True, kw_only=True):
    """Every expectation was met."""


class Fail(Struct, frozen=True, kw_only=True):
    """An expectation was not met."""

    blame: Blame
    reason: str
    """What happened instead, in one sentence."""
    expected: str
    seen: str
    differs: str
    """The kind of difference in a few words that never vary between runs, such as ``absent``."""
    expectation: str = ""
    """The kind of the expectation that was not met, such as ``exposes``."""
    members: dict[str, Any] = {}
    """The fields of that expectation, such as its attribute and the expected value."""
    level: Level | None = None
    """The level of the failure, if it is not that of its case."""

    def fingerprint(self, case: CaseId) -> str:
        """The fingerprint of this failure in a case: 12 hexadecimal digits.

        It is made from facts. Sentences, times, ports and addresses do not change it.
        """
        return _digest([case, self.expectation, self.members, self.differs])


class Inconclusive(Struct, frozen=True, kw_only=True):
    """What the case needs was not seen, so nothing can be said about the SDK."""

    reason: str
    missing: str
    """What was not seen, in a few words that never vary between runs, such as ``call sends``."""

    def fingerprint(self, case: CaseId) -> str:
        """The fingerprint of this verdict on a case: 12 hexadecimal digits, made from facts."""
        return _digest([case, "inconclusive", self.missing])


class KnownFailure(Struct, frozen=True, kw_only=True):
    """A failure, or an inconclusive verdict, that is in the user's list of known failures."""

    failure: Fail | Inconclusive
    why: str
    """The reason in the list."""


class OutdatedEntry(Struct, frozen=True, kw_only=True):
    """The user's list says that a case fails, but it passes, or the entry has expired."""

    place: str
    """The place of the entry, such as ``known.yaml, line 12``."""
    reason: str
    failure: Fail | None
    """The failure if the case still fails; None if it passes."""


class NotApplicable(Struct, frozen=True, kw_only=True):
    """The case does not apply to the target."""

    reason: str


class Errored(Struct, frozen=True, kw_only=True):
    """The suite or an adapter failed, so nothing can be said about the SDK."""

    reason: str


Verdict = Pass | Fail | KnownFailure | OutdatedEntry | Inconclusive | NotApplicable | Errored


def _digest(facts: list[Any]) -> str:
    """Twelve hexadecimal digits that are the same whenever the facts are."""
    encoded = msgspec.json.encode(facts, order="deterministic")
    return sha256(encoded).hexdigest()[:_DIGITS]


def fail(reason: str, expected: object, seen: object, differs: str, blame: Blame = "sdk") -> Fail:
    """A failure; the SDK is to blame unless another is named."""
    return Fail(blame=blame, reason=reason, expected=str(expected), seen=str(seen), differs=differs)
