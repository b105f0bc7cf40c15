"""Fetches the SDK's source from the proxy of modules that the user's go is set to, with go."""

from __future__ import annotations

from bisect import bisect_left
import json
from pathlib import Path
import re
import tempfile
from typing import Final

from packaging.version import Version

from conform.targets import cache
from conform.targets.commands import Ran, run
from conform.targets.installers.installer import Found, Installer

_ANSWERED: Final = re.compile(
    r"\b4\d\d [A-Z]|unknown revision|invalid version|no matching versions"
)
"""What go says when the proxy was reached and has no such release."""

_ALONE: Final = {"GOFLAGS": "-mod=mod", "GOWORK": "off"}
"""Makes go fetch what it is asked for, whatever module or workspace the user works in."""


class Go(Installer):
    """The Go SDK as source: the adapter is compiled with it.

    Releases are named as the SDK itself names them, ``3.3.234``; the major version says which of
    the SDK's modules holds it.
    """

    def newest(self) -> str:
        """The newest release of the newest module that this Go can compile."""
        module = self.sdk.package
        ran = self._go("list", "-m", "-versions", "-json", module)
        if not ran.ok:
            raise self._unavailable(module, ran)
        versions: list[str] = json.loads(ran.stdout).get("Versions", [])
        newest_first = sorted(versions, key=Version, reverse=True)
        ours = Version(self._setting("GOVERSION").removeprefix("go"))
        if self._setting("GOTOOLCHAIN") == "local":
            # Releases need ever newer versions of Go; otherwise go gets the version it needs.
            first = bisect_left(newest_first, 1, key=lambda each: self._needs(each) <= ours)
            newest_first = newest_first[first:] or newest_first
        return newest_first[0].removeprefix("v")

    def install(self, release: str, into: Path) -> None:
        """Put the source of a release into a folder."""
        number = release.removeprefix("v")
        ran = self._go("mod", "download", "-json", f"{self._module(number)}@v{number}")
        if ran.ok:
            cache.copy(Path(json.loads(ran.stdout)["Dir"]), into)
            return
        if _ANSWERED.search(ran.stdout):
            raise self.no_such_release(release, ran)
        raise self._unavailable(f"{self.sdk.package} {release}", ran)

    def checkout(self, source: Path, into: Path) -> None:
        """Put the source itself into a folder: building it is the adapter's own build."""
        cache.copy(source, into)

    def installed(self) -> Found:
        """The SDK that the module in the current folder is compiled with."""
        here = Path.cwd()
        shown = "{{.Path}}\t{{.Version}}\t{{.Dir}}"
        ran = run(["go", "list", "-mod=readonly", "-m", "-f", shown, "all"], cwd=here)
        if not ran.ok:
            raise self.not_here(str(here), ran.reason)
        for path, version, folder in (line.split("\t") for line in ran.stdout.splitlines()):
            if path.startswith(self._base) and folder:
                return Found(version.removeprefix("v"), Path(folder))
        raise self.not_here(str(here), "Its go.mod does not name the SDK, or it is not downloaded.")

    @property
    def _base(self) -> str:
        return re.sub(r"/v\d+$", "", self.sdk.package)

    def _module(self, release: str) -> str:
        major = int(release.partition(".")[0]) if release.partition(".")[0].isdigit() else 0
        return self._base if major < 2 else f"{self._base}/v{major}"  # noqa: PLR2004 - Go's rule

    def _needs(self, version: str) -> Version:
        """The version of Go that a release says it needs."""
        ran = self._go("list", "-m", "-json", f"{self.sdk.package}@{version}")
        if not ran.ok:
            raise self._unavailable(f"{self.sdk.package} {version}", ran)
        directive = self._go("mod", "edit", "-json", json.loads(ran.stdout)["GoMod"])
        return Version(json.loads(directive.stdout).get("Go", "1"))

    def _setting(self, name: str) -> str:
        return self._go("env", name).stdout.strip()

    def _go(self, *words: str) -> Ran:
        with tempfile.TemporaryDirectory() as nowhere:
            return run(["go", *words], cwd=Path(nowhere), environment=_ALONE)

    def _unavailable(self, what: str, ran: Ran) -> Exception:
        if "requires go >=" in ran.reason or "requires go >=" in ran.stdout:
            return self.not_installed(what, ran)
        return self.no_registry(ran)
