"""Installs from Packagist, or whatever repository the user's composer is set to, with composer."""

from __future__ import annotations

import json
from pathlib import Path
import re
import shutil
import tempfile
from typing import Any, Final

from msgspec import structs

from conform.targets.commands import Ran, run
from conform.targets.installers.installer import Found, Installer

_NO_ANSWER: Final = "while downloading"
_SYNOPSIS: Final = re.compile(r"\n\w+ \[--.*", re.DOTALL)
"""How a command is to be written, which composer adds to whatever went wrong."""

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
    """The PHP SDK, for the PHP that is on the PATH.

    A folder holds ``vendor/`` as composer makes it, because the SDK looks for it above itself.
    """

    def newest(self) -> str:
        """The newest release that can be installed with its dependencies on this PHP."""
        with tempfile.TemporaryDirectory() as nowhere:
            folder = Path(nowhere)
            ran = self._require(self.sdk.package, "--no-install", cwd=folder)
            if not ran.ok:
                raise self._unavailable(self.sdk.package, ran)
            locked = json.loads((folder / "composer.lock").read_text(encoding="utf-8"))
        return _version(next(p for p in locked["packages"] if p["name"] == self.sdk.package))

    def install(self, release: str, into: Path) -> None:
        """Put a release and its dependencies into ``vendor/`` of a folder."""
        ran = self._require(f"{self.sdk.package}:{release}", cwd=into)
        if ran.ok:
            return
        if f"requires {self.sdk.package} {release}, found" in ran.stderr:
            raise self.no_such_release(release, ran)
        raise self._unavailable(f"{self.sdk.package} {release}", ran)

    def checkout(self, source: Path, into: Path) -> None:
        """Put the checkout into ``vendor/``, beside the Guzzle that is here or composer's.

        A Guzzle on PHP's include path, as distributions have it, is taken whatever the
        checkout's ``composer.json`` asks for; only without one composer gets what that asks for.
        """
        if not run(["php", "-r", _GUZZLE], cwd=into).stdout:
            self._install(source, into)
            return
        place = into / "vendor" / self.sdk.package
        place.parent.mkdir(parents=True)
        shutil.copytree(source, place, symlinks=True)
        autoload = into / "vendor" / "autoload.php"
        autoload.write_text(_AUTOLOAD % self.sdk.package, encoding="utf-8")

    def installed(self) -> Found:
        """The SDK of the composer project in the current folder."""
        ran = self._composer("show", "--format=json", self.sdk.package, cwd=Path.cwd())
        if not ran.ok:
            raise self.not_here(f"the composer project in {Path.cwd()}", ran.reason)
        shown = json.loads(ran.stdout)
        return Found(shown["versions"][0].removeprefix("v"), Path(shown["path"]).parents[2])

    def _require(self, *words: str, cwd: Path) -> Ran:
        (cwd / "composer.json").write_text("{}", encoding="utf-8")
        return self._composer("require", *words, cwd=cwd)

    def _install(self, source: Path, into: Path) -> None:
        """Let composer take the package from a folder and the rest from its repository."""
        own = {"symlink": False, "versions": {self.sdk.package: "dev-checkout"}}
        project = {
            "repositories": [{"type": "path", "url": str(source), "options": own}],
            "require": {self.sdk.package: "dev-checkout"},
        }
        (into / "composer.json").write_text(json.dumps(project), encoding="utf-8")
        ran = self._composer("install", cwd=into)
        if not ran.ok:
            raise self._unavailable(f"The checkout of {self.sdk.package}", ran)

    def _composer(self, *words: str, cwd: Path) -> Ran:
        # What a package brings along to be run while it is installed is not run.
        quiet = ("--no-interaction", "--no-ansi", "--no-plugins", "--no-scripts")
        environment = {"COMPOSER_ALLOW_SUPERUSER": "1", "COLUMNS": "1000"}
        ran = run(["composer", *words, *quiet], cwd=cwd, environment=environment)
        return structs.replace(ran, stderr=_SYNOPSIS.sub("", ran.stderr))

    def _unavailable(self, what: str, ran: Ran) -> Exception:
        if _NO_ANSWER in ran.stderr:
            return self.no_registry(ran)
        return self.not_installed(what, ran)


def _version(package: dict[str, Any]) -> str:
    version: str = package["version"]
    return version.removeprefix("v")
