"""Installs from RubyGems, or whatever source the user's gem is set to, with gem."""

from __future__ import annotations

import json
from pathlib import Path
import re
import shlex
import tempfile
from typing import Final

from conform.core.errors import TargetUnavailableError
from conform.targets.commands import Ran, run
from conform.targets.installers.installer import Found, Installer

_FIND: Final = """
require "json"
found = Gem::Specification.find_by_name(ARGV.first) rescue abort($!.message.lines.first)
puts JSON.generate([found.version.to_s, found.base_dir])
"""
_MISSING: Final = """
Dir.chdir(File.dirname(ARGV.first))
wanted = Gem::Specification.load(ARGV.first).runtime_dependencies
missing = wanted.select { |gem| gem.matching_specs.empty? }
puts missing.map { |gem| "#{gem.name}:#{gem.requirement}" }
"""
_PATH: Final = "puts Gem.path.join(File::PATH_SEPARATOR)"
_NO_SOURCE: Final = "Unable to download data from"


class Gem(Installer):
    """The Ruby SDK, for the Ruby that is on the PATH.

    A folder is laid out as gem lays out a place of its own, so that every release is activated
    with the versions of its dependencies that it asks for: those that this Ruby has, and in the
    folder those that it lacks.
    """

    def newest(self) -> str:
        """The newest release that can be installed with its dependencies on this Ruby."""
        with tempfile.TemporaryDirectory() as nowhere:
            ran = self._gem(Path(nowhere), "install", "--explain", self.sdk.package)
        if not ran.ok:
            raise self._unavailable(self.sdk.package, ran)
        name = re.escape(self.sdk.package)
        explained = re.search(rf"^\s*{name}-([0-9]\S*)$", ran.stdout, re.MULTILINE)
        assert explained, ran.stdout
        return explained[1]

    def install(self, release: str, into: Path) -> None:
        """Put a release into a folder, with the dependencies that are not here."""
        ran = self._gem(into, "install", self.sdk.package, "--version", release)
        if ran.ok:
            return
        if f"'{self.sdk.package}' (= {release}) in any repository" in ran.stderr:
            raise self.no_such_release(release, ran)
        raise self._unavailable(f"{self.sdk.package} {release}", ran)

    def checkout(self, source: Path, into: Path) -> None:
        """Build the checkout and put it into a folder, with the dependencies that are not here."""
        what = f"The checkout of {self.sdk.package}"
        specification = str(source / f"{self.sdk.package}.gemspec")
        missing = self._ruby(into, _MISSING, specification)
        if not missing.ok:
            raise self.not_installed(what, missing)
        if gems := missing.stdout.splitlines():
            ran = self._gem(into, "install", *gems)
            if not ran.ok:
                raise _lacks(what, gems, ran)
        built = str(source / "sdk.gem")
        ran = run(["gem", "build", specification, "--output", built], cwd=source)
        if ran.ok:
            ran = self._gem(into, "install", "--local", "--ignore-dependencies", built)
        if not ran.ok:
            raise self.not_installed(what, ran)

    def installed(self) -> Found:
        """The SDK among the gems of the Ruby that is on the PATH."""
        ran = run(["ruby", "-e", _FIND, self.sdk.package], cwd=Path.cwd())
        if not ran.ok:
            raise self.not_here("the Ruby on the PATH", ran.reason.splitlines()[0])
        version, folder = json.loads(ran.stdout)
        return Found(version, Path(folder))

    def _gem(self, into: Path, *words: str) -> Ran:
        path = self._ruby(into, _PATH).stdout.strip()
        quiet = ("--minimal-deps", "--no-document", "--no-user-install")
        environment = {"GEM_HOME": str(into), "GEM_PATH": path}
        # Run in the folder itself, gem would leave what it downloads there.
        return run(["gem", *words, *quiet], cwd=into.parent, environment=environment)

    def _ruby(self, into: Path, program: str, *arguments: str) -> Ran:
        # What an adapter finds: the gems of this Ruby, not the ones below the user's home.
        alone = {"HOME": str(into), "RUBYOPT": "", "RUBYLIB": ""}
        return run(["ruby", "-e", program, *arguments], cwd=into, environment=alone)

    def _unavailable(self, what: str, ran: Ran) -> Exception:
        if _NO_SOURCE in ran.stderr:
            return self.no_registry(ran)
        return self.not_installed(what, ran)


def _lacks(what: str, gems: list[str], ran: Ran) -> TargetUnavailableError:
    why = " ".join(ran.stderr.split("\nERROR:")[0].split())
    return TargetUnavailableError(
        f"{what} needs gems that are not here.",
        why=f"Missing are {', '.join(gem.replace(':', ' ', 1) for gem in gems)}. {why}",
        fix=f"Install them for all users (sudo gem install {shlex.join(gems)}), "
        "or name a folder that has them in GEM_HOME.",
    )
