"""What a case can come to."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Blame = Literal["page", "sdk", "server", "suite", "list"]
"""Whose fault it is; ``list`` is the user's own list of known failures."""


class Pass(Struct, frozen=True, kw_only=True):
    """Everything expected was seen."""


class Fail(Struct, frozen=True, kw_only=True):
    """Something expected was not seen."""

    blame: Blame
    reason: str
    """One sentence: what was done instead."""
    expected: str
    seen: str


class Known(Struct, frozen=True, kw_only=True):
    """A failure that the user's list says is known."""

    failure: Fail
    why: str
    """What the list says of it."""


class Outdated(Struct, frozen=True, kw_only=True):
    """The user's list says of the case what is no longer so."""

    place: str
    """Where in the list, such as ``known.yaml, line 12``."""
    reason: str
    failure: Fail | None
    """That it fails still; nothing where it passes."""


class NotApplicable(Struct, frozen=True, kw_only=True):
    """The held page gives no reason to run the case."""

    reason: str


class Unavailable(Struct, frozen=True, kw_only=True):
    """The target could not be had here."""

    reason: str


class Fault(Struct, frozen=True, kw_only=True):
    """The suite itself failed, or an adapter did."""

    reason: str


Verdict = Pass | Fail | Known | Outdated | NotApplicable | Unavailable | Fault


def fail(reason: str, expected: object, seen: object, blame: Blame = "sdk") -> Fail:
    """A failure, most often the SDK's."""
    return Fail(blame=blame, reason=reason, expected=str(expected), seen=str(seen))
