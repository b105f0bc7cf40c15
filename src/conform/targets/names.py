"""Reads the names of targets as people type them, such as ``python==1.0.17``."""

from __future__ import annotations

from collections.abc import Collection
import difflib
from pathlib import Path
import re
from typing import Final

from msgspec import Struct

from conform.core import manifest
from conform.core.errors import UsageError

_NAME: Final = re.compile(
    r"(?P<subject>[a-z][a-z0-9_-]*)(?:(?P<mark>==|@|:)(?P<rest>.*))?", re.DOTALL
)
_RELEASE: Final = re.compile(r"v?[0-9][0-9A-Za-z.+_-]*")


class Newest(Struct, frozen=True):
    """The newest release that can be installed here."""

    def __str__(self) -> str:
        return ""


class Release(Struct, frozen=True):
    """One release, as its registry spells it."""

    version: str

    def __str__(self) -> str:
        return f"=={self.version}"


class Checkout(Struct, frozen=True):
    """A folder with the source of the SDK."""

    path: Path

    def __str__(self) -> str:
        return f"@{self.path}"


class Installed(Struct, frozen=True):
    """The SDK in the current environment."""

    def __str__(self) -> str:
        return ":installed"


class SdkName(Struct, frozen=True):
    """An SDK, and which form of it."""

    sdk: str
    which: Newest | Release | Checkout | Installed

    def __str__(self) -> str:
        return f"{self.sdk}{self.which}"


def parse(text: str, known: Collection[str]) -> SdkName:
    """The target that a text names.

    Args:
        text: as typed, such as ``python@path/to/checkout``.
        known: the SDKs that have an adapter.

    Raises:
        UsageError: the text is not the name of a target.
    """
    match = _NAME.fullmatch(text.strip())
    if match is None:
        raise _unreadable(text)
    subject, mark, rest = match["subject"], match["mark"], match["rest"]
    if subject == "server":
        raise _not_yet(text)
    if subject not in known:
        raise _unknown(subject, known)
    match mark:
        case None:
            return SdkName(subject, Newest())
        case "==" if _RELEASE.fullmatch(rest):
            return SdkName(subject, Release(rest))
        case "==" if rest:
            raise _not_a_release(subject, rest)
        case "@" if rest and "\0" not in rest:
            return SdkName(subject, Checkout(Path(rest)))
        case ":" if rest == "installed":
            return SdkName(subject, Installed())
        case _:
            raise _unreadable(text)


def sdk(text: str) -> SdkName:
    """The target that a text names, among the SDKs that have an adapter here.

    Raises:
        UsageError: the text is not the name of a target.
    """
    return parse(text, manifest.known())


def split(target: str) -> tuple[str, str]:
    """The adapter and the rest of a target's name: ``python`` and ``==1.0.17``."""
    match = _NAME.fullmatch(target)
    return (match["subject"], target[match.end("subject") :]) if match else (target, "")


def _unreadable(text: str) -> UsageError:
    return UsageError(
        f"{text!r} is not a valid name of a target.",
        why="A target is an SDK, alone or with ==RELEASE, @CHECKOUT or :installed.",
        fix="Write it like python, python==1.0.17, python@path/to/checkout or python:installed.",
    )


def _not_yet(text: str) -> UsageError:
    return UsageError(
        f"{text} cannot be checked yet.",
        why="This version checks SDKs. Servers come in a later one.",
        fix="Name an SDK; `conform targets` describes them.",
    )


def _not_a_release(subject: str, text: str) -> UsageError:
    return UsageError(
        f"{text!r} is not a valid release.",
        why="A release is a number, written as in its registry.",
        fix=f"Write it like {subject}==1.0.17, or name {subject} for the newest one.",
    )


def _unknown(subject: str, known: Collection[str]) -> UsageError:
    choices = sorted(known)
    near = difflib.get_close_matches(subject, choices, n=1)
    name_one = "Name one of them; `conform targets` describes them."
    return UsageError(
        f"There is no SDK called {subject!r} here.",
        why=f"The known ones are {', '.join(choices)}.",
        fix=f"Did you mean {near[0]}?" if near else name_one,
    )
