"""Names what is to be tested, the way people type it: ``python==1.0.17``, ``server:reference``."""

from __future__ import annotations

from collections.abc import Collection
import difflib
from pathlib import Path
import re
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

from conform.core import manifest
from conform.core.errors import UsageError

SERVER: Final = "server"
"""The word that names a server where another target names its SDK."""

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
    """A folder that holds the SDK's source."""

    path: Path

    def __str__(self) -> str:
        return f"@{self.path}"


class Installed(Struct, frozen=True):
    """What the current environment has."""

    def __str__(self) -> str:
        return ":installed"


class Site(Struct, frozen=True):
    """A server that runs somewhere."""

    url: str

    def __str__(self) -> str:
        return f"@{self.url}"


class ReferenceServer(Struct, frozen=True):
    """The reference server that the suite starts by itself."""

    def __str__(self) -> str:
        return ":reference"


class SdkName(Struct, frozen=True):
    """An SDK and which of its states is meant."""

    sdk: str
    which: Newest | Release | Checkout | Installed

    def __str__(self) -> str:
        return f"{self.sdk}{self.which}"


class ServerName(Struct, frozen=True):
    """A server and where it is."""

    which: Site | ReferenceServer

    def __str__(self) -> str:
        return f"{SERVER}{self.which}"


TargetName = SdkName | ServerName


def parse(text: str, known: Collection[str]) -> TargetName:
    """The target that a text names.

    Args:
        text: as typed, such as ``python@path/to/checkout``.
        known: the SDKs that have an adapter.

    Raises:
        UsageError: the text names nothing that exists.
    """
    match = _NAME.fullmatch(text.strip())
    if match is None:
        raise _unreadable(text)
    subject, mark, rest = match["subject"], match["mark"], match["rest"]
    if subject == SERVER:
        return ServerName(_server(text, mark, rest))
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
    """The SDK that a text names, among those that have an adapter here.

    Raises:
        UsageError: the text names nothing that exists, or a server.
    """
    match parse(text, manifest.known()):
        case SdkName() as name:
            return name
        case ServerName():
            raise UsageError(
                "Servers cannot be tested yet.",
                why="This version checks SDKs only.",
                fix="Name an SDK; conform targets lists them.",
            )


def split(target: str) -> tuple[str, str]:
    """The adapter and the rest of a target's name: ``python`` and ``==1.0.17``."""
    match = _NAME.fullmatch(target)
    return (match["subject"], target[match.end("subject") :]) if match else (target, "")


def _server(text: str, mark: str | None, rest: str | None) -> Site | ReferenceServer:
    if mark == ":" and rest == "reference":
        return ReferenceServer()
    if mark == "@" and rest and _is_address(rest):
        return Site(rest.rstrip("/"))
    raise UsageError(
        f"{text!r} names no server.",
        why="A server is an address that starts with http:// or https://, or the reference server.",
        fix="Write server@https://example.com or server:reference.",
    )


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _unreadable(text: str) -> UsageError:
    return UsageError(
        f"{text!r} names no target.",
        why="A target is an SDK by itself, with ==RELEASE, with @CHECKOUT or with :installed.",
        fix="Write it like python, python==1.0.17, python@path/to/checkout or python:installed.",
    )


def _not_a_release(subject: str, text: str) -> UsageError:
    return UsageError(
        f"{text!r} is not a valid release.",
        why="A release is a number, as its registry spells it.",
        fix=f"Write it like {subject}==1.0.17, or name {subject} for the newest one.",
    )


def _unknown(subject: str, known: Collection[str]) -> UsageError:
    choices = sorted({*known, SERVER})
    near = difflib.get_close_matches(subject, choices, n=1)
    return UsageError(
        f"There is no SDK called {subject!r} here.",
        why=f"The known ones are {', '.join(choices)}.",
        fix=f"Did you mean {near[0]}?" if near else "Name one of them; conform targets lists them.",
    )
