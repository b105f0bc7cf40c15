"""Installs from PyPI, or whatever index the user's uv is set to, with uv."""

from __future__ import annotations

import json
import os
from pathlib import Path
import re
import sys
import tempfile
from typing import Final

import uv

from conform.targets.commands import Ran, run
from conform.targets.installers.installer import Found, Installer

_RESOLUTION_FAILED: Final = 1
"""The exit code of uv when the index answered and no solution exists."""

_FIND: Final = """
import importlib.metadata, json, sys
found = importlib.metadata.distribution(sys.argv[1])
print(json.dumps([found.version, str(found.locate_file(""))]))
"""


class Uv(Installer):
    """The Python SDK, for the Python that runs the suite."""

    def newest(self) -> str:
        """The newest release that can be installed with its dependencies on this Python."""
        with tempfile.TemporaryDirectory() as nowhere:
            ran = self._uv(
                "pip",
                "compile",
                "-",
                "--no-header",
                "--no-annotate",
                "--refresh-package",
                self.sdk.package,
                cwd=Path(nowhere),
                stdin=self.sdk.package,
            )
        if not ran.ok:
            raise self._unavailable(self.sdk.package, ran)
        name = re.escape(_normalised(self.sdk.package))
        pinned = re.search(rf"^{name}==(\S+)", ran.stdout, re.MULTILINE)
        assert pinned, ran.stdout
        return pinned[1]

    def install(self, release: str, into: Path) -> None:
        """Put a release and its dependencies into a folder, as ``--target`` does."""
        ran = self._into(f"{self.sdk.package}=={release}", into)
        if ran.ok:
            return
        if "there is no version of" in ran.stderr and f"=={release}" in ran.stderr:
            raise self.no_such_release(release, ran)
        raise self._unavailable(f"{self.sdk.package} {release}", ran)

    def checkout(self, source: Path, into: Path) -> None:
        """Build the checkout and put it and its dependencies into a folder."""
        ran = self._into(str(source), into)
        if not ran.ok:
            raise self._unavailable(f"The checkout of {self.sdk.package}", ran)

    def installed(self) -> Found:
        """The SDK of the active virtual environment, else of the Python that runs the suite."""
        active = os.environ.get("VIRTUAL_ENV")
        python = Path(active, "bin", "python") if active else Path(sys.executable)
        ran = run([python, "-c", _FIND, self.sdk.package], cwd=Path.cwd())
        if not ran.ok:
            raise self.not_here(str(python), ran.stderr.strip().splitlines()[-1])
        version, folder = json.loads(ran.stdout)
        return Found(version, Path(folder))

    def _into(self, requirement: str, into: Path) -> Ran:
        return self._uv("pip", "install", "--target", str(into), requirement, cwd=into)

    def _uv(self, *words: str, cwd: Path, stdin: str = "") -> Ran:
        quiet = ("--quiet", "--color", "never", "--no-progress")
        command = [uv.find_uv_bin(), *words, "--python", sys.executable, *quiet]
        return run(command, cwd=cwd, stdin=stdin)

    def _unavailable(self, what: str, ran: Ran) -> Exception:
        if ran.exit_code != _RESOLUTION_FAILED:
            return self.no_registry(ran)
        return self.not_installed(what, ran)


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
