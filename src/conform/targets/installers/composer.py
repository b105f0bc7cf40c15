"""Installs the PHP SDK with composer, from the repository that the user has configured."""

from __future__ import annotations

from collections.abc import Iterable
import json
from pathlib import Path
import re
import shutil
import tempfile
from typing import Any, Final

from msgspec import structs

from conform.core.errors import TargetUnavailableError
from conform.targets import homes
from conform.targets.commands import Finished, run
from conform.targets.installers.installer import (
    ALLOW_SUBSTITUTES,
    SUBSTITUTES,
    InstalledSdk,
    Installer,
    allows_substitutes,
)
from conform.targets.installers.phrases import Phrases, Trouble

_KNOWN_FROM_BEFORE: Final = "loaded from the local cache"
_SYNOPSIS: Final = re.compile(r"\n\w+ \[--.*", re.DOTALL)
"""The synopsis of a command, which composer adds to every error."""

_GUZZLE: Final = """
@include "GuzzleHttp/autoload.php";
foreach (["MAJOR_VERSION", "VERSION"] as $name) {
    if (defined("GuzzleHttp\\ClientInterface::$name")) {
        exit((string) (int) constant("GuzzleHttp\\ClientInterface::$name"));
    }
}
"""
"""Prints the major version of the Guzzle on the include path."""
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

    tool = "composer"
    usual_host = "repo.packagist.org"
    phrases = Phrases(
        no_access=r"HTTP(?:/\S+)? 40[13]|required? authentication",
        no_answer="while downloading|loaded from the local cache|timed out"
        "|HTTP/[0-9.]+ [45][0-9][0-9]",
        no_package="composer.json requires {package},? .{,20}could not be found"
        "|matching version of package {package}",
        no_release="requires {package} {release}, found",
        noise="./composer.json has been|Running composer|Loading composer|Installation failed"
        "|Updating dependencies|Your requirements could|Warning: Accessing|Problem [0-9]"
        "|Lock file op|Writing lock|Installing dep|Package op|- (?:Locking|Downloading|Installing)"
        "|\\[vendor|In [A-Za-z]+[.]php|The following exception|Install of|Potential causes"
        "|see <|Read <|- A typo|- The package is not|- It's a private|The .* constraint"
        "|No composer.lock|No lock file|You are using the",
        ornament="- (?=Root)| +",
    )

    def newest(self) -> str:
        """The newest release that can be installed with its dependencies on this PHP."""
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            finished = self._require(self.sdk.package, "--no-install", cwd=folder)
            # Of a repository that does not answer, composer takes what it knows from before.
            if not finished.ok or _KNOWN_FROM_BEFORE in finished.stderr:
                raise self.failed(finished)
            locked = json.loads((folder / "composer.lock").read_text(encoding="utf-8"))
        return _version(next(p for p in locked["packages"] if p["name"] == self.sdk.package))

    def install(self, release: str, into: Path) -> None:
        """Put a release and its dependencies into ``vendor/`` of a folder."""
        finished = self._require(f"{self.sdk.package}:{release}", cwd=into)
        if not finished.ok:
            raise self.failed(finished, release, into)

    def checkout(self, source: Path, into: Path) -> None:
        """Put the checkout into ``vendor/``, with the packages that its ``composer.json`` requires.

        Linux distributions put Guzzle on the include path of PHP. If no repository can be reached,
        such a Guzzle is used, as long as its major version is one that is required.
        """
        finished = self._install(source, into)
        if finished.ok:
            return
        if self._trouble(finished) is not Trouble.NO_ANSWER:
            raise self.checkout_failed(finished, source)
        required = _required(source)
        own = run(["php", "-r", _GUZZLE], cwd=source).stdout
        is_enough = _is_enough(own, required)
        wanted = ", ".join(f"{name} {version}" for name, version in required.items())
        if not is_enough and not (own and allows_substitutes()):
            error = self.checkout_failed(finished, source)
            has = f"this PHP has Guzzle {own}" if own else "this PHP has no Guzzle"
            why = f"{error.why}\nThe checkout requires {wanted}; {has} of its own."
            allow = f" Or set {ALLOW_SUBSTITUTES}=1 to test it with that." if own else ""
            raise TargetUnavailableError(error.what, why=why, fix=error.fix + allow)
        for left in into.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        place = into / "vendor" / self.sdk.package
        place.parent.mkdir(parents=True)
        shutil.copytree(source, place, symlinks=True)
        autoload = into / "vendor" / "autoload.php"
        autoload.write_text(_AUTOLOAD % self.sdk.package, encoding="utf-8")
        if not is_enough:
            note = f"The SDK requires {wanted}, and was run with Guzzle {own} of this PHP."
            (into / SUBSTITUTES).write_text(note, encoding="utf-8")

    def registries(self, finished: Finished) -> Iterable[str]:  # noqa: ARG002 - not needed
        """The repositories that composer is set to for all projects."""
        shown = self._composer("config", "--global", "repositories", cwd=Path.cwd()).stdout
        try:
            known = json.loads(shown)
        except ValueError:
            return ()
        listed = known.values() if isinstance(known, dict) else known
        return [each["url"] for each in listed if isinstance(each, dict) and "url" in each]

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

    def _install(self, source: Path, into: Path) -> Finished:
        """Install the package from a folder, and its dependencies from the repository."""
        own = {"symlink": False, "versions": {self.sdk.package: "dev-checkout"}}
        project = {
            "repositories": [{"type": "path", "url": str(source), "options": own}],
            "require": {self.sdk.package: "dev-checkout"},
        }
        (into / "composer.json").write_text(json.dumps(project), encoding="utf-8")
        return self._composer("install", cwd=into)

    def _composer(self, *words: str, cwd: Path) -> Finished:
        # Scripts and plugins of packages are not run.
        quiet = ("--no-interaction", "--no-ansi", "--no-plugins", "--no-scripts")
        environment = {"COMPOSER_ALLOW_SUPERUSER": "1", "COLUMNS": "1000"}
        command = ["composer", *words, *quiet]
        finished = run(command, cwd=cwd, environment=environment, home=homes.COMPOSER)
        return structs.replace(finished, stderr=_SYNOPSIS.sub("", finished.stderr))


def _required(source: Path) -> dict[str, str]:
    """The packages that a checkout requires, without PHP and its extensions."""
    about = json.loads((source / "composer.json").read_bytes())
    return {name: version for name, version in about.get("require", {}).items() if "/" in name}


def _is_enough(guzzle: str, required: dict[str, str]) -> bool:
    """Whether Guzzle of a major version is all that is required."""
    majors = re.findall(r"(?:^|[^.0-9])([0-9]+)", required.get("guzzlehttp/guzzle", ""))
    return set(required) == {"guzzlehttp/guzzle"} and guzzle in majors


def _version(package: dict[str, Any]) -> str:
    version: str = package["version"]
    return version.removeprefix("v")
