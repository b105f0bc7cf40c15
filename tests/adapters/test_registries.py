"""An unreachable registry, or one without the release, is quoted."""

from __future__ import annotations

import json
from pathlib import Path
import shutil

from msgspec import Struct
import pytest

from conform.core import manifest
from conform.core.errors import TargetUnavailableError
from conform.targets.names import Newest, Release, SdkName
from conform.targets.resolve import resolve

NOWHERE = "http://127.0.0.1:9"


class Registry(Struct, frozen=True, kw_only=True):
    """A registry, and settings that send its client to a closed port."""

    sdk: str
    name: str
    settings: dict[str, str]
    """Environment variables; ``{folder}`` is a folder of the test."""
    files: dict[str, str] = {}
    """The files in that folder."""
    shown: str = NOWHERE
    """What the user has set is what is shown."""
    words: str
    """Words of the client that cannot connect."""
    missing: tuple[str, ...] = ()
    """Releases that do not exist."""
    package: str = ""


REGISTRIES = (
    Registry(
        sdk="javascript",
        name="npm",
        settings={"npm_config_registry": f"{NOWHERE}/", "npm_config_fetch_retries": "0"},
        words="ECONNREFUSED",
        missing=("0.0.1",),
        package="files.com",
    ),
    Registry(
        sdk="ruby",
        name="RubyGems",
        settings={"GEMRC": "{folder}/gemrc"},
        files={"gemrc": f":sources:\n- {NOWHERE}/\n"},
        words="Failed to open TCP connection to 127.0.0.1:9",
    ),
    Registry(
        sdk="php",
        name="Packagist",
        settings={"COMPOSER_HOME": "{folder}"},
        files={
            "config.json": json.dumps(
                {
                    "repositories": [{"type": "composer", "url": NOWHERE}, {"packagist": False}],
                    "config": {"secure-http": False},
                }
            )
        },
        words="Failed to connect to 127.0.0.1 port 9",
    ),
    Registry(
        sdk="go",
        name="Go's module proxy",
        settings={"GOPROXY": f"{NOWHERE}/"},
        words="connection refused",
        missing=("3.0.99999", "1.x"),
        package="github.com/Files-com/files-sdk-go/v3",
    ),
    Registry(
        sdk="java",
        name="Maven Central",
        settings={
            "MAVEN_OPTS": "-Duser.home={folder} -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=9"
        },
        shown="Maven Central",
        words="127.0.0.1:9",
    ),
)


@pytest.fixture
def registry(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Registry:
    """A registry whose client is here, with an empty cache."""
    registry: Registry = request.param
    requires = manifest.named(registry.sdk).manifest.requires
    missing = [each.program for each in requires if shutil.which(each.program) is None]
    if missing:
        pytest.skip(f"{' and '.join(missing)} not on the PATH")
    monkeypatch.setenv("CONFORM_CACHE", str(tmp_path / "cache"))
    return registry


@pytest.mark.parametrize(
    "registry", [pytest.param(each, id=each.sdk) for each in REGISTRIES], indirect=True
)
def test_an_unreachable_registry_is_quoted(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in registry.files.items():
        (tmp_path / name).write_text(text)
    for name, value in registry.settings.items():
        monkeypatch.setenv(name, value.format(folder=tmp_path))
    with pytest.raises(TargetUnavailableError) as unavailable:
        resolve(SdkName(registry.sdk, Newest()))
    assert unavailable.value.what == f"{registry.shown} cannot be reached."
    assert registry.words in unavailable.value.why


@pytest.mark.registry
@pytest.mark.parametrize(
    "registry",
    [pytest.param(each, id=each.sdk) for each in REGISTRIES if each.missing],
    indirect=True,
)
def test_a_release_that_does_not_exist_is_unavailable(registry: Registry) -> None:
    for release in registry.missing:
        with pytest.raises(TargetUnavailableError) as unavailable:
            resolve(SdkName(registry.sdk, Release(release)))
        expected = f"{registry.package} {release} is not on {registry.name}."
        assert unavailable.value.what == expected
