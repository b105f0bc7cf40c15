"""Installs from the npm registry, or whatever registry the user's npm is set to, with npm."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from conform.targets.commands import Ran, run
from conform.targets.installers.installer import Found, Installer

_ENTRY: Final = "lib/Files.js"
"""What applications load; only the oldest checkouts do not carry it."""

_NO_SUCH_RELEASE: Final = frozenset({"ETARGET", "E404"})
_NOT_FOR_HERE: Final = frozenset({"EBADENGINE", "EBADPLATFORM", "ERESOLVE"})

_FIND: Final = """
const paths = process.argv.slice(2)
const found = require.resolve(`${process.argv[1]}/package.json`, { paths })
console.log(JSON.stringify([require(found).version, found]))
"""


class Npm(Installer):
    """The JavaScript SDK, in a ``node_modules`` of its own."""

    def newest(self) -> str:
        """The release that the registry calls ``latest``."""
        ran = self._npm("view", self.sdk.package, "version", "--prefer-online", cwd=Path.cwd())
        if not ran.ok:
            raise self._unavailable(self.sdk.package, ran)
        version = json.loads(ran.stdout)
        assert isinstance(version, str), ran.stdout
        return version

    def install(self, release: str, into: Path) -> None:
        """Put a release and its dependencies into ``into/node_modules``."""
        ran = self._into(f"{self.sdk.package}@{release}", into)
        if ran.ok:
            return
        if _code(ran) in _NO_SUCH_RELEASE:
            raise self.no_such_release(release, ran)
        raise self._unavailable(f"{self.sdk.package} {release}", ran)

    def checkout(self, source: Path, into: Path) -> None:
        """Put there what publishing the checkout would publish.

        A release is the checkout as it stands, compiled code included; where a checkout carries
        none, it is compiled first, with the tools that it names itself.
        """
        what = f"The checkout of {self.sdk.package}"
        if not (source / _ENTRY).is_file():
            for words in (("install", "--no-package-lock"), ("run", "build")):
                ran = self._npm(*words, cwd=source)
                if not ran.ok:
                    raise self._unavailable(what, ran)
        ran = self._into(str(source), into)
        if not ran.ok:
            raise self._unavailable(what, ran)

    def installed(self) -> Found:
        """The SDK that an application in the current folder would load, else the global one."""
        here = Path.cwd()
        everywhere = run(["npm", "root", "--global"], cwd=here).stdout.strip()
        ran = run(["node", "-e", _FIND, self.sdk.package, str(here), everywhere], cwd=here)
        if not ran.ok:
            raise self.not_here(str(here), f"Neither it nor {everywhere} has it.")
        version, found = json.loads(ran.stdout)
        return Found(version, Path(found).parents[2])

    def _into(self, package: str, into: Path) -> Ran:
        private = ("--prefix", str(into), "--no-save", "--no-package-lock", "--install-links")
        return self._npm("install", *private, package, cwd=into)

    def _npm(self, *words: str, cwd: Path) -> Ran:
        quiet = ("--json", "--loglevel=error", "--no-audit", "--no-fund", "--no-update-notifier")
        return run(["npm", *words, *quiet], cwd=cwd)

    def _unavailable(self, what: str, ran: Ran) -> Exception:
        code = _code(ran)
        # A number is the exit code of a script that npm ran.
        if code.isdigit() or code in _NO_SUCH_RELEASE | _NOT_FOR_HERE:
            return self.not_installed(what, ran)
        return self.no_registry(ran)


def _code(ran: Ran) -> str:
    """Why npm gave up, as it names it, else its exit code."""
    try:
        return str(json.loads(ran.stdout)["error"]["code"])
    except (ValueError, KeyError, TypeError):
        return str(ran.exit_code)
