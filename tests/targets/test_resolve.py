"""The name of a target becomes a target that can be started, or an error that says what to do."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
import sys
import threading
import zipfile

import pytest

from conform.core import manifest
from conform.core.errors import ExitCode, TargetUnavailableError, UsageError
from conform.core.manifest import AdapterFolder
from conform.targets.names import Checkout, Installed, Newest, Release, SdkName
from conform.targets.resolve import Target, resolve, resolve_with

Folder = Callable[..., AdapterFolder]

INSTALL = ('installer = "none"', 'installer = "uv"\nregistry = "PyPI"\nrepository = "toys/toy-sdk"')
CHECKOUT = (
    "[start]",
    '[checkout]\ncontains = "setup.py"\n[pages]\ncheckout = ["page.md"]\n[start]',
)
WITH_SDK = ('"{adapter}/adapter.py"]', '"{adapter}/adapter.py", "{sdk}"]')


def named(which: Newest | Release | Checkout | Installed) -> SdkName:
    return SdkName("toy", which)


def sdk_of(target: Target) -> Path:
    return Path(target.launch.command[-1])


def _wheel(folder: Path, version: str, requires: str = "") -> None:
    name = f"toy_sdk-{version}"
    with zipfile.ZipFile(folder / f"{name}-py3-none-any.whl", "w") as wheel:
        needs = f"Requires-Dist: {requires}\n" if requires else ""
        wheel.writestr("toy_sdk.py", f"version = {version!r}\n")
        wheel.writestr(
            f"{name}.dist-info/METADATA",
            f"Metadata-Version: 2.1\nName: toy-sdk\nVersion: {version}\n{needs}",
        )
        wheel.writestr(
            f"{name}.dist-info/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr(f"{name}.dist-info/RECORD", "")


class _Index(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A registry on this machine with toy-sdk 1.0, 1.1 and 2.0; a dependency of 2.0 is missing."""
    project = tmp_path / "index" / "toy-sdk"
    project.mkdir(parents=True)
    for version, requires in (("1.0", ""), ("1.1", ""), ("2.0", "no-such-package>=5")):
        _wheel(project, version, requires)
    handler = partial(_Index, directory=str(tmp_path / "index"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("UV_DEFAULT_INDEX", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
        monkeypatch.setenv("UV_HTTP_RETRIES", "0")
        yield project
        server.shutdown()
        thread.join()


@pytest.mark.usefixtures("cache", "index")
def test_the_newest_release_is_the_newest_one_that_can_be_installed(folder: Folder) -> None:
    target = resolve_with(folder(INSTALL, WITH_SDK), named(Newest()))
    assert (target.name, target.release) == ("toy==1.1", "1.1")
    assert (sdk_of(target) / "toy_sdk.py").read_text() == "version = '1.1'\n"
    assert target.launch.command[0] == sys.executable


@pytest.mark.usefixtures("cache")
def test_a_newer_release_is_found_at_once(folder: Folder, index: Path) -> None:
    adapter = folder(INSTALL, WITH_SDK)
    assert resolve_with(adapter, named(Newest())).release == "1.1"
    _wheel(index, "1.2")
    assert resolve_with(adapter, named(Newest())).release == "1.2"


@pytest.mark.usefixtures("index")
def test_a_release_is_installed_once_and_without_the_registry_afterwards(
    folder: Folder, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = folder(INSTALL, WITH_SDK)
    first = resolve_with(adapter, named(Release("1.0")))
    assert sdk_of(first).is_relative_to(cache)
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9")
    assert resolve_with(adapter, named(Release("1.0"))) == first


@pytest.mark.usefixtures("cache", "index")
def test_two_runs_at_once_get_the_same_complete_release(folder: Folder) -> None:
    adapter = folder(INSTALL, WITH_SDK)
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(resolve_with, adapter, named(Release("1.0"))) for _ in range(2)]
        places = {sdk_of(each.result()) for each in runs}
    assert len(places) == 1
    assert (places.pop() / "toy_sdk.py").is_file()


@pytest.mark.usefixtures("index")
def test_a_release_that_does_not_exist_is_unavailable(folder: Folder, cache: Path) -> None:
    with pytest.raises(TargetUnavailableError) as caught:
        resolve_with(folder(INSTALL), named(Release("9.9.9")))
    assert caught.value.what.startswith("toy-sdk 9.9.9 is not on http://127.0.0.1:")
    assert "9.9.9" in caught.value.why
    assert caught.value.exit_code is ExitCode.NOTHING_TESTED
    assert not (cache / "toy").exists()


@pytest.mark.usefixtures("cache", "index")
def test_a_release_that_cannot_be_installed_gives_the_reason_of_the_installer(
    folder: Folder,
) -> None:
    with pytest.raises(TargetUnavailableError) as caught:
        resolve_with(folder(INSTALL), named(Release("2.0")))
    assert caught.value.what == "toy-sdk 2.0 cannot be installed here."
    assert caught.value.why.startswith("Because no-such-package was not found")


@pytest.mark.usefixtures("cache", "index")
def test_without_a_network_the_newest_is_unavailable_and_a_cached_release_is_offered(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = folder(INSTALL)
    resolve_with(adapter, named(Release("1.1")))
    resolve_with(adapter, named(Release("1.0")))
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9")
    with pytest.raises(TargetUnavailableError) as caught:
        resolve_with(adapter, named(Newest()))
    assert caught.value.what == "http://127.0.0.1:9 cannot be reached."
    assert "Connection refused" in caught.value.why
    assert caught.value.fix == "To test the release 1.1, which is installed here, name toy==1.1."


BACKEND = """
import pathlib, zipfile
def build_wheel(folder, *_):
    pathlib.Path("left-behind").touch()
    known = "toy_sdk-7.7.dist-info/"
    with zipfile.ZipFile(folder + "/toy_sdk-7.7-py3-none-any.whl", "w") as wheel:
        wheel.write("toy_sdk.py")
        wheel.writestr(known + "METADATA", "Metadata-Version: 2.1\\nName: toy-sdk\\nVersion: 7.7")
        wheel.writestr(known + "WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
        wheel.writestr(known + "RECORD", "")
    return "toy_sdk-7.7-py3-none-any.whl"
"""
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A checkout that builds with nothing but itself."""
    folder = tmp_path / "source"
    folder.mkdir()
    files = {"pyproject.toml": PROJECT, "backend.py": BACKEND, "toy_sdk.py": "", "setup.py": ""}
    for name, text in {**files, "page.md": "# Session"}.items():
        (folder / name).write_text(text)
    return folder


@pytest.mark.usefixtures("cache", "index")
def test_a_checkout_is_named_by_its_content_and_left_as_it_was(
    folder: Folder, source: Path
) -> None:
    adapter = folder(INSTALL, CHECKOUT, WITH_SDK)
    before = {each.name for each in source.iterdir()}
    first = resolve_with(adapter, named(Checkout(source)))
    assert first.name.startswith("toy@sha256:")
    assert first.release is None
    assert first.page == source / "page.md"
    assert (sdk_of(first) / "toy_sdk.py").is_file()
    assert {each.name for each in source.iterdir()} == before
    assert resolve_with(adapter, named(Checkout(source))) == first

    (source / "toy_sdk.py").write_text("changed = True")
    second = resolve_with(adapter, named(Checkout(source)))
    assert second.name != first.name
    assert (sdk_of(second) / "toy_sdk.py").read_text() == "changed = True"
    assert (sdk_of(first) / "toy_sdk.py").read_text() == ""


@pytest.mark.usefixtures("index")
def test_a_checkout_that_does_not_build_gives_the_reason_of_its_build(
    folder: Folder, cache: Path, source: Path
) -> None:
    (source / "backend.py").write_text("raise SystemExit('missing semicolon')")
    before = {each.name for each in source.iterdir()}
    with pytest.raises(TargetUnavailableError, match="The checkout of toy-sdk cannot be") as caught:
        resolve_with(folder(INSTALL, CHECKOUT), named(Checkout(source)))
    assert "missing semicolon" in caught.value.why
    assert {*cache.iterdir()} == {cache / ".unfinished"}
    assert {each.name for each in source.iterdir()} == before


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize(
    ("path", "what"), [("nowhere", "There is no folder"), (".", "is not a checkout of toy-sdk")]
)
def test_a_folder_that_is_not_a_checkout_is_refused(
    folder: Folder, tmp_path: Path, path: str, what: str
) -> None:
    with pytest.raises(UsageError, match=what) as caught:
        resolve_with(folder(INSTALL, CHECKOUT), named(Checkout(tmp_path / path)))
    assert "toys/toy-sdk" in caught.value.fix


def test_an_adapter_that_is_its_own_sdk_exists_once(folder: Folder, tmp_path: Path) -> None:
    adapter = folder(WITH_SDK)
    target = resolve_with(adapter, named(Newest()))
    assert (target.name, target.release) == ("toy", None)
    assert sdk_of(target) == adapter.folder
    for which in (Release("1.0"), Installed(), Checkout(tmp_path)):
        with pytest.raises(UsageError, match="toy has no"):
            resolve_with(adapter, named(which))


@pytest.mark.usefixtures("cache")
def test_an_sdk_that_the_environment_lacks_is_unavailable(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    with pytest.raises(TargetUnavailableError, match="toy-sdk is not installed in") as caught:
        resolve_with(folder(INSTALL), named(Installed()))
    assert sys.executable in caught.value.what


@pytest.mark.usefixtures("cache")
def test_an_installed_sdk_is_tested_in_its_place(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    adapter = folder(INSTALL, WITH_SDK, ("toy-sdk", "msgspec"))
    target = resolve_with(adapter, named(Installed()))
    assert target.name == "toy:installed"
    assert (sdk_of(target) / "msgspec").is_dir()
    assert target.release


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (('program = "{python}"', 'program = "no-such-toy"'), "no-such-toy is not on the PATH."),
        (('minimum = "3.11"', 'minimum = "99"'), "99 or newer is needed."),
        (('"--version"', '"-c", "raise SystemExit(5)"'), "It ended with exit code 5."),
        (('"--version"', '"-c", "print(\'none\')"'), "failed: none"),
    ],
)
def test_a_target_without_its_runtime_is_unavailable_with_the_command_that_gets_it(
    folder: Folder, change: tuple[str, str], why: str
) -> None:
    with pytest.raises(TargetUnavailableError, match="The SDK for Toy cannot run") as caught:
        resolve_with(folder(change), named(Newest()))
    assert caught.value.why.endswith(why)
    assert caught.value.fix == "Get it with: sudo get-toy"


BUILD = (
    "[start]",
    '[build]\ncommands = [["{python}", "{build}/build.py", "{sdk}"]]\n[start]',
)
BUILT = ('"{adapter}/adapter.py"]', '"{build}/built.py"]')


def test_a_compiled_adapter_is_built_once_for_each_content(folder: Folder, cache: Path) -> None:
    adapter = folder(BUILD, BUILT)
    source = adapter.folder / "build.py"
    source.write_text("open('built.py', 'x').write('one')")
    first = Path(resolve_with(adapter, named(Newest())).launch.command[-1])
    assert first.read_text() == "one"
    assert first.is_relative_to(cache)
    assert not (adapter.folder / "built.py").exists()
    assert Path(resolve_with(adapter, named(Newest())).launch.command[-1]) == first
    source.write_text("open('built.py', 'x').write('two')")
    assert Path(resolve_with(adapter, named(Newest())).launch.command[-1]).read_text() == "two"


@pytest.mark.usefixtures("cache")
def test_a_failed_compiler_is_quoted(folder: Folder) -> None:
    adapter = folder(BUILD, BUILT)
    (adapter.folder / "build.py").write_text("raise SystemExit('adapter.toy:7: missing semicolon')")
    with pytest.raises(TargetUnavailableError, match="The adapter toy does not compile") as caught:
        resolve_with(adapter, named(Newest()))
    assert caught.value.why == "adapter.toy:7: missing semicolon"


@pytest.mark.registry
@pytest.mark.usefixtures("cache")
def test_a_real_release_that_does_not_exist() -> None:
    with pytest.raises(TargetUnavailableError, match=r"^Files.com 9.9.9 is not on PyPI."):
        resolve(SdkName("python", Release("9.9.9")))


@pytest.mark.registry
@pytest.mark.usefixtures("cache")
def test_the_newest_real_release() -> None:
    target = resolve(SdkName("python", Newest()))
    assert target.release
    assert target.name == f"python=={target.release}"
    assert (sdk_of(target) / "files_sdk").is_dir()
    assert target.manifest == manifest.named("python").manifest
