"""The Java adapter is compiled with a real SDK of any generation, and shows what that does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import os
from pathlib import Path
import shutil
import subprocess
from typing import Any
import zipfile

import pytest

from conform import locations
from conform.cases.replies import Answer, Drop
from conform.errors import TargetUnavailableError
from conform.protocol import Credentials, Network, Raised, Returned, Start, Started, Unsupported
from conform.servers import Certificates, Gateway
from conform.targets import cache
from conform.targets.checker import Kept, check
from conform.targets.names import Checkout, Installed, Newest, Release, SdkName
from conform.targets.resolve import Target, resolve
from conform.values import ABSENT, Bytes, Integer, Null, String

CHECKOUT = "CONFORM_CHECKOUT_JAVA"
REFUSAL = {"error": "Invalid", "http-code": 401, "type": "not-authenticated/invalid-credentials"}
EMPTY = Answer(status=200, json={})
LARGEST = 2**63 - 1

METADATA = """\
<metadata>
  <groupId>com.files</groupId>
  <artifactId>files-sdk</artifactId>
  <versioning>
    <release>{release}</release>
    <versions><version>{release}</version></versions>
  </versioning>
</metadata>
"""
SETTINGS = """\
<settings>
  <profiles>
    <profile>
      <id>published</id>
      <repositories><repository><id>published</id><url>{url}</url></repository></repositories>
    </profile>
  </profiles>
  <activeProfiles><activeProfile>published</activeProfile></activeProfiles>
</settings>
"""

NEEDED = ("java", "javac", "mvn")
MISSING = [program for program in NEEDED if shutil.which(program) is None]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"{' and '.join(MISSING)} not on the PATH")


@pytest.fixture(scope="module")
def checkout() -> Path:
    if CHECKOUT not in os.environ:
        pytest.skip(f"{CHECKOUT} names no checkout of the Java SDK")
    return Path(os.environ[CHECKOUT])


@pytest.fixture(scope="module")
def target(checkout: Path) -> Target:
    return resolve(SdkName("java", Checkout(checkout)))


@pytest.fixture(scope="module")
def jars(target: Target) -> Path:
    """The folder that the checkout was built into."""
    [path] = (word for word in target.launch.command if word.endswith("/*"))
    return Path(path.rpartition(":")[2]).parent


def started(asked: Any, **more: Any) -> Started:
    """Start an adapter and let it send every request once."""
    answer = asked.adapter.ask(Start(protocol=1, base_url=asked.gateway.url, **more), 60)
    assert isinstance(answer, Started), (answer, asked.adapter.output())
    asked.set(network=Network(attempts=1))
    return answer


@pytest.fixture
def java(target: Target, behind_gateway: Callable[..., Any]) -> Iterator[Any]:
    with behind_gateway(target.launch) as asked:
        started(asked)
        yield asked


def test_every_rule_of_the_protocol_is_kept(target: Target) -> None:
    findings = list(check(target.launch, target.manifest.naming))
    assert [each for each in findings if not isinstance(each, Kept)] == []


def test_start_says_what_the_package_says(
    target: Target, checkout: Path, behind_gateway: Callable[..., Any]
) -> None:
    with behind_gateway(target.launch) as asked:
        answer = started(asked)
    assert answer.sdk.name == "com.files:files-sdk"
    assert answer.sdk.version == (checkout / "_VERSION").read_text().strip()
    assert all(each.startswith("com.files.exceptions.") for each in answer.error_families)
    forms = {each.operation: each.forms for each in answer.operations if each.resource == "Session"}
    assert forms == {
        "create": ("static",),
        "delete": ("static",),
        "destroy": ("static",),
        "new": ("construct",),
        "save": ("instance",),
    }


def test_a_session_is_created_and_its_attributes_are_read(java: Any) -> None:
    created = java.call(
        "Session.create",
        Answer(status=201, json={"id": "\u2028 🎉", "language": None}),
        given={"username": "mötor 🎉", "password": "vroom"},
        read=("id", "language", "noSuch"),
    )
    assert created.value.native == "com.files.models.Session"
    assert created.attributes == {
        "id": String(text="\u2028 🎉", native="String"),
        "language": Null(native="null"),
        "noSuch": ABSENT,
    }
    assert [(r.method, r.target) for r in java.requests] == [("POST", "/api/rest/v1/sessions")]


def test_half_a_pair_is_shown_as_bytes(java: Any) -> None:
    created = java.call(
        "Session.create", Answer(status=201, text=r'{"id": "\ud83c"}'), read=("id",)
    )
    assert created.attributes == {"id": Bytes(base64="7aC8", native="String")}


def test_an_object_is_made_kept_and_saved(java: Any) -> None:
    made = java.call(
        "User.", form="construct", given={"id": LARGEST, "name": "n"}, keep="it", read=("id",)
    )
    assert made.attributes == {"id": Integer(text=str(LARGEST), native="Long")}
    assert java.requests == ()
    kept = java.call("User.", form="read", on="it", read=("id", "name"))
    assert kept.attributes["name"] == String(text="n", native="String")


def test_credentials_are_global_until_reset_or_of_one_call(java: Any) -> None:
    def sent(**asked: Any) -> str | None:
        outcome = java.call("Session.delete", EMPTY, **asked)
        if isinstance(outcome, Raised):
            assert outcome.message.startswith("Authentication required"), outcome
            return None
        return java.requests[0].header("X-FilesAPI-Auth")

    java.set(credentials=Credentials(session_id="of-all"))
    assert sent() == "of-all"
    assert sent(options=Credentials(session_id="of-one")) == "of-one"
    java.reset()
    assert sent() is None


def test_an_error_carries_what_the_sdk_gives_it(java: Any) -> None:
    error = java.call("Session.create", Answer(status=401, json=REFUSAL))
    assert isinstance(error, Raised)
    assert error.http_status == 401
    assert "com.files.exceptions.ApiErrorException" in error.ancestors
    assert "java.lang.Throwable" in error.ancestors
    assert isinstance(java.call("Session.create", Drop(how="reset")), Raised)


def test_settings_that_no_release_has_are_named(java: Any) -> None:
    configured = java.set(
        network=Network(attempts=2, connect_seconds=1, first_delay_seconds=0.01, read_seconds=1)
    )
    assert set(configured.applied) == {"attempts", "first_delay_seconds"}
    assert set(configured.unsupported) == {"connect_seconds", "read_seconds"}


@pytest.mark.parametrize(
    ("operation", "asked", "reason"),
    [
        ("Session.noSuch", {}, "Session has no static noSuch"),
        ("NoSuch.create", {}, "there is no NoSuch"),
        ("Session.save", {}, "Session has no static save"),
        (
            "Session.save",
            {"form": "instance", "on": "it", "options": Credentials(api_key="own")},
            "Session has no instance save that takes options",
        ),
    ],
)
def test_what_a_release_lacks_is_found_by_reflection(
    java: Any, operation: str, asked: dict[str, Any], reason: str
) -> None:
    java.call("Session.", form="construct", keep="it")
    assert java.call(operation, **asked) == Unsupported(reason=reason)
    assert java.requests == ()


def test_only_the_given_authority_is_trusted(
    target: Target, behind_gateway: Callable[..., Any], tmp_path: Path
) -> None:
    authority = Certificates(tmp_path)
    for ca_file, outcome in ((str(authority.ca_file), Returned), (None, Raised)):
        with Gateway(authority.context("tls")) as gateway, behind_gateway(target.launch) as asked:
            asked.gateway = gateway
            started(asked, ca_file=ca_file)
            assert isinstance(asked.call("Session.create"), outcome)


def test_logs_go_to_standard_error(target: Target, behind_gateway: Callable[..., Any]) -> None:
    with behind_gateway(target.launch) as asked:
        started(asked, log_level="debug")
        asked.call("Session.create")
        assert "DEBUG com.files.net." in asked.adapter.output()


def test_the_compiler_has_no_complaint(jars: Path, tmp_path: Path) -> None:
    sources = sorted((locations.adapters() / "java" / "src" / "conform").glob("*.java"))
    command = ["javac", "-Xlint:all", "-Werror", "-d", tmp_path, "-cp", f"{jars}/*", *sources]
    subprocess.run(command, check=True)


def test_a_jar_on_the_class_path_is_what_is_installed(
    jars: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLASSPATH", "")
    with pytest.raises(TargetUnavailableError, match="not installed in CLASSPATH"):
        resolve(SdkName("java", Installed()))
    [jar] = jars.glob("files-sdk-*.jar")
    monkeypatch.setenv("CLASSPATH", f"nothing.jar:{jar}")
    assert jar.stem == f"files-sdk-{resolve(SdkName('java', Installed())).release}"


def test_a_registry_out_of_reach_is_told_in_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = "-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=9"
    monkeypatch.setenv("MAVEN_OPTS", f"-Duser.home={tmp_path} {nowhere}")
    monkeypatch.setenv("CONFORM_CACHE", str(tmp_path))
    with pytest.raises(TargetUnavailableError) as unavailable:
        resolve(SdkName("java", Newest()))
    assert unavailable.value.what == "Maven Central cannot be reached."
    assert "127.0.0.1:9" in unavailable.value.why


@pytest.mark.registry
def test_what_the_compiler_says_is_told(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken"
    cache.copy(checkout, broken)
    models = broken / "src" / "main" / "java" / "com" / "files" / "models"
    (models / "Broken.java").write_text("package com.files.models;\nclass Broken { int i = true; }")
    monkeypatch.setenv("CONFORM_CACHE", str(tmp_path))
    with pytest.raises(TargetUnavailableError) as unavailable:
        resolve(SdkName("java", Checkout(broken)))
    assert "Broken.java:[2,24] incompatible types" in unavailable.value.why


@pytest.fixture
def published(jars: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The checkout's release, in a repository of its own beside the one that has the rest."""
    [jar] = jars.glob("files-sdk-*.jar")
    release = jar.stem.removeprefix("files-sdk-")
    folder = tmp_path / "published" / "com" / "files" / "files-sdk"
    (folder / release).mkdir(parents=True)
    shutil.copy(jar, folder / release)
    with zipfile.ZipFile(jar) as content:
        pom = content.read("META-INF/maven/com.files/files-sdk/pom.xml")
    (folder / release / f"{jar.stem}.pom").write_bytes(pom)
    (folder / "maven-metadata.xml").write_text(METADATA.format(release=release))
    home = tmp_path / "home"
    (home / ".m2").mkdir(parents=True)
    settings = SETTINGS.format(url=(tmp_path / "published").as_uri())
    (home / ".m2" / "settings.xml").write_text(settings)
    monkeypatch.setenv("MAVEN_OPTS", f"-Duser.home={home}")
    monkeypatch.setenv("CONFORM_CACHE", str(tmp_path / "cache"))
    return release


@pytest.mark.registry
def test_the_newest_release_is_installed_from_its_repository(
    published: str, behind_gateway: Callable[..., Any]
) -> None:
    target = resolve(SdkName("java", Newest()))
    assert target.name == f"java=={published}"
    with behind_gateway(target.launch) as asked:
        assert started(asked).sdk.version == published
        assert isinstance(asked.call("Session.create"), Returned)


@pytest.mark.registry
def test_a_release_that_never_was_is_unavailable(published: str) -> None:
    assert published
    with pytest.raises(TargetUnavailableError, match=r"0\.0\.0 is not on Maven Central"):
        resolve(SdkName("java", Release("0.0.0")))
