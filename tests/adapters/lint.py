"""Runs the formatters and linters of the adapters' languages, and names those that cannot run here.

The exit code is 1 if one of them finds something. This program is among the tests, because it
checks the repository: the wheel contains the adapters, but not their linters.
"""

import os
from pathlib import Path
import shlex
import shutil
import sys
import tempfile
from typing import Final, NamedTuple

import click

from conform.core import manifest
from conform.core.errors import TargetUnavailableError
from conform.targets import cache
from conform.targets.commands import run
from conform.targets.installers import installer_of


class Check(NamedTuple):
    """One tool, and its commands in a copy of the folder of an adapter."""

    adapter: str
    name: str
    commands: tuple[str, ...]
    """``{sdk}`` is a folder with the SDK; a command with ``{file}`` runs once for each file."""
    files: str = ""
    clean: str | None = None
    """The output without findings; if it is None, the exit code decides."""
    get: str = ""
    """The command that gets the tool from a registry."""


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
    """The findings of a tool in a copy of the folder of an adapter; empty if there are none.

    Raises:
        TargetUnavailableError: the tool or the SDK is not available here.
    """
    if check.get:
        finished = run(shlex.split(check.get), cwd=folder)
        if not finished.ok:
            raise TargetUnavailableError("It is not available here.", why=finished.reason)
    sdk = folder.parent / "sdk"
    if any("{sdk}" in command for command in check.commands):
        _install(check.adapter, sdk)
    names = [str(file.relative_to(folder)) for file in sorted(folder.glob(check.files or "*"))]
    found = []
    for command in check.commands:
        for name in names if "{file}" in command else [""]:
            line = command.format(sdk=shlex.quote(str(sdk)), file=name, files=shlex.join(names))
            finished = run(shlex.split(line), cwd=folder)
            output = finished.stdout + finished.stderr
            if not finished.ok or check.clean not in {None, output}:
                found.append(output.strip() or f"exit code {finished.exit_code}")
    return "\n".join(found)


def _install(adapter: str, into: Path) -> None:
    """Put the newest release, or the checkout that the environment names, into a folder."""
    installer = installer_of(manifest.named(adapter))
    into.mkdir()
    if checkout := os.environ.get(f"CONFORM_CHECKOUT_{adapter.upper()}"):
        source = into.with_name("source")
        cache.copy(Path(checkout), source)
        installer.checkout(source, into)
    else:
        installer.install(installer.newest(), into)


def main() -> int:
    """Run all checks and print their results; return 1 if there are findings."""
    failed, not_run = [], []
    click.echo("http, python: checked by ruff in `tox -e lint`")
    for check in CHECKS:
        name = f"{check.adapter}: {check.name}"
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary, check.adapter)
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
