"""Installs the Java SDK with Maven, from the repository that the user has configured."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
import os
from pathlib import Path
import re
import shutil
import tempfile
from typing import Final
import zipfile

import msgspec

from conform.core.errors import TargetUnavailableError
from conform.targets.commands import Finished, run
from conform.targets.installers.installer import InstalledSdk, Installer

_COPY: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
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
_ADVICE: Final = "[ERROR] To see the full stack trace"


class Maven(Installer):
    """The Java SDK: one folder with its jar and the jars that it needs at run time."""

    def newest(self) -> str:
        """The release that the repository names as the latest one."""
        with tempfile.TemporaryDirectory() as folder:
            finished = self._consume("RELEASE", Path(folder))
            if not finished.ok:
                raise self._unavailable(self.sdk.package, finished)
            return next(release for _, release in self._found(Path(folder).iterdir()))

    def install(self, release: str, into: Path) -> None:
        """Put the jars of a release and of its dependencies into a folder."""
        finished = self._consume(release, into)
        if finished.ok:
            return
        if f"Could not find artifact {self.sdk.package}:" in finished.stdout:
            raise self.no_such_release(release, finished)
        raise self._unavailable(f"{self.sdk.package} {release}", finished)

    def checkout(self, source: Path, into: Path) -> None:
        """Build the checkout without its tests, under the version in its file ``_VERSION``."""
        version = source / "_VERSION"
        if version.is_file():
            to = f"-DnewVersion={version.read_text(encoding='utf-8').strip()}"
            self._build(source, _SET_VERSION, to, "-DgenerateBackupPoms=false")
        self._build(source, "package", _COPY, "-Dmaven.test.skip=true", *_copied(into))
        for jar, release in self._found((source / "target").glob("*.jar")):
            if jar.stem.endswith(release):  # and not with -sources
                shutil.copy2(jar, into)

    def installed(self) -> InstalledSdk:
        """The SDK whose jar is in CLASSPATH, with the jars in the same folder."""
        jars = (Path(entry) for entry in os.environ.get("CLASSPATH", "").split(os.pathsep))
        for jar, release in self._found(jars):
            return InstalledSdk(release, jar.resolve().parent)
        raise self.not_in_environment("CLASSPATH", "No jar in it is that of the SDK.")

    def _consume(self, version: str, into: Path) -> Finished:
        group, _, artifact = self.sdk.package.partition(":")
        with tempfile.TemporaryDirectory() as project:
            pom = _CONSUMER.format(group=group, artifact=artifact, version=version)
            Path(project, "pom.xml").write_text(pom, encoding="utf-8")
            return _mvn("--update-snapshots", _COPY, *_copied(into), cwd=Path(project))

    def _build(self, source: Path, *words: str) -> None:
        finished = _mvn(*words, cwd=source)
        if not finished.ok:
            raise self._unavailable(f"The checkout of {self.sdk.package}", finished)

    def _found(self, jars: Iterator[Path]) -> Iterator[tuple[Path, str]]:
        """The jars of the SDK itself, each with its release."""
        group, _, artifact = self.sdk.package.partition(":")
        properties = f"META-INF/maven/{group}/{artifact}/pom.properties"
        for jar in jars:
            with suppress(OSError, KeyError, zipfile.BadZipFile), zipfile.ZipFile(jar) as content:
                text = content.read(properties).decode()
                if release := re.search(r"^version=(\S+)", text, re.MULTILINE):
                    yield jar, release[1]

    def _unavailable(self, what: str, finished: Finished) -> TargetUnavailableError:
        if "Could not transfer" in finished.stdout:
            return self.no_registry(finished)
        return self.not_installed(what, finished)


def _copied(into: Path) -> tuple[str, ...]:
    return f"-DoutputDirectory={into}", "-DincludeScope=runtime"


def _mvn(*words: str, cwd: Path) -> Finished:
    options = f"{os.environ.get('MAVEN_OPTS', '')} {_OPENED}"
    quiet = ("--batch-mode", "--quiet")
    finished = run(["mvn", *quiet, *words], cwd=cwd, environment={"MAVEN_OPTS": options})
    stdout, stderr = (_COLOUR.sub("", text) for text in (finished.stdout, finished.stderr))
    said = stdout.partition(_ADVICE)[0].removesuffix("[ERROR] \n")
    return msgspec.structs.replace(finished, stdout=said, stderr=stderr)
