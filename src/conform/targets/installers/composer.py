"""Installs the PHP SDK with composer, from the repository that the user has configured."""

from __future__ import annotations

import json
from pathlib import Path
import re
import shutil
import tempfile
from typing import Any, Final

from msgspec import structs

from conform.targets import homes
from conform.targets.commands import Finished, run
from conform.targets.installers.installer import InstalledSdk, Installer

_NO_ANSWER: Final = "while downloading"
_SYNOPSIS: Final = re.compile(r"\n\w+ \[--.*", re.DOTALL)
"""The synopsis of a command, which composer adds to every error."""

_GUZZLE: Final = 'echo stream_resolve_include_path("GuzzleHttp/autoload.php");'
_AUTOLOAD: Final = """\
<?php

require 'GuzzleHttp/autoload.php';

spl_autoload_register(static function (string $class): void {
    [$root, $name] = explode('\\\\', $class, 2) + ['', ''];
    $path = __DIR__ . '/%s/lib/' . strtr($name, '\\\\', '/') . '.php';
    if ($root === 'Files' && is_file($path)) {
        require_once $path;
    }
});
"""


class Composer(Installer):
    """The PHP SDK, for the PHP on the PATH.

    A folder contains ``vendor/`` as composer makes it: the SDK looks for it in its parents.
    """

    def newest(self) -> str:
        """The newest release that can be installed with its dependencies on this PHP."""
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            finished = self._require(self.sdk.package, "--no-install", cwd=folder)
            if not finished.ok:
                raise self._unavailable(self.sdk.package, finished)
            locked = json.loads((folder / "composer.lock").read_text(encoding="utf-8"))
        return _version(next(p for p in locked["packages"] if p["name"] == self.sdk.package))

    def install(self, release: str, into: Path) -> None:
        """Put a release and its dependencies into ``vendor/`` of a folder."""
        finished = self._require(f"{self.sdk.package}:{release}", cwd=into)
        if finished.ok:
            return
        if f"requires {self.sdk.package} {release}, found" in finished.stderr:
            raise self.no_such_release(release, finished)
        raise self._unavailable(f"{self.sdk.package} {release}", finished)

    def checkout(self, source: Path, into: Path) -> None:
        """Put the checkout into ``vendor/``, with the Guzzle of this machine or of composer.

        Linux distributions put Guzzle on the include path of PHP. Such a Guzzle is used, whatever
        ``composer.json`` of the checkout requires. Without it, composer installs what it requires.
        """
        if not run(["php", "-r", _GUZZLE], cwd=into).stdout:
            self._install(source, into)
            return
        place = into / "vendor" / self.sdk.package
        place.parent.mkdir(parents=True)
        shutil.copytree(source, place, symlinks=True)
        autoload = into / "vendor" / "autoload.php"
        autoload.write_text(_AUTOLOAD % self.sdk.package, encoding="utf-8")

    def installed(self) -> InstalledSdk:
        """The SDK of the composer project in the current folder."""
        finished = self._composer("show", "--format=json", self.sdk.package, cwd=Path.cwd())
        if not finished.ok:
            raise self.not_in_environment(f"the composer project in {Path.cwd()}", finished.reason)
        shown = json.loads(finished.stdout)
        return InstalledSdk(shown["versions"][0].removeprefix("v"), Path(shown["path"]).parents[2])

    def _require(self, *words: str, cwd: Path) -> Finished:
        (cwd / "composer.json").write_text("{}", encoding="utf-8")
        return self._composer("require", *words, cwd=cwd)

    def _install(self, source: Path, into: Path) -> None:
        """Install the package from a folder, and its dependencies from the repository."""
        own = {"symlink": False, "versions": {self.sdk.package: "dev-checkout"}}
        project = {
            "repositories": [{"type": "path", "url": str(source), "options": own}],
            "require": {self.sdk.package: "dev-checkout"},
        }
        (into / "composer.json").write_text(json.dumps(project), encoding="utf-8")
        finished = self._composer("install", cwd=into)
        if not finished.ok:
            raise self._unavailable(f"The checkout of {self.sdk.package}", finished)

    def _composer(self, *words: str, cwd: Path) -> Finished:
        # Scripts and plugins of packages are not run.
        quiet = ("--no-interaction", "--no-ansi", "--no-plugins", "--no-scripts")
        environment = {"COMPOSER_ALLOW_SUPERUSER": "1", "COLUMNS": "1000"}
        command = ["composer", *words, *quiet]
        finished = run(command, cwd=cwd, environment=environment, home=homes.COMPOSER)
        return structs.replace(finished, stderr=_SYNOPSIS.sub("", finished.stderr))

    def _unavailable(self, what: str, finished: Finished) -> Exception:
        if _NO_ANSWER in finished.stderr:
            return self.no_registry(finished)
        return self.not_installed(what, finished)


def _version(package: dict[str, Any]) -> str:
    version: str = package["version"]
    return version.removeprefix("v")
