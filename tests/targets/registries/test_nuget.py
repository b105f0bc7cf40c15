"""A folder of packages is a source of NuGet."""

from __future__ import annotations

from pathlib import Path
import shutil

import pytest

from conform.core import manifest
from conform.core.manifest import AdapterFolder
from conform.targets.installers import installer_of

from .ecosystems import archive, write

NUSPEC = """\
<?xml version="1.0"?>
<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
  <metadata>
    <id>FilesCom</id><version>{version}</version>
    <authors>us</authors><description>A toy</description>
  </metadata>
</package>
"""


@pytest.fixture
def adapter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AdapterFolder:
    """The adapter for .NET, and a user whose only source is a folder."""
    if shutil.which("dotnet") is None:
        pytest.skip("dotnet not on the PATH")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NUGET_PACKAGES", str(tmp_path / "packages"))
    for version in ("1.0.0", "1.1.0", "2.0.0-beta.1"):
        package = archive({"FilesCom.nuspec": NUSPEC.format(version=version)})
        feed = tmp_path / "feed"
        feed.mkdir(exist_ok=True)
        (feed / f"FilesCom.{version}.nupkg").write_bytes(package)
    sources = f'<clear /><add key="ours" value="{tmp_path}/feed" />'
    settings = f"<configuration><packageSources>{sources}</packageSources></configuration>"
    write(tmp_path, {".nuget/NuGet/NuGet.Config": settings})
    return manifest.named("dotnet")


def test_a_folder_of_packages_is_a_source(adapter: AdapterFolder, tmp_path: Path) -> None:
    nuget = installer_of(adapter)
    assert nuget.newest() == "1.1.0"
    into = tmp_path / "sdk"
    into.mkdir()
    nuget.install("1.0.0", into)
    assert (into / "packages/filescom/1.0.0").is_dir()
