"""Installs the Java SDK with Maven, from the repository that the user has configured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
import os
from pathlib import Path
import re
import shutil
import tempfile
import time
from typing import Final
import zipfile

import msgspec

from conform.core.errors import TargetUnavailableError
from conform.targets.commands import Finished, run
from conform.targets.installers.installer import InstalledSdk, Installer
from conform.targets.installers.phrases import Phrases, Trouble

_DEPENDENCIES: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1"
_COPY: Final = f"{_DEPENDENCIES}:copy-dependencies"
_LIST: Final = f"{_DEPENDENCIES}:build-classpath"
_CLASSPATH: Final = "classpath.txt"
"""Where Maven writes which files of the local repository it copied."""
_SET_VERSION: Final = "org.codehaus.mojo:versions-maven-plugin:2.16.2:set"

_CONSUMER: Final = """\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>conform</groupId>
  <artifactId>consumer</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>{group}</groupId>
      <artifactId>{artifact}</artifactId>
      <version>{version}</version>
    </dependency>
  </dependencies>
</project>
"""

_INSIDE: Final = ("api", "code", "comp", "file", "jvm", "main", "model", "parser", "processing")
_OPENED: Final = " ".join(
    f"--add-opens=jdk.compiler/com.sun.tools.javac.{package}=ALL-UNNAMED"
    for package in (*_INSIDE, "tree", "util")
)
"""Older releases are built with a Lombok that needs the compiler open; Java 16 closed it."""

_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_HELP: Final = re.compile(r" -> \[Help [0-9]+\]")
_ADVICE: Final = "[ERROR] To see the full stack trace"


class Maven(Installer):
    """The Java SDK: one folder with its jar and the jars that it needs at run time."""

    tool = "Maven"
    usual_host = "repo.maven.apache.org"
    phrases = Phrases(
        no_access="status(?: code)?: 40[13]|[Nn]ot authorized|authorization failed",
        no_answer="Could not transfer|Connect to .{,80} failed|[Cc]onnect(?:ion)? timed out",
        no_package="Could not find metadata {package}/|Failed to resolve version for {package}:"
        "|Could not find artifact {package} in",
        no_release="Could not find artifact {package}:",
        noise="To see the full|Re-run Maven|For more information|After correcting"
        r"|\[(?:Help|ERROR)|COMPILATION ERROR|.*: Compilation failure",
        ornament=r"\[ERROR\] |Failed to execute goal on project [^:]*: "
        "|Could not resolve dependencies for project [^ ]*: "
        "|Plugin [^ ]* or one of its dependencies could not be resolved: "
        "|Failed to (?:read artifact descriptor for|collect dependencies at) [^ ]*: ",
    )

    def newest(self) -> str:
        """The release that the repository names as the latest one."""
        since = time.time()
        with tempfile.TemporaryDirectory() as folder:
            finished = self._consume("RELEASE", Path(folder))
            if not finished.ok and self._trouble(finished) is Trouble.NO_PACKAGE:
                # Only of a release, Maven says which repositories lack it.
                lacking = self._consume("0", Path(folder)).stdout.replace(":jar:0 ", " ")
                finished = msgspec.structs.replace(finished, stdout=lacking)
            finished = _with_silent_error(finished, Path(folder, _CLASSPATH), since)
            if not finished.ok:
                raise self.failed(finished)
            return next(release for _, release in self._found(Path(folder).iterdir()))

    def install(self, release: str, into: Path) -> None:
        """Put the jars of a release and of its dependencies into a folder."""
        finished = self._consume(release, into)
        if not finished.ok:
            raise self.failed(finished, release, into)
        self._refuse_local(release, into / _CLASSPATH)
        if not any(self._found(into.iterdir())):
            raise TargetUnavailableError(
                f"{self.sdk.package} {release} cannot be installed here.",
                why="Its jar is damaged, or has another package in it.",
                fix="Remove it from the local repository of Maven, or name another release.",
            )

    def checkout(self, source: Path, into: Path) -> None:
        """Build the checkout without its tests, under the version in its file ``_VERSION``."""
        # A jar of an earlier build could be taken for the new one.
        shutil.rmtree(source / "target", ignore_errors=True)
        version = source / "_VERSION"
        if version.is_file():
            to = f"-DnewVersion={version.read_text(encoding='utf-8').strip()}"
            self._build(source, _SET_VERSION, to, "-DgenerateBackupPoms=false")
        self._build(source, "package", _COPY, "-Dmaven.test.skip=true", *_copied(into))
        jars = self._found((source / "target").glob("*.jar"))
        built = [jar for jar, release in jars if jar.stem.endswith(release)]  # and not -sources
        if not built:
            raise TargetUnavailableError(
                f"The checkout of {self.sdk.package} does not build.",
                why="Its build made no jar whose name ends with its version.",
                fix="Check the version in its files _VERSION and pom.xml.",
            )
        shutil.copy2(built[0], into)

    def registries(self, finished: Finished) -> Iterable[str]:
        """The repositories that Maven names in its error."""
        return re.findall(r"(?:in|from|from/to) \S+ \((https?://[^)]+)\)", finished.stdout)

    def installed(self) -> InstalledSdk:
        """The SDK whose jar is in CLASSPATH, with the jars in the same folder."""
        jars = (Path(entry) for entry in os.environ.get("CLASSPATH", "").split(os.pathsep))
        for jar, release in self._found(jars):
            return InstalledSdk(release, jar.resolve().parent)
        raise self.not_in_environment("CLASSPATH", "No jar in it is that of the SDK.")

    def _refuse_local(self, release: str, classpath: Path) -> None:
        """Refuse a release that a build of the user put into the local repository."""
        artifact = self.sdk.package.partition(":")[2]
        for jar in map(Path, classpath.read_text(encoding="utf-8").split(os.pathsep)):
            origin = jar.parent / "_remote.repositories"
            if jar.name != f"{artifact}-{release}.jar" or not origin.is_file():
                continue
            if f"{jar.name}>=" in origin.read_text(encoding="utf-8").splitlines():
                raise TargetUnavailableError(
                    f"{self.sdk.package} {release} here is not the one that was released.",
                    why=f"`mvn install` put it into the local repository: {jar}.",
                    fix=f"Remove {jar.parent}, or name the checkout that it was built from.",
                )
        classpath.unlink()

    def _consume(self, version: str, into: Path) -> Finished:
        group, _, artifact = self.sdk.package.partition(":")
        with tempfile.TemporaryDirectory() as project:
            pom = _CONSUMER.format(group=group, artifact=artifact, version=version)
            Path(project, "pom.xml").write_text(pom, encoding="utf-8")
            where = f"-Dmdep.outputFile={into / _CLASSPATH}"
            goals = ("--update-snapshots", _COPY, _LIST, where)
            return _mvn(*goals, *_copied(into), cwd=Path(project))

    def _build(self, source: Path, *words: str) -> None:
        finished = _mvn(*words, cwd=source)
        if not finished.ok:
            raise self.checkout_failed(finished, source, "does not build")

    def _found(self, jars: Iterator[Path]) -> Iterator[tuple[Path, str]]:
        """The jars of the SDK itself, each with its release."""
        group, _, artifact = self.sdk.package.partition(":")
        properties = f"META-INF/maven/{group}/{artifact}/pom.properties"
        for jar in jars:
            with suppress(OSError, KeyError, zipfile.BadZipFile), zipfile.ZipFile(jar) as content:
                text = content.read(properties).decode()
                if release := re.search(r"^version=(\S+)", text, re.MULTILINE):
                    yield jar, release[1]


def _with_silent_error(finished: Finished, classpath: Path, since: float) -> Finished:
    """A command that failed, if a repository did not say what the newest release is.

    Maven then takes what it knows from before, and writes the error into a file beside it.
    """
    if not finished.ok:
        return finished
    for jar in map(Path, classpath.read_text(encoding="utf-8").split(os.pathsep)):
        status = jar.parents[1] / "resolver-status.properties"
        if not status.is_file():
            continue
        text = re.sub(r"\\(.)", r"\1", status.read_text(encoding="utf-8"))
        for name, error in re.findall(r"^(\S+)[.]error=(.+)$", text, re.MULTILINE):
            tried = re.search(rf"^{re.escape(name)}\S*[.]lastUpdated=(\d+)$", text, re.MULTILINE)
            if tried and int(tried[1]) >= since * 1000:
                return msgspec.structs.replace(finished, exit_code=1, stdout=error)
    return finished


def _copied(into: Path) -> tuple[str, ...]:
    return f"-DoutputDirectory={into}", "-DincludeScope=runtime"


def _mvn(*words: str, cwd: Path) -> Finished:
    options = f"{os.environ.get('MAVEN_OPTS', '')} {_OPENED}"
    quiet = ("--batch-mode", "--quiet")
    finished = run(["mvn", *quiet, *words], cwd=cwd, environment={"MAVEN_OPTS": options})
    stdout, stderr = (_COLOUR.sub("", text) for text in (finished.stdout, finished.stderr))
    said = _HELP.sub("", stdout.partition(_ADVICE)[0].removesuffix("[ERROR] \n"))
    return msgspec.structs.replace(finished, stdout=said, stderr=stderr)
