"""Releases come from the registry of the user, or the error says what is wrong with it."""

from __future__ import annotations

import pytest

from conform.targets import commands
from conform.targets.names import Newest, Release, SdkName

from .conftest import Shop
from .ecosystems import write
from .server import NOWHERE

NEWEST = SdkName("toy", Newest())

pytestmark = pytest.mark.once


def release(version: str) -> SdkName:
    return SdkName("toy", Release(version))


def test_a_prerelease_is_installed_only_when_it_is_named(shop: Shop) -> None:
    shop.use(shop.server.url)
    prerelease = shop.ecosystem.prerelease
    for version in ("1.0.0", "1.1.0", prerelease):
        shop.ecosystem.publish(shop.server, version)
    targets = [shop.newest(), shop.release("1.0.0"), shop.release(prerelease)]
    releases = ["1.1.0", "1.0.0", prerelease]
    assert [target.name for target in targets] == [f"toy=={each}" for each in releases]
    assert [shop.constant(each) for each in targets] == [f"published {each}" for each in releases]


def test_a_release_that_does_not_exist_names_the_registry(shop: Shop) -> None:
    shop.use(shop.server.url)
    shop.ecosystem.publish(shop.server, "1.0.0")
    error = shop.refusal(release("9.9.9"))
    assert error.what.startswith(f"{shop.ecosystem.package} 9.9.9 is not on {shop.server.url}")
    assert "9.9.9" in error.why
    assert error.fix == "Name another release, or toy for the newest one."


def test_a_package_that_the_registry_lacks_is_not_advised_to_have_another_release(
    shop: Shop,
) -> None:
    shop.use(shop.server.url)
    error = shop.refusal(NEWEST)
    assert error.what.startswith(f"{shop.ecosystem.package} is not on {shop.server.url}")
    assert "to a registry that has it, or name a checkout: toy@PATH." in error.fix


def test_a_dependency_that_cannot_be_had_is_named(shop: Shop) -> None:
    shop.use(shop.server.url)
    shop.ecosystem.publish(shop.server, "1.0.0", needs=shop.ecosystem.missing)
    if not shop.ecosystem.resolves:
        assert shop.constant(shop.release("1.0.0")) == "published 1.0.0"
        return
    error = shop.refusal(release("1.0.0"))
    assert error.what == f"{shop.ecosystem.package} 1.0.0 cannot be installed here."
    assert shop.ecosystem.missing in error.why


def test_a_damaged_package_is_not_installed(shop: Shop) -> None:
    shop.use(shop.server.url)
    shop.ecosystem.publish(shop.server, "1.0.0", damaged=True)
    error = shop.refusal(release("1.0.0"))
    assert error.what == f"{shop.ecosystem.package} 1.0.0 cannot be installed here."


def test_a_registry_that_is_down_is_named(shop: Shop) -> None:
    shop.use(NOWHERE)
    for name in (NEWEST, release("1.0.0")):
        error = shop.refusal(name)
        assert error.what.startswith(NOWHERE)
        assert "cannot be reached." in error.what
        assert error.fix.startswith("Check the network and the settings of ")


def test_a_registry_that_does_not_answer_is_given_up(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "COMMAND_SECONDS", 4.0)
    shop.server.manner = "silent"
    shop.use(shop.server.url)
    error = shop.refusal(release("1.0.0"))
    assert "cannot be reached." in error.what or "did not end within 4 seconds." in error.what


def test_a_registry_that_asks_for_credentials_says_so(shop: Shop) -> None:
    shop.ecosystem.publish(shop.server, "1.0.0")
    shop.server.manner = "private"
    shop.use(shop.server.url)
    for name in (NEWEST, release("1.0.0")):
        error = shop.refusal(name)
        assert error.what.startswith(shop.server.url)
        assert error.what.endswith(" refuses access.")
        assert "credentials" in error.fix


def test_the_newest_release_is_never_taken_from_what_was_known_before(shop: Shop) -> None:
    shop.use(shop.server.url)
    shop.ecosystem.publish(shop.server, "1.0.0")
    assert shop.newest().release == "1.0.0"
    shop.server.manner = "private"
    error = shop.refusal(NEWEST)
    assert error.fix == "To test the release 1.0.0, which is installed here, name toy==1.0.0."


def test_a_private_registry_in_the_settings_of_the_user_is_used(shop: Shop) -> None:
    shop.configure()
    shop.ecosystem.publish(shop.server, "1.0.0")
    if shop.ecosystem.sends_credentials:
        shop.server.manner = "private"
    assert shop.constant(shop.newest()) == "published 1.0.0"
    assert shop.refusal(release("9.9.9")).what.startswith(
        f"{shop.ecosystem.package} 9.9.9 is not on {shop.server.url}"
    )


@pytest.mark.only("python")
@pytest.mark.parametrize("file", [".config/pip/pip.conf", ".pip/pip.conf"])
def test_an_index_that_only_pip_knows_is_used(shop: Shop, file: str) -> None:
    shop.configure()
    (shop.ecosystem.home / ".config/uv/uv.toml").unlink()
    index = f"[global]\nindex-url = {shop.server.url_with_credentials}/simple\n"
    write(shop.ecosystem.home, {file: index})
    shop.ecosystem.publish(shop.server, "1.0.0")
    shop.server.manner = "private"
    assert shop.constant(shop.newest()) == "published 1.0.0"


@pytest.mark.only("python")
def test_an_index_of_uv_comes_before_one_of_pip(shop: Shop) -> None:
    shop.configure()
    shop.set({"PIP_INDEX_URL": NOWHERE})
    shop.ecosystem.publish(shop.server, "1.0.0")
    assert shop.newest().release == "1.0.0"


@pytest.mark.only("go")
def test_a_proxy_after_another_one_is_asked_too(shop: Shop) -> None:
    shop.use(shop.server.url)
    shop.set({"GOPROXY": f"{shop.server.url}/empty,{shop.server.url}"})
    shop.ecosystem.publish(shop.server, "1.0.0")
    assert shop.newest().release == "1.0.0"
    asked = f"{shop.server.url}/empty or {shop.server.url}"
    assert shop.refusal(release("1.9.9")).what.endswith(f" 1.9.9 is not on {asked}.")
