"""Fetches the source of the Go SDK with go, from the module proxy that the user has configured."""

from __future__ import annotations

from bisect import bisect_left
import json
from pathlib import Path
import re
import tempfile
from typing import Final

from packaging.version import Version

from conform.targets import cache
from conform.targets.commands import Finished, run
from conform.targets.installers.installer import InstalledSdk, Installer

_ANSWERED: Final = re.compile(
    r"\b4\d\d [A-Z]|unknown revision|invalid version|no matching versions"
)
"""The words of go when the proxy answers that it has no such release."""

_ALONE: Final = {"GOFLAGS": "-mod=mod", "GOWORK": "off"}
"""Settings that make go ignore the module and the workspace of the current folder."""


class Go(Installer):
    """The Go SDK as source, because the adapter is compiled together with it.

    Releases have the names that the SDK itself uses, such as ``3.3.234``. The major version decides
    which module of the SDK contains the release.
    """

    def newest(self) -> str:
        """The newest release of the newest module that this Go can compile."""
        module = self.sdk.package
        finished = self._go("list", "-m", "-versions", "-json", module)
        if not finished.ok:
            raise self._unavailable(module, finished)
        versions: list[str] = json.loads(finished.stdout).get("Versions", [])
        newest_first = sorted(versions, key=Version, reverse=True)
        ours = Version(self._setting("GOVERSION").removeprefix("go"))
        if self._setting("GOTOOLCHAIN") == "local":
            # Newer releases need newer versions of Go, and this go does not fetch another one.
            first = bisect_left(newest_first, 1, key=lambda each: self._needs(each) <= ours)
            newest_first = newest_first[first:] or newest_first
        return newest_first[0].removeprefix("v")

    def install(self, release: str, into: Path) -> None:
        """Put the source of a release into a folder."""
        number = release.removeprefix("v")
        finished = self._go("mod", "download", "-json", f"{self._module(number)}@v{number}")
        if finished.ok:
            cache.copy(Path(json.loads(finished.stdout)["Dir"]), into)
            return
        if _ANSWERED.search(finished.stdout):
            raise self.no_such_release(release, finished)
        raise self._unavailable(f"{self.sdk.package} {release}", finished)

    def checkout(self, source: Path, into: Path) -> None:
        """Put the source into a folder; the build of the adapter compiles it."""
        cache.copy(source, into)

    def installed(self) -> InstalledSdk:
        """The SDK that the module in the current folder uses."""
        here = Path.cwd()
        shown = "{{.Path}}\t{{.Version}}\t{{.Dir}}"
        finished = run(["go", "list", "-mod=readonly", "-m", "-f", shown, "all"], cwd=here)
        if not finished.ok:
            raise self.not_in_environment(str(here), finished.reason)
        for path, version, folder in (line.split("\t") for line in finished.stdout.splitlines()):
            if path.startswith(self._base) and folder:
                return InstalledSdk(version.removeprefix("v"), Path(folder))
        raise self.not_in_environment(
            str(here), "Its go.mod does not name the SDK, or it is not downloaded."
        )

    @property
    def _base(self) -> str:
        return re.sub(r"/v\d+$", "", self.sdk.package)

    def _module(self, release: str) -> str:
        major = int(release.partition(".")[0]) if release.partition(".")[0].isdigit() else 0
        return self._base if major < 2 else f"{self._base}/v{major}"  # noqa: PLR2004 - Go's rule

    def _needs(self, version: str) -> Version:
        """The version of Go that a release needs."""
        finished = self._go("list", "-m", "-json", f"{self.sdk.package}@{version}")
        if not finished.ok:
            raise self._unavailable(f"{self.sdk.package} {version}", finished)
        directive = self._go("mod", "edit", "-json", json.loads(finished.stdout)["GoMod"])
        return Version(json.loads(directive.stdout).get("Go", "1"))

    def _setting(self, name: str) -> str:
        return self._go("env", name).stdout.strip()

    def _go(self, *words: str) -> Finished:
        with tempfile.TemporaryDirectory() as empty:
            return run(["go", *words], cwd=Path(empty), environment=_ALONE)

    def _unavailable(self, what: str, finished: Finished) -> Exception:
        if "requires go >=" in finished.reason or "requires go >=" in finished.stdout:
            return self.not_installed(what, finished)
        return self.no_registry(finished)
