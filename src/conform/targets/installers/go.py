"""Fetches the source of the Go SDK with go, from the module proxy that the user has configured."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from contextlib import suppress
import json
from pathlib import Path
import re
import tempfile
from typing import Final

from msgspec.structs import replace
from packaging.version import Version

from conform.targets import cache
from conform.targets.commands import Finished, run
from conform.targets.installers.installer import InstalledSdk, Installer
from conform.targets.installers.phrases import Phrases

_ALONE: Final = {"GOFLAGS": "-mod=mod", "GOWORK": "off"}
"""Settings that make go ignore the module and the workspace of the current folder."""


class Go(Installer):
    """The Go SDK as source, because the adapter is compiled together with it.

    Releases have the names that the SDK itself uses, such as ``3.3.234``. The major version decides
    which module of the SDK contains the release.
    """

    tool = "go"
    usual_host = "proxy.golang.org"
    phrases = Phrases(
        # The public proxy answers 403 for a release that it does not have.
        no_access="40[17] [A-Z]|403 Forbidden(?!.{,80}not available)|auth required",
        no_answer="dial tcp|connection re|i/o timeout|TLS handshake|x509:|: 5[0-9][0-9] [A-Z]",
        no_package="/@v/list: 4[0-9][0-9] ",
        no_release="4[0-9][0-9] [A-Z]|unknown revision|invalid version|no matching versions",
        ornament="go: ",
    )

    def newest(self) -> str:
        """The newest release of the newest module that this Go can compile."""
        module = self.sdk.package
        finished = self._go("list", "-m", "-versions", "-json", module)
        if not finished.ok:
            raise self.failed(finished)
        versions: list[str] = json.loads(finished.stdout).get("Versions", [])
        finals = [each for each in versions if "-" not in each]
        if not finals:
            raise self.failed(replace(finished, stderr=f"no matching versions for {module}"))
        newest_first = sorted(finals, key=Version, reverse=True)
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
        if not finished.ok:
            raise self.failed(finished, number)
        cache.copy(Path(json.loads(finished.stdout)["Dir"]), into)

    def checkout(self, source: Path, into: Path) -> None:
        """Put the source into a folder; the build of the adapter compiles it."""
        cache.copy(source, into)

    def registries(self, finished: Finished) -> Iterable[str]:  # noqa: ARG002 - not needed
        """What GOPROXY names; ``direct`` and ``off`` are no registries."""
        proxies = re.split("[,|]", self._setting("GOPROXY"))
        return [each for each in proxies if each not in {"direct", "off", ""}]

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
            raise self.failed(finished, version)
        directive = self._go("mod", "edit", "-json", json.loads(finished.stdout)["GoMod"])
        return Version(json.loads(directive.stdout).get("Go", "1"))

    def _setting(self, name: str) -> str:
        return self._go("env", name).stdout.strip()

    def _go(self, *words: str) -> Finished:
        with tempfile.TemporaryDirectory() as empty:
            finished = run(["go", *words], cwd=Path(empty), environment=_ALONE)
        if not finished.ok and "-json" in words:
            with suppress(ValueError, KeyError):
                return replace(finished, stderr=json.loads(finished.stdout)["Error"])
        return finished
