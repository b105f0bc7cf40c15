"""Programs print their versions in many ways."""

from __future__ import annotations

from pathlib import Path

import pytest

from conform.core.errors import TargetUnavailableError
from conform.core.manifest import GetCommands, Requirement
from conform.targets.requirements import find_programs


def required(folder: Path, prints: str, minimum: str = "1") -> Requirement:
    program = folder / "program"
    program.write_text(f"#!/bin/sh\nprintf '{prints}'\n")
    program.chmod(0o755)
    get = GetCommands(debian="", macos="", any="install it")
    return Requirement(program=str(program), version=("--version",), minimum=minimum, get=get)


@pytest.mark.parametrize(
    ("prints", "version"),
    [
        ("openjdk 21 2023-09-19", "21"),
        ("\\033[1mApache Maven 3.8.7 (x)\\033[m", "3.8.7"),
        ("go version go1.26.8 linux/amd64", "1.26.8"),
        ("ruby 3.1.2p20 (2022-04-12)", "3.1.2"),
        ("v20.20.2", "20.20.2"),
    ],
)
def test_the_version_is_found_in_the_output(tmp_path: Path, prints: str, version: str) -> None:
    (present,) = find_programs("Some", (required(tmp_path, prints),))
    assert present.version == version


@pytest.mark.parametrize(("prints", "minimum"), [("none", "1"), ("program 1.9", "1.10")])
def test_a_program_that_is_too_old_or_prints_no_version_is_missing(
    tmp_path: Path, prints: str, minimum: str
) -> None:
    with pytest.raises(TargetUnavailableError, match="install it"):
        find_programs("Some", (required(tmp_path, prints, minimum),))
