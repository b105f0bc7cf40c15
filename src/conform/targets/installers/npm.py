"""Installs the JavaScript SDK with npm, from the registry that the user has configured."""

from __future__ import annotations

from collections.abc import Iterable
import json
from pathlib import Path
import tempfile
from typing import Final

from conform.core.errors import TargetUnavailableError
from conform.targets import homes
from conform.targets.commands import Finished, run
from conform.targets.installers.installer import InstalledSdk, Installer
from conform.targets.installers.phrases import Phrases

_FIND: Final = """
const paths = process.argv.slice(2)
const found = require.resolve(`${process.argv[1]}/package.json`, { paths })
console.log(JSON.stringify([require(found).version, found]))
"""


class Npm(Installer):
    """The JavaScript SDK, in its own ``node_modules``."""

    tool = "npm"
    usual_host = "registry.npmjs.org"
    phrases = Phrases(
        no_access="code E40[13]|code ENEEDAUTH",
        no_answer="code (?:E5[0-9][0-9]|ECONN|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|ERR_SOCKET|EPROTO"
        "|FETCH_ERROR|CERT_|SELF_SIGNED|UNABLE_TO|DEPTH_ZERO)",
        no_package="The requested resource '{package}@",
        no_release="No matching version found for {package}@{release}",
        noise="code:? |errno:? |syscall:? |A complete log|In most cases you|a package version that"
        "|Note that you can also|tarball, folder|at |}|If you |npm help|cause |network "
        "|This is a problem|'proxy' config|[0-9]+ |https?:|npm login|Please try again|change your"
        "|authentication token|To correct this|404$|(?:address|port|type|requiredBy): ",
        ornament="npm error (?:notarget |404 |network )?|npm error",
    )

    def newest(self) -> str:
        """The release that the registry calls ``latest``."""
        finished = self._anywhere("view", self.sdk.package, "version", "--prefer-online")
        if not finished.ok:
            raise self.failed(finished)
        version = json.loads(finished.stdout)
        assert isinstance(version, str), finished.stdout
        return version

    def install(self, release: str, into: Path) -> None:
        """Put a release and its dependencies into ``into/node_modules``."""
        finished = self._into(f"{self.sdk.package}@{release}", into)
        if not finished.ok:
            raise self.failed(finished, release, into)

    def checkout(self, source: Path, into: Path) -> None:
        """Put the files into a folder that a release of the checkout would contain.

        Its own script compiles the sources first. Compiled code that was committed is not used,
        because it can be older than the sources beside it.
        """
        about = json.loads((source / "package.json").read_bytes())
        if "build" in about.get("scripts", {}):
            self._build(source)
        finished = self._into(str(source), into)
        if not finished.ok:
            raise self.checkout_failed(finished, source)

    def _build(self, source: Path) -> None:
        tools = self._npm("install", "--include=dev", "--no-package-lock", cwd=source)
        if not tools.ok:
            raise TargetUnavailableError(
                f"The checkout of {self.sdk.package} cannot be built here: "
                f"npm cannot install its devDependencies from {self._asked(tools)}.",
                why=self.phrases.quoted(tools, [source]),
                fix="Its compiled code can be older than its sources, so it must be built. "
                "Make these packages available to npm, or name a release.",
            )
        built = self._npm("run", "build", cwd=source)
        if not built.ok:
            raise self.checkout_failed(built, source, "does not build")

    def registries(self, finished: Finished) -> Iterable[str]:  # noqa: ARG002 - not needed
        """The one that npm is set to."""
        return [self._anywhere("config", "get", "registry").stdout.strip().strip('"')]

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

    def _anywhere(self, *words: str) -> Finished:
        """Run npm where no project has settings, as it is when a release is installed."""
        with tempfile.TemporaryDirectory() as empty:
            return self._npm(*words, cwd=Path(empty))

    def _npm(self, *words: str, cwd: Path) -> Finished:
        quiet = ("--json", "--loglevel=error", "--no-audit", "--no-fund", "--no-update-notifier")
        return run(["npm", *words, *quiet], cwd=cwd, home=homes.NPM)
