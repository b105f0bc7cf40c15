"""The template of the guide is an adapter that keeps the protocol."""

import json
from pathlib import Path
import re
import sys

import msgspec
import pytest

from conform.core import manifest, paths
from conform.core.protocol import Outcome
from conform.targets.checker import RuleBroken, check
from conform.targets.launch import CLEAN, Launch, Places

GUIDE = Path(__file__).parents[2] / "docs" / "adapters.md"

MY_SDK = """
class Error(Exception):
    status = type = None

class Sessions:
    def create(self, parameters=None):
        raise Error("nobody listens")

class Client:
    def __init__(self, base_url):
        self.session = Sessions()
"""


def blocks(language: str) -> list[str]:
    """The code blocks of the guide in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE.read_text(), re.DOTALL | re.MULTILINE)


@pytest.fixture
def template(tmp_path: Path) -> Launch:
    """The template of the guide, with an SDK written for this test."""
    folder, sdk = tmp_path / "mine", tmp_path / "sdk"
    folder.mkdir()
    (folder / "adapter.toml").write_text(blocks("toml")[0])
    (folder / "adapter.py").write_text(blocks("python")[0])
    (folder / "wire.py").write_text((paths.adapters() / "http" / "wire.py").read_text())
    (sdk / "my_sdk-1.0.dist-info").mkdir(parents=True)
    (sdk / "my_sdk-1.0.dist-info" / "METADATA").write_text("Name: my-sdk\nVersion: 1.0\n")
    (sdk / "my_sdk.py").write_text(MY_SDK)
    mine = manifest.read(folder)
    places = Places(runtime=Path(sys.executable), adapter=folder, sdk=sdk)
    return Launch(places.fill(mine.manifest.start.command), CLEAN)


def test_the_template_keeps_the_protocol(template: Launch) -> None:
    naming = manifest.named("python").manifest.naming
    found = [*check(template, naming)]
    assert [each for each in found if isinstance(each, RuleBroken)] == []


def test_the_examples_of_outcomes_are_valid() -> None:
    for line in blocks("json")[0].splitlines():
        outcome = msgspec.json.decode(line, type=Outcome)
        assert json.loads(msgspec.json.encode(outcome)) == json.loads(line)


def test_the_description_of_adapter_toml_is_a_valid_one(tmp_path: Path) -> None:
    text = (paths.adapters() / "README.md").read_text()
    [described] = re.findall(r"^```toml\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    (tmp_path / "adapter.toml").write_text(described)
    assert manifest.read(tmp_path).name == "python"
