"""Installs the JavaScript SDK with npm, from the registry that the user has configured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from conform.targets import homes
from conform.targets.commands import Finished, run
from conform.targets.installers.installer import InstalledSdk, Installer

_ENTRY: Final = "lib/Files.js"
"""The file that applications load; only the oldest checkouts lack it."""

_NO_SUCH_RELEASE: Final = frozenset({"ETARGET", "E404"})
_NOT_FOR_HERE: Final = frozenset({"EBADENGINE", "EBADPLATFORM", "ERESOLVE"})

_FIND: Final = """
const paths = process.argv.slice(2)
const found = require.resolve(`${process.argv[1]}/package.json`, { paths })
console.log(JSON.stringify([require(found).version, found]))
"""


class Npm(Installer):
    """The JavaScript SDK, in its own ``node_modules``."""

    def newest(self) -> str:
        """The release that the registry calls ``latest``."""
        finished = self._npm("view", self.sdk.package, "version", "--prefer-online", cwd=Path.cwd())
        if not finished.ok:
            raise self._unavailable(self.sdk.package, finished)
        version = json.loads(finished.stdout)
        assert isinstance(version, str), finished.stdout
        return version

    def install(self, release: str, into: Path) -> None:
        """Put a release and its dependencies into ``into/node_modules``."""
        finished = self._into(f"{self.sdk.package}@{release}", into)
        if finished.ok:
            return
        if _code(finished) in _NO_SUCH_RELEASE:
            raise self.no_such_release(release, finished)
        raise self._unavailable(f"{self.sdk.package} {release}", finished)

    def checkout(self, source: Path, into: Path) -> None:
        """Put the files into a folder that a release of the checkout would contain.

        A checkout contains compiled code. One without it is compiled first, with the tools that
        it requires.
        """
        what = f"The checkout of {self.sdk.package}"
        if not (source / _ENTRY).is_file():
            for words in (("install", "--no-package-lock"), ("run", "build")):
                finished = self._npm(*words, cwd=source)
                if not finished.ok:
                    raise self._unavailable(what, finished)
        finished = self._into(str(source), into)
        if not finished.ok:
            raise self._unavailable(what, finished)

    def installed(self) -> InstalledSdk:
        """The SDK that an application in the current folder loads, else the global one."""
        here = Path.cwd()
        everywhere = run(["npm", "root", "--global"], cwd=here).stdout.strip()
        finished = run(["node", "-e", _FIND, self.sdk.package, str(here), everywhere], cwd=here)
        if not finished.ok:
            raise self.not_in_environment(
                str(here), f"Neither that folder nor {everywhere} has it."
            )
        version, found = json.loads(finished.stdout)
        return InstalledSdk(version, Path(found).parents[2])

    def _into(self, package: str, into: Path) -> Finished:
        private = ("--prefix", str(into), "--no-save", "--no-package-lock", "--install-links")
        return self._npm("install", *private, package, cwd=into)

    def _npm(self, *words: str, cwd: Path) -> Finished:
        quiet = ("--json", "--loglevel=error", "--no-audit", "--no-fund", "--no-update-notifier")
        return run(["npm", *words, *quiet], cwd=cwd, home=homes.NPM)

    def _unavailable(self, what: str, finished: Finished) -> Exception:
        code = _code(finished)
        # A number is the exit code of a script of the package.
        if code.isdigit() or code in _NO_SUCH_RELEASE | _NOT_FOR_HERE:
            return self.not_installed(what, finished)
        return self.no_registry(finished)


def _code(finished: Finished) -> str:
    """The code of the error of npm, else its exit code."""
    try:
        return str(json.loads(finished.stdout)["error"]["code"])
    except (ValueError, KeyError, TypeError):
        return str(finished.exit_code)
