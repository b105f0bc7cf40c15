"""``conform targets`` says what can be tested here, and how to get what is missing."""

from collections.abc import Callable
import json
from pathlib import Path

from click.testing import CliRunner
import pytest

from conform.cli.targets import targets
from conform.core import paths
from conform.core.manifest import AdapterFolder
from conform.targets import cache as kept

Folder = Callable[..., AdapterFolder]


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that holds the adapters of this test."""
    monkeypatch.setattr(paths, "adapters", lambda: tmp_path)
    return tmp_path


@pytest.mark.usefixtures("shelf", "cache")
def test_a_runtime_that_is_here_is_shown_with_its_version_and_the_releases(folder: Folder) -> None:
    folder()
    for release in ("1.10", "1.9"):
        kept.made("toy", "releases", release, "key", make=lambda _: None)
    shown = CliRunner().invoke(targets).output
    assert shown.startswith("toy  Toy: python")
    assert "cached:  1.9, 1.10\n" in shown
    assert json.loads(CliRunner().invoke(targets, ["--json"]).output)["available"] is True


@pytest.mark.usefixtures("shelf", "cache")
def test_what_is_missing_is_shown_with_the_command_that_gets_it(folder: Folder) -> None:
    folder(('program = "{python}"', 'program = "no-such-toy"'))
    shown = CliRunner().invoke(targets).output.splitlines()
    assert shown[0] == "toy  Toy: unavailable"
    assert shown[1].strip() == "missing: no-such-toy is not on the PATH."
    assert shown[2].strip() == "get it:  sudo get-toy"


def test_all_that_ship_are_listed() -> None:
    shown = CliRunner().invoke(targets, ["--json"]).output.splitlines()
    names = [json.loads(line)["name"] for line in shown]
    assert {"http", "python"} <= {*names}
    assert names == sorted(names)


@pytest.mark.usefixtures("shelf", "cache")
def test_what_an_adapter_is_untried_with_is_said(folder: Folder) -> None:
    folder(('language = "Toy"', 'language = "Toy"\nuntried = "It has met no toy yet."'))
    assert "note:    It has met no toy yet.\n" in CliRunner().invoke(targets).output
    listed = json.loads(CliRunner().invoke(targets, ["--json"]).output)
    assert listed["untried"] == "It has met no toy yet."
