"""Installs the Python SDK with uv, from the index that the user has configured."""

from __future__ import annotations

import json
import os
from pathlib import Path
import re
import sys
import tempfile
from typing import Final

import uv

from conform.targets import homes
from conform.targets.commands import Finished, run
from conform.targets.installers.installer import InstalledSdk, Installer

_RESOLUTION_FAILED: Final = 1
"""The exit code of uv when the index answered, but no solution exists."""

_FIND: Final = """
import importlib.metadata, json, sys
found = importlib.metadata.distribution(sys.argv[1])
print(json.dumps([found.version, str(found.locate_file(""))]))
"""


class Uv(Installer):
    """The Python SDK, for the Python that runs the suite."""

    def newest(self) -> str:
        """The newest release that can be installed with its dependencies on this Python."""
        with tempfile.TemporaryDirectory() as empty:
            finished = self._uv(
                "pip",
                "compile",
                "-",
                "--no-header",
                "--no-annotate",
                "--refresh-package",
                self.sdk.package,
                cwd=Path(empty),
                stdin=self.sdk.package,
            )
        if not finished.ok:
            raise self._unavailable(self.sdk.package, finished)
        name = re.escape(_normalised(self.sdk.package))
        pinned = re.search(rf"^{name}==(\S+)", finished.stdout, re.MULTILINE)
        assert pinned, finished.stdout
        return pinned[1]

    def install(self, release: str, into: Path) -> None:
        """Put a release and its dependencies into a folder, as ``--target`` does."""
        finished = self._into(f"{self.sdk.package}=={release}", into)
        if finished.ok:
            return
        if "there is no version of" in finished.stderr and f"=={release}" in finished.stderr:
            raise self.no_such_release(release, finished)
        raise self._unavailable(f"{self.sdk.package} {release}", finished)

    def checkout(self, source: Path, into: Path) -> None:
        """Build the checkout and put it and its dependencies into a folder."""
        finished = self._into(str(source), into)
        if not finished.ok:
            raise self._unavailable(f"The checkout of {self.sdk.package}", finished)

    def installed(self) -> InstalledSdk:
        """The SDK of the active virtual environment, else of the Python that runs the suite."""
        active = os.environ.get("VIRTUAL_ENV")
        python = Path(active, "bin", "python") if active else Path(sys.executable)
        finished = run([python, "-c", _FIND, self.sdk.package], cwd=Path.cwd())
        if not finished.ok:
            raise self.not_in_environment(str(python), finished.stderr.strip().splitlines()[-1])
        version, folder = json.loads(finished.stdout)
        return InstalledSdk(version, Path(folder))

    def _into(self, requirement: str, into: Path) -> Finished:
        # A hard link would let an SDK that writes into its own files change uv's cache.
        words = ("pip", "install", "--link-mode", "copy", "--target", str(into))
        return self._uv(*words, requirement, cwd=into)

    def _uv(self, *words: str, cwd: Path, stdin: str = "") -> Finished:
        quiet = ("--quiet", "--color", "never", "--no-progress")
        command = [uv.find_uv_bin(), *words, "--python", sys.executable, *quiet]
        return run(command, cwd=cwd, stdin=stdin, home=homes.UV)

    def _unavailable(self, what: str, finished: Finished) -> Exception:
        if finished.exit_code != _RESOLUTION_FAILED:
            return self.no_registry(finished)
        return self.not_installed(what, finished)


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
