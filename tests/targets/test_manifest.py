"""``adapter.toml`` is read strictly, and the shipped manifests are valid."""

from collections.abc import Callable
from pathlib import Path
import sys

import pytest

from conform.core import manifest, paths
from conform.core.errors import UsageError
from conform.core.manifest import AdapterFolder, NameExceptions, Naming
from conform.targets.installers import INSTALLERS
from conform.targets.launch import Launch, Places

Folder = Callable[..., AdapterFolder]


@pytest.mark.parametrize("name", manifest.known())
def test_every_shipped_adapter_can_be_read(name: str) -> None:
    adapter = manifest.named(name)
    assert adapter.name == name
    assert adapter.folder == (paths.adapters() / name).resolve()
    assert adapter.manifest.sdk.installer in INSTALLERS


def test_the_reference_client_and_python_are_shipped() -> None:
    assert {"http", "python"} <= {*manifest.known()}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('name = "toy"', 'name = "toy"\ncolour = "red"'), "unknown field `colour`"),
        (('language = "Toy"', ""), "missing required field `language`"),
        (('installer = "none"', 'installer = "curl"'), "Invalid enum value 'curl'"),
        (('command = ["{python}", "{adapter}/adapter.py"]', "command = []"), "length >= 1"),
        (('minimum = "3.11"', 'minimum = "new"'), "matching regex"),
        (('resource = "snake"', 'resource = "kebab"'), "Invalid enum value 'kebab'"),
        (("[sdk]", "[[sdk]]"), "Expected `object`"),
        (("[start]", "[start"), "line 8"),
        (("[start]", '[checkout]\ncontains = "/etc/passwd"\n[start]'), "matching regex"),
    ],
)
def test_an_invalid_manifest_is_refused_with_the_reason(
    folder: Folder, change: tuple[str, str], said: str
) -> None:
    with pytest.raises(UsageError, match="does not contain a valid adapter") as caught:
        folder(change)
    assert said in caught.value.why


@pytest.mark.parametrize("make", [Path.mkdir, Path.touch, Path.exists])
def test_a_folder_without_a_manifest_is_refused(
    tmp_path: Path, make: Callable[[Path], object]
) -> None:
    make(tmp_path / "it")
    with pytest.raises(UsageError, match=r"it does not contain a valid adapter"):
        manifest.read(tmp_path / "it")


def test_a_binary_manifest_is_refused(tmp_path: Path) -> None:
    (tmp_path / "adapter.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError):
        manifest.read(tmp_path)


@pytest.mark.parametrize(
    ("style", "spelled"),
    [
        ("snake", "allowed_2fa_method_sms"),
        ("camel", "allowed2faMethodSms"),
        ("pascal", "Allowed2faMethodSms"),
    ],
)
def test_names_are_spelled_in_the_style_of_the_sdk(
    style: manifest.NamingStyle, spelled: str
) -> None:
    naming = Naming(resource=style, operation=style, attribute=style)
    assert naming.spell("attribute", "allowed_2fa_method_sms") == spelled


def test_an_exception_overrides_the_style_of_its_own_kind_only() -> None:
    exceptions = NameExceptions(operation={"delete": "delete_"})
    naming = Naming(resource="snake", operation="snake", attribute="snake", exceptions=exceptions)
    assert naming.spell("operation", "delete") == "delete_"
    assert naming.spell("attribute", "delete") == "delete"


def test_placeholders_are_filled_in(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOY_ROOT", "/toys")
    monkeypatch.delenv("TOY_CAGE", raising=False)
    more = 'environment = { SDK = "{sdk}:{{}}" }\ninherit = ["TOY_ROOT", "TOY_CAGE"]\n[naming]'
    adapter = folder(("[naming]", more), ('"{python}", "', '"{python}", "{runtime}", "'))
    places = Places(runtime=Path("/bin/toy"), adapter=adapter.folder, sdk=Path("/sdk"))
    launch = Launch.of(adapter.manifest.start, places)
    assert launch.command == (sys.executable, "/bin/toy", f"{adapter.folder}/adapter.py")
    assert launch.environment["SDK"] == "/sdk:{}"
    assert launch.environment["TOY_ROOT"] == "/toys"
    assert "TOY_CAGE" not in launch.environment


@pytest.mark.parametrize("word", ["{build}", "{nothing}", "{", "{0}", "{sdk.parent}"])
def test_an_unknown_placeholder_is_refused(word: str) -> None:
    places = Places(runtime=Path("/r"), adapter=Path("/a"), sdk=Path("/s"))
    with pytest.raises(UsageError, match="cannot be filled in"):
        places.fill((word,))
