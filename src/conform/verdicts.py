"""Judges an observation: a pure function from a case and what was seen to a verdict."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Blame = Literal["page", "sdk", "server", "suite"]


class Pass(Struct, frozen=True, kw_only=True):
    """Everything expected was seen."""


class Fail(Struct, frozen=True, kw_only=True):
    """Something expected was not seen."""

    blame: Blame
    reason: str
    """One sentence: what was done instead."""
    expected: str
    seen: str


class NotApplicable(Struct, frozen=True, kw_only=True):
    """The held page gives no reason to run the case."""

    reason: str


class Unavailable(Struct, frozen=True, kw_only=True):
    """The target could not be had here."""

    reason: str


class Fault(Struct, frozen=True, kw_only=True):
    """The suite itself failed."""

    reason: str


Verdict = Pass | Fail | NotApplicable | Unavailable | Fault
