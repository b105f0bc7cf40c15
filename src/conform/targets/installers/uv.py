"""Installs the Python SDK with uv, from the index that the user has configured."""

from __future__ import annotations

from collections.abc import Iterable
import json
import os
from pathlib import Path
import re
import shutil
import sys
import tempfile
from typing import Final

import uv

from conform.targets import homes
from conform.targets.commands import Finished, run
from conform.targets.installers import indexes
from conform.targets.installers.installer import InstalledSdk, Installer
from conform.targets.installers.phrases import Phrases

_FIND: Final = """
import importlib.metadata, json, sys
found = importlib.metadata.distribution(sys.argv[1])
print(json.dumps([found.version, str(found.locate_file(""))]))
"""


class Uv(Installer):
    """The Python SDK, for the Python that runs the suite."""

    tool = "uv"
    usual_host = "pypi.org"
    phrases = Phrases(
        no_access=r"valid authentication credentials|\((?:401|403) |40[13] (?:Unauth|Forbid)",
        no_answer="error sending request|operation timed out|(?i:timeout)|[( ]5[0-9][0-9] [A-Z]",
        no_package="{package} was not found in the (?:package registry|provided package locations)",
        no_release="there is no version of {package}=={release}",
        noise=r"No solution found|hint: `uv|Caused by$|Call to `|\[std(?:err|out)\]|Traceback"
        '|The build backend returned|Failed to build|File "<|hint: This usually',
        ornament="error: |warning: |cause: |× |╰─▶ |├─▶ |│ |[ ]",
    )

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
            raise self.failed(finished)
        name = re.escape(self.known_as)
        pinned = re.search(rf"^{name}==(\S+)", finished.stdout, re.MULTILINE)
        assert pinned, finished.stdout
        return pinned[1]

    def install(self, release: str, into: Path) -> None:
        """Put a release and its dependencies into a folder, as ``--target`` does."""
        finished = self._into(f"{self.sdk.package}=={release}", into)
        if not finished.ok:
            raise self.failed(finished, release, into)

    def checkout(self, source: Path, into: Path) -> None:
        """Build the checkout and put it and its dependencies into a folder."""
        # setuptools takes from an earlier build what it believes to be new enough.
        for left in (*source.glob("build/lib*"), *source.glob("build/bdist*")):
            shutil.rmtree(left)
        finished = self._into(str(source), into)
        if not finished.ok:
            built = "Failed to build" not in finished.stderr
            what = "cannot be installed here" if built else "does not build"
            raise self.checkout_failed(finished, source, what)

    @property
    def known_as(self) -> str:
        """The package as uv spells it."""
        return _normalised(self.sdk.package)

    def registries(self, finished: Finished) -> Iterable[str]:  # noqa: ARG002 - not needed
        """The indexes that uv is set to, or pip."""
        return indexes.asked()

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
        # Without a terminal, uv would break its lines at 80 characters.
        environment = {"COLUMNS": "1000", "PYTHONPATH": "", **indexes.from_pip()}
        return run(command, cwd=cwd, stdin=stdin, environment=environment, home=homes.UV)


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
