"""Runs the formatter and the linter of each adapter's language, and names what cannot run here.

Exits with 1 where one of them finds something. It stands with the tests, because it checks this
repository: the adapters ship in the wheel, their linters do not.
"""

import os
from pathlib import Path
import shlex
import shutil
import sys
import tempfile
from typing import Final, NamedTuple

import click

from conform.errors import TargetUnavailableError
from conform.targets import cache, manifest
from conform.targets.installers import installer_of
from conform.targets.tool import run


class Check(NamedTuple):
    """One tool, and how it is run in a copy of an adapter's folder."""

    adapter: str
    name: str
    commands: tuple[str, ...]
    """``{sdk}`` is a folder with the SDK; one with ``{file}`` is run for each of the files."""
    files: str = ""
    clean: str | None = None
    """What is printed where nothing is wrong; without it the exit code tells."""
    get: str = ""
    """Gets the tool from a registry; the check cannot run where this fails."""


_GET_JAVA_FORMATTER: Final = (
    "mvn --batch-mode --quiet org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
    " -Dartifact=com.google.googlejavaformat:google-java-format:1.25.2:jar:all-deps"
    " -DoutputDirectory=. -Dmdep.stripVersion=true"
)
_JAVA_FORMATTER: Final = (
    "java -jar google-java-format-all-deps.jar --dry-run --set-exit-if-changed {files}"
)
_JAVAC: Final = (
    "javac -Xlint:all -Werror --release 17 -encoding UTF-8 -proc:none -implicit:class"
    " -classpath {sdk}/* -sourcepath src -d classes src/conform/Adapter.java"
)
_GO_VET: Final = (
    "go vet generate.go",
    "go run generate.go {sdk} session user",
    "go vet -mod=mod .",
)

CHECKS: Final = (
    Check("dotnet", "dotnet format", ("dotnet format whitespace --folder --verify-no-changes",)),
    Check("go", "gofmt", ("gofmt -l .",), clean=""),
    Check("go", "go vet", _GO_VET),
    Check(
        "java",
        "google-java-format",
        (_JAVA_FORMATTER,),
        files="src/**/*.java",
        get=_GET_JAVA_FORMATTER,
    ),
    Check("java", "javac -Xlint", (_JAVAC,)),
    Check("javascript", "eslint", ("npx eslint .",), get="npm install --no-audit --no-fund"),
    Check("php", "php -l", ("php -l {file}",), files="**/*.php"),
    Check("php", "phpcs", ("phpcs --standard=PSR12 .",)),
    Check("ruby", "ruby -wc", ("ruby -wc {file}",), files="*.rb", clean="Syntax OK\n"),
    Check("ruby", "rubocop", ("rubocop --format simple .",)),
)


def findings(check: Check, folder: Path) -> str:
    """What a tool finds in a copy of the adapter's folder; the empty text where that is nothing.

    Raises:
        TargetUnavailableError: the tool or the SDK is not here and cannot be had.
    """
    if check.get:
        got = run(shlex.split(check.get), cwd=folder)
        if not got.ok:
            raise TargetUnavailableError("It cannot be had here.", why=got.reason, fix="")
    sdk = folder.parent / "sdk"
    if any("{sdk}" in command for command in check.commands):
        _install(check.adapter, sdk)
    names = [str(file.relative_to(folder)) for file in sorted(folder.glob(check.files or "*"))]
    found = []
    for command in check.commands:
        for name in names if "{file}" in command else [""]:
            line = command.format(sdk=shlex.quote(str(sdk)), file=name, files=shlex.join(names))
            ran = run(shlex.split(line), cwd=folder)
            said = ran.stdout + ran.stderr
            if not ran.ok or check.clean not in {None, said}:
                found.append(said.strip() or f"exit code {ran.exit_code}")
    return "\n".join(found)


def _install(adapter: str, into: Path) -> None:
    """Put the newest release into a folder, or the checkout that the environment names."""
    installer = installer_of(manifest.named(adapter))
    into.mkdir()
    if checkout := os.environ.get(f"CONFORM_CHECKOUT_{adapter.upper()}"):
        source = into.with_name("source")
        cache.copy(Path(checkout), source)
        installer.checkout(source, into)
    else:
        installer.install(installer.newest(), into)


def main() -> int:
    """Run every check and say what came of it; 1 where something was found."""
    failed, not_run = [], []
    click.echo("http, python: ruff, which tox -e lint runs")
    for check in CHECKS:
        name = f"{check.adapter}: {check.name}"
        with tempfile.TemporaryDirectory() as workshop:
            folder = Path(workshop, check.adapter)
            shutil.copytree(manifest.named(check.adapter).folder, folder)
            try:
                found = findings(check, folder)
            except TargetUnavailableError as error:
                not_run.append(check.name)
                click.echo(f"{name}: not run. {error.what} {error.why}")
                continue
        click.echo(f"{name}: {'failed' if found else 'passed'}")
        if found:
            failed.append(check.name)
            click.echo(found)
    for state, names in (("Failed", failed), ("Not run", not_run)):
        if names:
            click.echo(f"{state}: {', '.join(names)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
