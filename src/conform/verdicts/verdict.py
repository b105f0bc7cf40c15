"""What a case can come to."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Final

import msgspec
from msgspec import Struct

from conform.core.identity import CaseId
from conform.core.results import Blame

_DIGITS: Final = 12


class Pass(Struct, frozen=True, kw_only=True):
    """Everything expected was seen."""


class Fail(Struct, frozen=True, kw_only=True):
    """Something expected was not seen."""

    blame: Blame
    reason: str
    """One sentence: what was done instead."""
    expected: str
    seen: str
    differs: str
    """What differed, in a few words that are the same in every run, such as ``absent``."""
    expectation: str = ""
    """The kind of expectation that was not met, such as ``exposes``."""
    members: dict[str, Any] = {}
    """What that expectation is about, such as its attribute and the expected value."""

    @property
    def cause(self) -> str:
        """What failures with one cause share."""
        return f"{self.expectation}: {self.differs}"

    def fingerprint(self, case: CaseId) -> str:
        """What the failure of a case is known by, in 12 hexadecimal digits.

        No sentence, time, address or other thing that varies between runs goes into it.
        """
        facts = msgspec.json.encode(
            [case, self.expectation, self.members, self.differs], order="deterministic"
        )
        return sha256(facts).hexdigest()[:_DIGITS]


class KnownFailure(Struct, frozen=True, kw_only=True):
    """A failure that the user's list says is known."""

    failure: Fail
    why: str
    """What the list says of it."""


class OutdatedEntry(Struct, frozen=True, kw_only=True):
    """The user's list says of the case what is no longer so."""

    place: str
    """Where in the list, such as ``known.yaml, line 12``."""
    reason: str
    failure: Fail | None
    """The failure, where the case still fails; nothing where it passes."""


class NotApplicable(Struct, frozen=True, kw_only=True):
    """The documentation of the target does not need the case."""

    reason: str


class Errored(Struct, frozen=True, kw_only=True):
    """The suite itself failed, or an adapter did."""

    reason: str


Verdict = Pass | Fail | KnownFailure | OutdatedEntry | NotApplicable | Errored


def fail(reason: str, expected: object, seen: object, differs: str, blame: Blame = "sdk") -> Fail:
    """A failure, most often the SDK's."""
    return Fail(blame=blame, reason=reason, expected=str(expected), seen=str(seen), differs=differs)
