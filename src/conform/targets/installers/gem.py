"""Installs the Ruby SDK with gem, from the source that the user has configured."""

from __future__ import annotations

from collections.abc import Iterable
import json
from pathlib import Path
import re
import shlex
import tempfile
from typing import Final

from conform.core.errors import TargetUnavailableError
from conform.targets import homes
from conform.targets.commands import Finished, run
from conform.targets.installers.installer import InstalledSdk, Installer
from conform.targets.installers.phrases import Phrases

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
_UNAFFECTED: Final = {"RUBYOPT": "", "RUBYLIB": ""}
"""Variables of the user that could load another library."""
_PATH: Final = "puts Gem.path.join(File::PATH_SEPARATOR)"


class Gem(Installer):
    """The Ruby SDK, for the Ruby on the PATH.

    A folder has the layout of a gem home. So Ruby activates every release with the versions of its
    dependencies that it requires: those of this Ruby, and from the folder those that it lacks.
    """

    tool = "gem"
    usual_host = "rubygems.org"
    phrases = Phrases(
        no_access="bad response (?:Unauthorized 401|Forbidden 403)",
        no_answer="Unable to download data from|Failed to open TCP connection|Net::OpenTimeout"
        "|Net::ReadTimeout",
        no_package=r"'{package}' \(>= 0[^)]*\) in any repository",
        no_release=r"'{package}' \(= {release}\) in any repository",
        noise=r"\(Gem::|Possible alternatives|WARNING: |Building native",
        ornament="ERROR: +(?:While executing gem [.]{3} )?",
    )

    def newest(self) -> str:
        """The newest release that can be installed with its dependencies on this Ruby."""
        with tempfile.TemporaryDirectory() as temporary:
            finished = self._gem(Path(temporary), "install", "--explain", self.sdk.package)
        if not finished.ok:
            raise self.failed(finished)
        name = re.escape(self.sdk.package)
        explained = re.search(rf"^\s*{name}-([0-9]\S*)$", finished.stdout, re.MULTILINE)
        assert explained, finished.stdout
        return explained[1]

    def install(self, release: str, into: Path) -> None:
        """Put a release into a folder, with the dependencies that this Ruby lacks."""
        finished = self._gem(into, "install", self.sdk.package, "--version", release)
        if not finished.ok:
            raise self.failed(finished, release, into)

    def checkout(self, source: Path, into: Path) -> None:
        """Build the checkout into a folder, with the dependencies that this Ruby lacks."""
        specification = str(source / f"{self.sdk.package}.gemspec")
        missing = self._ruby(into, _MISSING, specification)
        if not missing.ok:
            raise self.checkout_failed(missing, source, "does not build")
        if gems := missing.stdout.splitlines():
            finished = self._gem(into, "install", *gems)
            if not finished.ok:
                raise self._lacks(gems, finished)
        built = str(source / "sdk.gem")
        command = ["gem", "build", specification, "--output", built]
        finished = run(command, cwd=source, environment=_UNAFFECTED, home=homes.GEM)
        if finished.ok:
            finished = self._gem(into, "install", "--local", "--ignore-dependencies", built)
        if not finished.ok:
            raise self.checkout_failed(finished, source, "does not build")

    def registries(self, finished: Finished) -> Iterable[str]:  # noqa: ARG002 - not needed
        """The sources that gem is set to."""
        listed = run(["gem", "sources", "--list"], cwd=Path.cwd(), home=homes.GEM).stdout
        return re.findall(r"^\w+://\S+", listed, re.MULTILINE)

    def installed(self) -> InstalledSdk:
        """The SDK among the gems of the Ruby on the PATH."""
        finished = run(["ruby", "-e", _FIND, self.sdk.package], cwd=Path.cwd())
        if not finished.ok:
            raise self.not_in_environment("the Ruby on the PATH", finished.reason.splitlines()[0])
        version, folder = json.loads(finished.stdout)
        return InstalledSdk(version, Path(folder))

    def _lacks(self, gems: list[str], finished: Finished) -> TargetUnavailableError:
        lacking = ", ".join(gem.replace(":", " ", 1) for gem in gems)
        return TargetUnavailableError(
            f"The checkout of {self.sdk.package} needs gems that this Ruby does not have.",
            why=f"It lacks {lacking}.\n{self.phrases.quoted(finished)}",
            fix=f"Install them for all users (sudo gem install {shlex.join(gems)}), "
            "or set GEM_HOME to a folder that has them.",
        )

    def _gem(self, into: Path, *words: str) -> Finished:
        path = self._ruby(into, _PATH).stdout.strip()
        quiet = ("--minimal-deps", "--no-document", "--no-user-install")
        environment = {"GEM_HOME": str(into), "GEM_PATH": path, **_UNAFFECTED}
        # In the folder itself, gem would leave its downloads.
        command = ["gem", *words, *quiet]
        return run(command, cwd=into.parent, environment=environment, home=homes.GEM)

    def _ruby(self, into: Path, program: str, *arguments: str) -> Finished:
        # An adapter finds the gems of this Ruby, but not those in the home of the user.
        alone = {"HOME": str(into), **_UNAFFECTED}
        return run(["ruby", "-e", program, *arguments], cwd=into, environment=alone)
