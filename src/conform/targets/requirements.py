"""Finds the programs that an adapter needs, asks their versions and says how to get them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
import re
import shutil
import sys
from typing import Final

from msgspec import Struct
from packaging.version import Version

from conform.core.errors import TargetUnavailableError
from conform.core.manifest import Get, Requirement
from conform.targets.commands import run

_VERSION: Final = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_PATIENCE: Final = 30.0


class Present(Struct, frozen=True):
    """A program that is here and new enough."""

    program: Path
    version: str


class Missing(Struct, frozen=True):
    """A program that is not here, too old, or does not run."""

    requirement: Requirement
    why: str

    @property
    def fix(self) -> str:
        """The command, or the page, that gets it on this system."""
        return how_to(self.requirement.get)


def look_for(requirement: Requirement) -> Present | Missing:
    """The program that a requirement names, as it is on this machine."""
    named = requirement.program
    program = sys.executable if named == "{python}" else shutil.which(named)
    if program is None:
        return Missing(requirement, f"{named} is not on the PATH.")
    try:
        ran = run([program, *requirement.version], cwd=Path.cwd(), within=_PATIENCE)
    except TargetUnavailableError as error:
        return Missing(requirement, f"{error.what} {error.why}")
    version = _VERSION.search(_COLOUR.sub("", f"{ran.stdout}\n{ran.stderr}"))
    if not ran.ok or version is None:
        return Missing(requirement, f"{ran.command_line} failed: {ran.reason}")
    if Version(version[0]) < Version(requirement.minimum):
        return Missing(
            requirement,
            f"{program} is version {version[0]}; {requirement.minimum} or newer is needed.",
        )
    return Present(Path(program), version[0])


def look_for_all(language: str, requirements: Iterable[Requirement]) -> tuple[Present, ...]:
    """Every program of an adapter, the runtime first.

    Raises:
        TargetUnavailableError: one of them is missing; ``fix`` is the command that gets it.
    """
    found = tuple(map(look_for, requirements))
    missing = tuple(each for each in found if isinstance(each, Missing))
    if missing:
        raise TargetUnavailableError(
            f"The SDK for {language} cannot run here.",
            why=" ".join(each.why for each in missing),
            fix=f"Get it with: {'; '.join(each.fix for each in missing)}",
        )
    return tuple(each for each in found if isinstance(each, Present))


def how_to(get: Get) -> str:
    """The command for this system where there is one, else the one for any."""
    if sys.platform == "darwin" and get.macos:
        return get.macos
    if Path("/etc/debian_version").exists() and get.debian:
        return get.debian
    return get.any
