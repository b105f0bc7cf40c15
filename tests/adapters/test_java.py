"""The parts of Java alone: surrogates, static methods, logs, its compiler, jars and Maven."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
import shutil
import subprocess
from typing import Any
import zipfile

import pytest

from conform.cases.replies import Answer
from conform.core import paths
from conform.core.errors import TargetUnavailableError
from conform.core.protocol import Call, Configure, Returned, Rig, Unsupported
from conform.core.values import ABSENT, NULL, Bytes, Integer, String
from conform.targets import cache
from conform.targets.names import Checkout, Installed, Newest, Release, SdkName
from conform.targets.resolve import Target, resolve

from .known import REFUSAL

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


@pytest.fixture(scope="module")
def which() -> str:
    return "java"


@pytest.fixture(scope="module")
def jars(target: Target) -> Path:
    """The folder with the jars of the checkout."""
    [path] = (word for word in target.launch.command if word.endswith("/*"))
    return Path(path.rpartition(":")[2]).parent


def test_a_lone_surrogate_is_shown_as_bytes(adapter: Any) -> None:
    created = adapter.call(
        "Session.create", Answer(status=201, text=r'{"id": "\ud83c"}'), read=("id",)
    )
    assert created.attributes == {"id": Bytes(base64="7aC8", native="String")}


def test_an_object_has_the_static_methods_of_its_class_even_where_it_is_null(adapter: Any) -> None:
    adapter.set(apiKey="key")
    for body in ("{}", "null"):
        adapter.call("Session.create", Answer(status=201, text=body), keep="session")
        ended = adapter.call("Session.destroy", Answer(text="{}"), form="instance", on="session")
        assert isinstance(ended, Returned)
        assert [each.method for each in adapter.requests] == ["DELETE"]
    saved = adapter.call("Session.save", form="instance", on="session")
    assert (saved.error, adapter.requests) == ("java.lang.NullPointerException", ())
    read = adapter.call("Session.create", form="read", on="session", read=("id",))
    assert read.attributes == {"id": ABSENT}


@pytest.mark.parametrize(
    ("arguments", "is_compiled"),
    [
        ({"positional": (Integer(text="7"),), "named": {}}, True),
        ({"positional": (Integer(text="7"), NULL, NULL)}, True),
        ({"positional": (Integer(text="7"),)}, False),
        ({"positional": (String(text="7"),), "named": {}}, False),
        ({"positional": (NULL,), "named": {}}, False),
        ({"named": {"id": Integer(text="7")}, "options": {}}, True),
    ],
)
def test_the_overload_is_the_one_that_the_compiler_chooses(
    adapter: Any, arguments: dict[str, Any], *, is_compiled: bool
) -> None:
    adapter.set(apiKey="key")
    call = Call(resource="User", operation="find", **arguments)
    outcome = adapter.ask(call, Answer(json={"id": 7}))
    assert isinstance(outcome, Returned if is_compiled else Unsupported)
    assert len(adapter.requests) == is_compiled


def test_a_setting_is_a_field_or_a_property_that_there_is(adapter: Any) -> None:
    made = adapter.set(Rig(), apiKey="a", upstreamMaxAttempts=0, no_such="a", session="a")
    assert made.applied == ("apiKey", "upstreamMaxAttempts")
    assert made.unsupported == ("no_such", "session")
    nothing = Configure(settings={"apiRoot": NULL})
    raised = adapter.adapter.ask(nothing, 60)
    assert raised.error == "java.lang.NullPointerException"


def test_no_cookie_and_no_connection_outlives_a_reset(adapter: Any) -> None:
    cookie = Answer(status=201, json={}, headers={"Set-Cookie": "of=one; Path=/"})
    adapter.call("Session.create", cookie)
    adapter.reset()
    adapter.call("Session.create")
    assert adapter.requests[0].header("Cookie") is None


def test_an_error_has_its_public_members(adapter: Any) -> None:
    body = {**REFUSAL, "errors": ["one"], "instance": "motor"}
    raised = adapter.call("Session.create", Answer(status=401, json=body))
    assert raised.members["error"] == String(text="Invalid", native="String")
    assert raised.members["instance"] == String(text="motor", native="String")
    assert str(raised.members["errors"]) == '["one"]'
    assert not {"message", "class", "stackTrace", "cause", "toString"} & {*raised.members}
    assert raised.printed == f"[{REFUSAL['type']}] Invalid"


def test_only_the_logs_of_the_sdk_go_to_standard_error(
    target: Target, behind_gateway: Callable[..., Any]
) -> None:
    with behind_gateway(target.launch) as driven:
        driven.start(log_level="debug")
        driven.call("Session.create")
        assert "DEBUG com.files.net." in driven.adapter.output()
        assert "org.apache.http" not in driven.adapter.output()


def test_the_adapter_compiles_without_warnings(jars: Path, tmp_path: Path) -> None:
    sources = sorted((paths.adapters() / "java" / "src" / "conform").glob("*.java"))
    command = ["javac", "-Xlint:all", "-Werror", "-d", tmp_path, "-cp", f"{jars}/*", *sources]
    subprocess.run(command, check=True)


def test_a_jar_on_the_class_path_is_the_installed_sdk(
    jars: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLASSPATH", "")
    with pytest.raises(TargetUnavailableError, match="not installed in CLASSPATH"):
        resolve(SdkName("java", Installed()))
    [jar] = jars.glob("files-sdk-*.jar")
    monkeypatch.setenv("CLASSPATH", f"nothing.jar:{jar}")
    assert jar.stem == f"files-sdk-{resolve(SdkName('java', Installed())).release}"


@pytest.mark.usefixtures("target")
@pytest.mark.registry
def test_the_words_of_the_compiler_are_quoted(
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
    """The release of the checkout, in its own repository."""
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
    with behind_gateway(target.launch) as driven:
        assert driven.start().sdk.version == published
        assert isinstance(driven.call("Session.create"), Returned)


@pytest.mark.registry
def test_a_release_that_does_not_exist_is_unavailable(published: str) -> None:
    assert published
    with pytest.raises(TargetUnavailableError, match=r"0\.0\.0 is not on Maven Central"):
        resolve(SdkName("java", Release("0.0.0")))
