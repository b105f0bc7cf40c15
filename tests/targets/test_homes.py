"""An installer has a home and temporary files of its own, and the settings of the user."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import uv

from conform.core.errors import TargetUnavailableError
from conform.targets.names import Installed, Release, SdkName
from conform.targets.resolve import resolve

TOOL = """#!/bin/sh
case "$1" in
--version|-r) echo 99.0; exit ;;
-e) exit ;;
root) echo "$HOME"; exit ;;
esac
echo "setting: $(cat "$HOME/{setting}"), HOME=$HOME, TMPDIR=$TMPDIR" >&2
echo downloaded > "$HOME/{downloads}/file"
touch "$HOME/left" "$TMPDIR/left"
exit 1
"""
PROGRAMS = ("node", "npm", "ruby", "gem", "php", "composer", "uv")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of a user, and a folder for temporary files next to it."""
    for name, variable in (("home", "HOME"), ("tmp", "TMPDIR")):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(variable, str(tmp_path / name))
    return tmp_path / "home"


def put_tools(tmp_path: Path, patch: pytest.MonkeyPatch, *, setting: str, downloads: str) -> None:
    """Put programs first on the PATH that read a setting and write into three folders."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in PROGRAMS:
        (folder / name).write_text(TOOL.format(setting=setting, downloads=downloads))
        (folder / name).chmod(0o755)
    patch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    patch.setattr(uv, "find_uv_bin", lambda: str(folder / "uv"))


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize(
    ("sdk", "setting", "downloads"),
    [
        ("python", ".config/uv/uv.toml", ".cache/uv"),
        ("python", ".netrc", ".cache/uv"),
        ("javascript", ".npmrc", ".npm"),
        ("ruby", ".gemrc", ".cache/gem"),
        ("php", ".config/composer/auth.json", ".cache/composer"),
    ],
)
def test_only_settings_and_downloads_are_those_of_the_user(
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    sdk: str,
    setting: str,
    downloads: str,
) -> None:
    put_tools(tmp_path, monkeypatch, setting=setting, downloads=downloads)
    (home / setting).parent.mkdir(parents=True, exist_ok=True)
    (home / setting).write_text("mine")
    with pytest.raises(TargetUnavailableError) as caught:
        resolve(SdkName(sdk, Release("1.0")))
    said = caught.value.why
    assert "setting: mine," in said
    for name, last in (("HOME", "home"), ("TMPDIR", "tmp")):
        place = Path(said.split(f"{name}=")[1].split(",")[0].split()[0])
        assert place.parent.parent == tmp_path / "tmp"
        assert place.name == last
    assert list((tmp_path / "tmp").iterdir()) == []
    files = {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()}
    assert files == {setting, f"{downloads}/file"}


@pytest.mark.usefixtures("cache")
def test_a_user_without_a_home_can_install(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_tools(tmp_path, monkeypatch, setting=".npmrc", downloads=".npm")
    home.rmdir()
    home.write_text("not a folder")
    with pytest.raises(TargetUnavailableError) as caught:
        resolve(SdkName("javascript", Release("1.0")))
    assert "setting: ," in caught.value.why


def test_what_is_installed_is_looked_for_in_the_home_of_the_user(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_tools(tmp_path, monkeypatch, setting=".npmrc", downloads=".npm")
    (tmp_path / "programs" / "node").write_text("#!/bin/sh\n[ $1 = --version ] && echo 99.0\n")
    with pytest.raises(TargetUnavailableError) as caught:
        resolve(SdkName("javascript", Installed()))
    assert caught.value.why == f"Neither that folder nor {home} has it."
