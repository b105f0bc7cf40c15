"""The .NET adapter is built with a real SDK of any generation, and shows what that does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import os
from pathlib import Path
import shutil
import sys
from typing import Any

import pytest

from conform.cases.replies import Answer, Drop
from conform.errors import TargetUnavailableError
from conform.protocol import Credentials, Network, Raised, Returned, Start, Started, Unsupported
from conform.servers import Certificates, Gateway
from conform.targets import manifest
from conform.targets.checker import Kept, check
from conform.targets.installers import installer_of
from conform.targets.installers.installer import Found
from conform.targets.names import Checkout, Newest, Release, SdkName
from conform.targets.resolve import Target, resolve
from conform.values import ABSENT, Integer, Null, String

CHECKOUT = "CONFORM_CHECKOUT_DOTNET"
REFUSAL = {"error": "Invalid", "http-code": 401, "type": "not-authenticated/invalid-credentials"}
EMPTY = Answer(status=200, json={})
LARGEST = 2**63 - 1

needs_dotnet = pytest.mark.skipif(shutil.which("dotnet") is None, reason="dotnet not on the PATH")

PRETENDER = """\
#!{python}
import json, os, pathlib, sys
words, here = sys.argv[1:], pathlib.Path.cwd()
match words[0], os.environ["DOTNET_SAYS"]:
    case "nuget", folder:
        print(f"global-packages: {{folder}}/")
    case "restore", "yes":
        assert "--disable-build-servers" in words
        (here / "obj").mkdir()
        libraries = dict.fromkeys(["Polly/7.2.1", "FilesCom/1.4.2"])
        (here / "obj/project.assets.json").write_text(json.dumps({{"libraries": libraries}}))
        if "--packages" in words:
            packages = pathlib.Path(words[words.index("--packages") + 1])
            packages.mkdir()
            (packages / "Consumer.csproj").write_text((here / "Consumer.csproj").read_text())
    case _, words:
        sys.exit(print(words) or 1)
"""
"""Stands in for dotnet where an installer's own part is what is tested."""


@pytest.fixture(scope="module")
def checkout() -> Path:
    if CHECKOUT not in os.environ:
        pytest.skip(f"{CHECKOUT} names no checkout of the .NET SDK")
    return Path(os.environ[CHECKOUT])


@pytest.fixture(scope="module")
def target(checkout: Path) -> Target:
    return resolve(SdkName("dotnet", Checkout(checkout)))


def started(asked: Any, **more: Any) -> Started:
    """Start an adapter and let it send every request once."""
    answer = asked.adapter.ask(Start(protocol=1, base_url=asked.gateway.url, **more), 60)
    assert isinstance(answer, Started), (answer, asked.adapter.output())
    asked.set(network=Network(attempts=1))
    return answer


@pytest.fixture
def dotnet(target: Target, behind_gateway: Callable[..., Any]) -> Iterator[Any]:
    with behind_gateway(target.launch) as asked:
        started(asked)
        yield asked


@needs_dotnet
def test_every_rule_of_the_protocol_is_kept(target: Target) -> None:
    findings = list(check(target.launch, target.manifest.naming))
    assert [each for each in findings if not isinstance(each, Kept)] == []


@needs_dotnet
def test_start_says_what_the_package_says(
    target: Target, checkout: Path, behind_gateway: Callable[..., Any]
) -> None:
    with behind_gateway(target.launch) as asked:
        answer = started(asked)
    version = (checkout / "_VERSION").read_text().strip()
    assert (answer.sdk.name, answer.sdk.version) == ("FilesCom", version)
    forms = {each.operation: each.forms for each in answer.operations if each.resource == "Session"}
    assert forms == {
        "Create": ("static",),
        "Delete": ("static",),
        "Destroy": ("static",),
        "Save": ("instance",),
        "new": ("construct",),
    }


@needs_dotnet
def test_a_session_is_created_and_its_attributes_are_read(dotnet: Any) -> None:
    created = dotnet.call(
        "Session.Create",
        Answer(status=201, json={"id": "\u2028 🎉", "language": None}),
        given={"username": "mötor 🎉", "password": "vroom"},
        read=("Id", "Language", "NoSuch"),
    )
    assert created.value.native == "FilesCom.Models.Session"
    assert created.attributes == {
        "Id": String(text="\u2028 🎉", native="String"),
        "Language": Null(native="null"),
        "NoSuch": ABSENT,
    }
    assert [(r.method, r.target) for r in dotnet.requests] == [("POST", "/api/rest/v1/sessions")]


@needs_dotnet
def test_what_a_method_has_a_parameter_for_goes_there(dotnet: Any) -> None:
    found = dotnet.call(
        "User.Find",
        Answer(json={"id": LARGEST}),
        given={"id": LARGEST},
        options=Credentials(api_key="own"),
        read=("Id",),
    )
    assert found.attributes == {"Id": Integer(text=str(LARGEST), native="Int64")}
    assert dotnet.requests[0].target.startswith(f"/api/rest/v1/users/{LARGEST}")
    assert dotnet.requests[0].header("X-FilesAPI-Key") == "own"


@needs_dotnet
def test_an_object_is_made_kept_and_read(dotnet: Any) -> None:
    dotnet.call("User.", form="construct", given={"id": 7, "name": "n"}, keep="it")
    assert dotnet.requests == ()
    kept = dotnet.call("User.", form="read", on="it", read=("Id", "Name"))
    assert kept.attributes["Id"] == Integer(text="7", native="Int64")
    assert kept.attributes["Name"] == String(text="n", native="String")


@needs_dotnet
def test_credentials_are_global_until_reset_or_of_one_call(dotnet: Any) -> None:
    def sent(**asked: Any) -> str | None:
        outcome = dotnet.call("Session.Delete", EMPTY, **asked)
        if isinstance(outcome, Raised):
            assert outcome.message.startswith("Authentication required"), outcome
            return None
        return dotnet.requests[0].header("X-FilesAPI-Auth")

    dotnet.set(credentials=Credentials(session_id="of-all"))
    assert sent() == "of-all"
    assert sent(options=Credentials(session_id="of-one")) == "of-one"
    dotnet.reset()
    assert sent() is None


@needs_dotnet
def test_an_error_carries_what_the_sdk_gives_it(dotnet: Any) -> None:
    error = dotnet.call("Session.Create", Answer(status=401, json=REFUSAL))
    assert isinstance(error, Raised)
    assert error.ancestors[-1] == "System.Exception"
    assert isinstance(dotnet.call("Session.Create", Drop(how="reset")), Raised)


@needs_dotnet
def test_attempts_count_the_first(dotnet: Any) -> None:
    configured = dotnet.set(
        network=Network(attempts=3, first_delay_seconds=0.01, longest_delay_seconds=0.01)
    )
    assert configured.unsupported == ()
    assert isinstance(dotnet.call("Session.Create", Drop(how="close")), Raised)
    assert len(dotnet.requests) == 3


@needs_dotnet
@pytest.mark.parametrize(
    ("operation", "asked", "reason"),
    [
        ("Session.NoSuch", {}, "Session has no static NoSuch()"),
        ("NoSuch.Create", {}, "there is no NoSuch"),
        ("User.Find", {"given": {"id": "text"}}, "User has no static Find(id)"),
        (
            "Session.Save",
            {"form": "instance", "on": "it", "options": Credentials(api_key="own")},
            "Session has no instance Save(api_key)",
        ),
    ],
)
def test_what_a_release_lacks_is_found_by_reflection(
    dotnet: Any, operation: str, asked: dict[str, Any], reason: str
) -> None:
    dotnet.call("Session.", form="construct", keep="it")
    assert dotnet.call(operation, **asked) == Unsupported(reason=reason)
    assert dotnet.requests == ()


@needs_dotnet
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the user's store is the system's")
def test_only_the_given_authority_is_trusted(
    target: Target, behind_gateway: Callable[..., Any], tmp_path: Path
) -> None:
    authority = Certificates(tmp_path)
    for ca_file, outcome in ((str(authority.ca_file), Returned), (None, Raised)):
        with Gateway(authority.context("tls")) as gateway, behind_gateway(target.launch) as asked:
            asked.gateway = gateway
            started(asked, ca_file=ca_file)
            assert isinstance(asked.call("Session.Create"), outcome)


@needs_dotnet
@pytest.mark.registry
def test_a_release_is_installed_from_its_registry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, behind_gateway: Callable[..., Any]
) -> None:
    monkeypatch.setenv("CONFORM_CACHE", str(tmp_path))
    target = resolve(SdkName("dotnet", Release("1.0.150")))
    with behind_gateway(target.launch) as asked:
        assert started(asked).sdk.version == "1.0.150"
        assert isinstance(asked.call("Session.Create"), Returned)


def test_without_dotnet_it_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TargetUnavailableError) as unavailable:
        resolve(SdkName("dotnet", Newest()))
    assert unavailable.value.why == "dotnet is not on the PATH."
    assert "dotnet" in unavailable.value.fix


@pytest.fixture
def says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[object], None]:
    """Puts a program called dotnet on the PATH, and lets it say something."""
    program = tmp_path / "path" / "dotnet"
    program.parent.mkdir()
    program.write_text(PRETENDER.format(python=sys.executable))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return lambda words: monkeypatch.setenv("DOTNET_SAYS", str(words))


def test_the_installer_names_the_release_beside_its_packages(
    says: Callable[[object], None], tmp_path: Path
) -> None:
    nuget = installer_of(manifest.named("dotnet"))
    says("yes")
    assert nuget.newest() == "1.4.2"
    into = tmp_path / "sdk"
    into.mkdir()
    nuget.install("1.4.2", into)
    assert "<FilesComVersion>1.4.2</FilesComVersion>" in (into / "FilesCom.props").read_text()
    consumer = (into / "packages" / "Consumer.csproj").read_text()
    assert '<PackageReference Include="FilesCom" Version="[1.4.2]" />' in consumer


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (
            "error NU1102: Unable to find package FilesCom with version (= 9.9.9)",
            "FilesCom 9.9.9 is not on NuGet.",
        ),
        ("error NU1301: Unable to load the service index", "NuGet cannot be reached."),
        ("error NU1605: Detected package downgrade", "FilesCom 9.9.9 cannot be installed here."),
    ],
)
def test_what_dotnet_says_is_told(
    says: Callable[[object], None], tmp_path: Path, words: str, what: str
) -> None:
    says(words)
    with pytest.raises(TargetUnavailableError) as unavailable:
        installer_of(manifest.named("dotnet")).install("9.9.9", tmp_path)
    assert (unavailable.value.what, unavailable.value.why) == (what, words)


def test_the_newest_of_the_users_own_packages_is_what_is_installed(
    says: Callable[[object], None], tmp_path: Path
) -> None:
    nuget = installer_of(manifest.named("dotnet"))
    says(tmp_path)
    with pytest.raises(TargetUnavailableError, match="FilesCom is not installed in"):
        nuget.installed()
    for release in ("1.0.150", "1.0.99", "2.0.0-beta.1"):
        (tmp_path / "filescom" / release).mkdir(parents=True)
    assert nuget.installed() == Found("1.0.150", tmp_path / "filescom" / "1.0.150")
