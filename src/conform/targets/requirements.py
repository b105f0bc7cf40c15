"""Finds the programs that an adapter needs, reads their versions, and says how to get them."""

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
from conform.core.manifest import GetCommands, Requirement
from conform.targets.commands import run

_VERSION: Final = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_VERSION_SECONDS: Final = 30.0


class Present(Struct, frozen=True):
    """A program that is on this machine and new enough."""

    program: Path
    version: str


class Missing(Struct, frozen=True):
    """A program that is not on this machine, is too old, or does not run."""

    requirement: Requirement
    why: str

    @property
    def fix(self) -> str:
        """The command, or the address of a page, that gets the program on this system."""
        return install_command(self.requirement.get)


def find_program(requirement: Requirement) -> Present | Missing:
    """The program that a requirement names, if it is on this machine."""
    name = requirement.program
    program = sys.executable if name == "{python}" else shutil.which(name)
    if program is None:
        return Missing(requirement, f"{name} is not on the PATH.")
    try:
        finished = run([program, *requirement.version], cwd=Path.cwd(), within=_VERSION_SECONDS)
    except TargetUnavailableError as error:
        return Missing(requirement, error.reason)
    version = _VERSION.search(_COLOUR.sub("", f"{finished.stdout}\n{finished.stderr}"))
    if not finished.ok or version is None:
        return Missing(requirement, f"{finished.command_line} failed: {finished.reason}")
    if Version(version[0]) < Version(requirement.minimum):
        return Missing(
            requirement,
            f"{program} is version {version[0]}; {requirement.minimum} or newer is needed.",
        )
    return Present(Path(program), version[0])


def find_programs(language: str, requirements: Iterable[Requirement]) -> tuple[Present, ...]:
    """All programs that an adapter needs, the runtime first.

    Raises:
        TargetUnavailableError: one of them is missing; ``fix`` contains the command that gets it.
    """
    found = tuple(map(find_program, requirements))
    missing = tuple(each for each in found if isinstance(each, Missing))
    if missing:
        raise TargetUnavailableError(
            f"The SDK for {language} cannot run here.",
            why=" ".join(each.why for each in missing),
            fix=f"Get it with: {'; '.join(each.fix for each in missing)}",
        )
    return tuple(each for each in found if isinstance(each, Present))


def install_command(get: GetCommands) -> str:
    """The command for this system if there is one, else the text for any system."""
    if sys.platform == "darwin" and get.macos:
        return get.macos
    if Path("/etc/debian_version").exists() and get.debian:
        return get.debian
    return get.any
