"""A registry of each language on this machine, and an adapter whose SDK is in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import tempfile

import pytest

from conform.core.errors import ExitCode, TargetUnavailableError
from conform.core.manifest import AdapterFolder, read
from conform.targets.names import Checkout, Newest, Release, SdkName
from conform.targets.resolve import Target, resolve_with

from .ecosystems import ECOSYSTEMS, PLUGINS, Ecosystem, Java, absent
from .server import PASSWORD, RegistryServer, serving


class Shop:
    """A registry, its client, and the adapter of the package that it has."""

    def __init__(
        self, ecosystem: Ecosystem, server: RegistryServer, patch: pytest.MonkeyPatch
    ) -> None:
        self.ecosystem = ecosystem
        self.server = server
        self._patch = patch

    def use(self, url: str) -> None:
        """Send the client to an address, as a variable of the user says."""
        self.set(self.ecosystem.environment(url))

    def configure(self) -> None:
        """Send the client to the registry, as the settings of the user say."""
        self.set(self.ecosystem.configure(self.server))

    def set(self, variables: dict[str, str]) -> None:
        """Set variables of the user."""
        for name, value in variables.items():
            self._patch.setenv(name, value)

    @property
    def adapter(self) -> AdapterFolder:
        """The adapter of the package."""
        folder = self.ecosystem.folder / "toy"
        folder.mkdir(exist_ok=True)
        (folder / "adapter.toml").write_text(self.ecosystem.manifest(), encoding="utf-8")
        return read(folder)

    def newest(self) -> Target:
        """The newest release."""
        return resolve_with(self.adapter, SdkName("toy", Newest()))

    def release(self, version: str) -> Target:
        """One release."""
        return resolve_with(self.adapter, SdkName("toy", Release(version)))

    def checkout(self, folder: Path) -> Target:
        """A checkout."""
        return resolve_with(self.adapter, SdkName("toy", Checkout(folder)))

    def refusal(self, name: SdkName) -> TargetUnavailableError:
        """The error for a target that is unavailable, after a look at how it is written."""
        with pytest.raises(TargetUnavailableError) as caught:
            resolve_with(self.adapter, name)
        error = caught.value
        assert error.exit_code is ExitCode.NOTHING_TESTED
        assert len(error.why.splitlines()) <= 6
        assert max(map(len, error.why.splitlines())) <= 400
        assert PASSWORD not in str(error)
        temporary = tempfile.gettempdir()
        for private in (".unfinished", f"{temporary}/conform-", f"{temporary}/tmp"):  # noqa: S108 - looked for, not used
            assert private not in str(error)
        return error

    def constant(self, target: Target) -> str:
        """The constant that a program sees when it loads a target."""
        return self.ecosystem.constant(target.sdk)


@pytest.fixture
def shop(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Shop]:
    """An empty registry of one language, and a user who has no settings."""
    kind: type[Ecosystem] = request.param
    if missing := absent(kind):
        pytest.skip(f"{' and '.join(missing)} not on the PATH")
    if kind is Java and not PLUGINS.is_dir():
        pytest.skip(f"{PLUGINS} has no plugins of Maven")
    ecosystem = kind(tmp_path, tmp_path_factory.getbasetemp())
    monkeypatch.setenv("HOME", str(ecosystem.home))
    monkeypatch.setenv("CONFORM_CACHE", str(tmp_path / "cache"))
    for name in ("PIP_FIND_LINKS", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    with serving(tmp_path / "registry") as server:
        ecosystem.open_registry(server)
        yield Shop(ecosystem, server, monkeypatch)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of registries in every language."""
    if "shop" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("only")
        chosen = [each for each in ECOSYSTEMS if only is None or each.name in only.args]
        kinds = [pytest.param(each, id=each.name) for each in chosen]
        metafunc.parametrize("shop", kinds, indirect=True)
