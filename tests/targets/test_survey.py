"""``conform targets`` lists what can be tested here, and how to get what is missing."""

from collections.abc import Callable, Iterator
import json
from pathlib import Path

from click.testing import CliRunner
import pytest

from conform.cli.targets import targets
from conform.core import manifest, paths
from conform.core.manifest import AdapterFolder
from conform.targets import cache as kept

Folder = Callable[..., AdapterFolder]


@pytest.fixture
def adapters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Ships the adapters of this test only."""
    monkeypatch.setattr(paths, "adapters", lambda: tmp_path)
    manifest.shipped.cache_clear()
    yield
    manifest.shipped.cache_clear()


@pytest.mark.usefixtures("adapters", "cache")
def test_an_available_runtime_is_shown_with_its_version_and_the_cached_releases(
    folder: Folder,
) -> None:
    folder()
    for release in ("1.10", "1.9"):
        kept.made("toy", "releases", release, "key", make=lambda _: None)
    shown = CliRunner().invoke(targets).output
    assert shown.startswith("toy  Toy: python")
    assert "cached:  1.9, 1.10\n" in shown
    assert json.loads(CliRunner().invoke(targets, ["--json"]).output)["available"] is True


@pytest.mark.usefixtures("adapters", "cache")
def test_a_missing_program_is_shown_with_the_command_that_gets_it(folder: Folder) -> None:
    folder(('program = "{python}"', 'program = "no-such-toy"'))
    shown = CliRunner().invoke(targets).output.splitlines()
    assert shown[0] == "toy  Toy: unavailable"
    assert shown[1].strip() == "missing: no-such-toy is not on the PATH."
    assert shown[2].strip() == "get it:  sudo get-toy"


def test_all_shipped_adapters_are_listed() -> None:
    shown = CliRunner().invoke(targets, ["--json"]).output.splitlines()
    names = [json.loads(line)["name"] for line in shown]
    assert {"http", "python"} <= {*names}
    assert names == sorted(names)


@pytest.mark.usefixtures("adapters", "cache")
def test_an_untried_adapter_is_marked(folder: Folder) -> None:
    folder(('language = "Toy"', 'language = "Toy"\nuntried = "It has met no toy yet."'))
    assert "note:    It has met no toy yet.\n" in CliRunner().invoke(targets).output
    listed = json.loads(CliRunner().invoke(targets, ["--json"]).output)
    assert listed["untried"] == "It has met no toy yet."
