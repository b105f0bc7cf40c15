"""The parts of .NET alone: its program, and the installer that reads its output."""

from __future__ import annotations

from collections.abc import Callable
import os
from pathlib import Path
import sys

import pytest
from tree_sitter import Language, Parser
import tree_sitter_c_sharp

from conform.core import manifest, protocol
from conform.core.errors import TargetUnavailableError
from conform.targets.installers import installer_of
from conform.targets.installers.installer import InstalledSdk
from conform.targets.names import Newest, SdkName
from conform.targets.resolve import resolve

SOURCES = sorted(manifest.named("dotnet").folder.glob("*.cs"))

SOURCE = "https://nuget.example/v3/index.json"
FAKE = """\
#!{python}
import json, os, pathlib, sys
words, here = sys.argv[1:], pathlib.Path.cwd()
match words[0], os.environ["DOTNET_SAYS"]:
    case "--version", _:
        print("10.0.100")
    case "nuget", _ if words[1] == "list":
        print("E https://reader:swordfish@nuget.example/v3/index.json")
        print("D https://api.nuget.org/v3/index.json")
    case "pack", "yes":
        assert "-property:TargetFrameworks=net10.0" in words
        [version] = [word.partition("=")[2] for word in words if "PackageVersion" in word]
        feed = pathlib.Path(words[words.index("--output") + 1])
        feed.mkdir()
        (feed / f"FilesCom.{{version}}.nupkg").touch()
    case "nuget", folder:
        print(f"global-packages: {{folder}}/")
    case "restore", "yes":
        assert "--disable-build-servers" in words
        (here / "obj").mkdir()
        libraries = dict.fromkeys(["Polly/7.2.1", "FilesCom/1.4.2"])
        (here / "obj/project.assets.json").write_text(json.dumps({{"libraries": libraries}}))
        if "--packages" in words:
            packages = pathlib.Path(words[words.index("--packages") + 1])
            packages.mkdir()
            (packages / "Consumer.csproj").write_text((here / "Consumer.csproj").read_text())
    case _, words:
        sys.exit(print(words) or 1)
"""
"""Replaces dotnet in the tests of its installer."""


@pytest.mark.parametrize("source", SOURCES, ids=[source.name for source in SOURCES])
def test_the_program_is_c_sharp(source: Path) -> None:
    parser = Parser(Language(tree_sitter_c_sharp.language()))
    assert not parser.parse(source.read_bytes()).root_node.has_error


def test_the_program_speaks_the_version_of_the_suite() -> None:
    [adapter] = [source for source in SOURCES if source.name == "Adapter.cs"]
    assert f"int Protocol = {protocol.VERSION};" in adapter.read_text()


def test_without_dotnet_the_error_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TargetUnavailableError) as unavailable:
        resolve(SdkName("dotnet", Newest()))
    assert unavailable.value.why == "dotnet is not on the PATH."
    assert "dotnet" in unavailable.value.fix


@pytest.fixture
def dotnet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[object], None]:
    """Puts a program called dotnet on the PATH, and sets its output."""
    program = tmp_path / "path" / "dotnet"
    program.parent.mkdir()
    program.write_text(FAKE.format(python=sys.executable))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return lambda words: monkeypatch.setenv("DOTNET_SAYS", str(words))


def test_the_installer_writes_the_release_beside_its_packages(
    dotnet: Callable[[object], None], tmp_path: Path
) -> None:
    nuget = installer_of(manifest.named("dotnet"))
    dotnet("yes")
    assert nuget.newest() == "1.4.2"
    into = tmp_path / "sdk"
    into.mkdir()
    nuget.install("1.4.2", into)
    assert "<FilesComVersion>1.4.2</FilesComVersion>" in (into / "FilesCom.props").read_text()
    consumer = (into / "packages" / "Consumer.csproj").read_text()
    assert '<PackageReference Include="FilesCom" Version="[1.4.2]" />' in consumer


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (
            "error NU1102: Unable to find package FilesCom with version (= 9.9.9)",
            f"FilesCom 9.9.9 is not on {SOURCE}.",
        ),
        (
            "error NU1101: Unable to find package FilesCom. No packages exist with this id",
            f"FilesCom is not on {SOURCE}.",
        ),
        ("error NU1301: Unable to load the service index", f"{SOURCE} cannot be reached."),
        (
            "error NU1301: Response status code does not indicate success: 401 (Unauthorized).",
            f"{SOURCE} refuses access.",
        ),
        ("error NU1605: Detected package downgrade", "FilesCom 9.9.9 cannot be installed here."),
    ],
)
def test_the_words_of_dotnet_are_quoted(
    dotnet: Callable[[object], None], tmp_path: Path, words: str, what: str
) -> None:
    dotnet(words)
    with pytest.raises(TargetUnavailableError) as unavailable:
        installer_of(manifest.named("dotnet")).install("9.9.9", tmp_path)
    assert (unavailable.value.what, unavailable.value.why) == (what, words)


@pytest.mark.parametrize("version", ["1.4.2\n", ""])
def test_a_checkout_is_packed_under_a_version_that_no_source_has(
    dotnet: Callable[[object], None], tmp_path: Path, version: str
) -> None:
    dotnet("yes")
    source, into = tmp_path / "source", tmp_path / "sdk"
    source.mkdir()
    into.mkdir()
    (source / "_VERSION").write_text(version)
    installer_of(manifest.named("dotnet")).checkout(source, into)
    packed = f"{version.strip() or '0.0.0'}-checkout"
    assert f"<FilesComVersion>{packed}</FilesComVersion>" in (into / "FilesCom.props").read_text()
    consumer = (into / "packages" / "Consumer.csproj").read_text()
    assert f'Include="FilesCom" Version="[{packed}]"' in consumer


def test_a_checkout_that_does_not_compile_shows_the_errors_of_its_own_files(
    dotnet: Callable[[object], None], tmp_path: Path
) -> None:
    dotnet(f"{tmp_path}/Session.cs(3,5): error CS1002: ; expected [{tmp_path}/FilesCom.csproj]")
    with pytest.raises(TargetUnavailableError, match="does not build") as unavailable:
        installer_of(manifest.named("dotnet")).checkout(tmp_path, tmp_path)
    assert unavailable.value.why == "Session.cs(3,5): error CS1002: ; expected [FilesCom.csproj]"


def test_the_newest_package_of_the_user_is_the_installed_sdk(
    dotnet: Callable[[object], None], tmp_path: Path
) -> None:
    nuget = installer_of(manifest.named("dotnet"))
    dotnet(tmp_path)
    with pytest.raises(TargetUnavailableError, match="FilesCom is not installed in"):
        nuget.installed()
    for release in ("1.0.150", "1.0.99", "2.0.0-beta.1"):
        (tmp_path / "filescom" / release).mkdir(parents=True)
    assert nuget.installed() == InstalledSdk("1.0.150", tmp_path / "filescom" / "1.0.150")
