"""Installs the .NET SDK with dotnet, from the sources that the user has configured."""

from __future__ import annotations

from collections.abc import Iterable
import json
from pathlib import Path
import re
import shutil
import tempfile
from typing import Final

from packaging.version import InvalidVersion, Version

from conform.targets.commands import Finished, run
from conform.targets.installers.installer import InstalledSdk, Installer
from conform.targets.installers.phrases import Phrases

_ALONE: Final = "--disable-build-servers"
"""Without this option, dotnet leaves processes that wait for the next build."""

_EVERYWHERE: Final = Path(tempfile.gettempdir())
"""Where the settings are those of the projects that are restored here."""

_ENVIRONMENT: Final = {
    "DOTNET_CLI_TELEMETRY_OPTOUT": "1",
    "DOTNET_CLI_UI_LANGUAGE": "en",
    "DOTNET_NOLOGO": "1",
}

_CONSUMER: Final = """\
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net$(BundledNETCoreAppTargetFrameworkVersion)</TargetFramework>
    <NuGetAudit>false</NuGetAudit>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="{package}" Version="{version}" />
  </ItemGroup>
</Project>
"""

_INSTALLED: Final = """\
<Project>
  <PropertyGroup>
    <{package}Version>{version}</{package}Version>
    <RestorePackagesPath>$(MSBuildThisFileDirectory)packages</RestorePackagesPath>
  </PropertyGroup>
</Project>
"""


class NuGet(Installer):
    """The .NET SDK: a folder of packages, and a file of properties that names the release."""

    tool = "dotnet"
    usual_host = "api.nuget.org"
    phrases = Phrases(
        no_access=r"NU1301.*40[13] \(",
        no_answer="NU1301",
        no_package="NU1101: Unable to find package {package}[.]",
        no_release="NU1102: Unable to find package {package} ",
        noise="Determining projects|Restored |Build FAILED|[0-9]+ (?:Warning|Error)|Time Elapsed",
        ornament="/[^:]*[.]csproj : ",
    )

    def newest(self) -> str:
        """The newest release in the sources."""
        with tempfile.TemporaryDirectory() as project:
            finished = self._restore("*", Path(project))
            if not finished.ok:
                raise self.failed(finished)
            restored = Path(project, "obj", "project.assets.json")
            libraries: dict[str, object] = json.loads(restored.read_bytes())["libraries"]
        names = (name.partition("/") for name in libraries)
        return next(version for package, _, version in names if package == self.sdk.package)

    def install(self, release: str, into: Path) -> None:
        """Put the packages of a release and of its dependencies into a folder."""
        finished = self._put(release, into)
        if not finished.ok:
            raise self.failed(finished, release, into)

    def checkout(self, source: Path, into: Path) -> None:
        """Pack the checkout under a version that no source has, and install the package.

        It is built for the one framework that the adapter is built for: others need more of .NET
        than is here.
        """
        for left in ("bin", "obj"):
            shutil.rmtree(source / "sdk" / self.sdk.package / left, ignore_errors=True)
        feed = source / "conform-feed"
        released = source / "_VERSION"
        version = released.read_text(encoding="utf-8").strip() if released.is_file() else ""
        named = f"-property:PackageVersion={version or '0.0.0'}-checkout"
        framework = f"-property:TargetFrameworks={_framework()}"
        project = source / "sdk" / self.sdk.package / f"{self.sdk.package}.csproj"
        finished = _dotnet("pack", project, _ALONE, "--output", feed, named, framework, cwd=source)
        if not finished.ok:
            raise self.checkout_failed(finished, source, "does not build")
        packed = next(feed.glob(f"{self.sdk.package}.*.nupkg"))
        release = packed.stem.removeprefix(f"{self.sdk.package}.")
        finished = self._put(release, into, f"-property:RestoreAdditionalProjectSources={feed}")
        if not finished.ok:
            raise self.checkout_failed(finished, source)

    def registries(self, finished: Finished) -> Iterable[str]:  # noqa: ARG002 - not needed
        """The sources that NuGet.Config enables."""
        listed = _dotnet("nuget", "list", "source", "--format", "short", cwd=_EVERYWHERE).stdout
        return re.findall(r"^E\S* (\S+)", listed, re.MULTILINE)

    def installed(self) -> InstalledSdk:
        """The newest release in the folder of packages that the projects of the user share."""
        finished = _dotnet("nuget", "locals", "global-packages", "--list", cwd=Path.cwd())
        shared = Path(finished.stdout.partition("global-packages:")[2].strip())
        folders = (shared / self.sdk.package.lower()).glob("*")
        found = max((folder for folder in folders if _is_release(folder)), key=_order, default=None)
        if not finished.ok or found is None:
            raise self.not_in_environment(str(shared), "" if finished.ok else finished.reason)
        return InstalledSdk(found.name, found)

    def _put(self, release: str, into: Path, *options: str) -> Finished:
        named = _INSTALLED.format(package=self.sdk.package, version=release)
        (into / f"{self.sdk.package}.props").write_text(named, encoding="utf-8")
        with tempfile.TemporaryDirectory() as project:
            packages = ("--packages", str(into / "packages"))
            return self._restore(f"[{release}]", Path(project), *packages, *options)

    def _restore(self, version: str, project: Path, *options: str) -> Finished:
        consumer = _CONSUMER.format(package=self.sdk.package, version=version)
        (project / "Consumer.csproj").write_text(consumer, encoding="utf-8")
        return _dotnet("restore", _ALONE, *options, cwd=project)


def _dotnet(*words: str | Path, cwd: Path) -> Finished:
    return run(["dotnet", *words], cwd=cwd, environment=_ENVIRONMENT)


def _framework() -> str:
    """The framework of the dotnet that is here, such as ``net10.0``."""
    version = _dotnet("--version", cwd=_EVERYWHERE).stdout.strip()
    return f"net{version.partition('.')[0]}.0"


def _is_release(folder: Path) -> bool:
    try:
        return not Version(folder.name).is_prerelease
    except InvalidVersion:
        return False


def _order(folder: Path) -> Version:
    return Version(folder.name)
