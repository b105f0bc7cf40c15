"""The Go adapter is compiled with a real SDK of any major version, and shows what that does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import os
from pathlib import Path
import shutil
from typing import Any

import pytest

from conform.cases.replies import Answer, Drop
from conform.errors import TargetUnavailableError
from conform.protocol import Credentials, Network, Raised, Returned, Start, Started, Unsupported
from conform.servers import Certificates, Gateway
from conform.targets import cache
from conform.targets.checker import Kept, check
from conform.targets.names import Checkout, Newest, Release, SdkName
from conform.targets.resolve import Target, resolve
from conform.values import ABSENT, Integer, List, Null, String

CHECKOUT = "CONFORM_CHECKOUT_GO"
REFUSAL = {"error": "Invalid", "http-code": 401, "type": "not-authenticated/invalid-credentials"}
GONE = Answer(status=204)

pytestmark = pytest.mark.skipif(shutil.which("go") is None, reason="go is not on the PATH")


@pytest.fixture(scope="module")
def checkout() -> Path:
    if CHECKOUT not in os.environ:
        pytest.skip(f"{CHECKOUT} names no checkout of the Go SDK")
    return Path(os.environ[CHECKOUT])


@pytest.fixture(scope="module")
def target(checkout: Path) -> Target:
    try:
        return resolve(SdkName("go", Checkout(checkout)))
    except TargetUnavailableError as error:
        pytest.skip(f"the Go SDK is unavailable: {error}")


def started(asked: Any, **more: Any) -> Started:
    """Start an adapter and let it send every request once."""
    answer = asked.adapter.ask(Start(protocol=1, base_url=asked.gateway.url, **more), 60)
    assert isinstance(answer, Started), (answer, asked.adapter.output())
    asked.set(network=Network(attempts=1, read_seconds=5))
    return answer


@pytest.fixture
def go(target: Target, behind_gateway: Callable[..., Any]) -> Iterator[Any]:
    with behind_gateway(target.launch) as asked:
        started(asked)
        yield asked


def test_every_rule_of_the_protocol_is_kept(target: Target) -> None:
    findings = list(check(target.launch, target.manifest.naming))
    assert [each for each in findings if not isinstance(each, Kept)] == []


def test_start_says_what_the_module_says(
    target: Target, checkout: Path, behind_gateway: Callable[..., Any]
) -> None:
    with behind_gateway(target.launch) as asked:
        answer = started(asked)
    version = (checkout / "_VERSION").read_text().strip()
    module = (checkout / "go.mod").read_text().split()[1]
    assert (answer.sdk.name, answer.sdk.version) == (module, version)
    assert answer.error_families == ("files_sdk.ResponseError",)
    operations = {each.operation for each in answer.operations if each.resource == "Session"}
    assert operations == {"New", "Create", "Delete"}


def test_a_session_is_created_and_its_fields_are_read(go: Any) -> None:
    session = {"id": "\u2028 🎉", "language": None, "read_only": None}
    created = go.call(
        "Session.Create",
        Answer(status=201, json=session),
        given={"username": "mötor 🎉", "partial_session_id": "p"},
        read=("Id", "Language", "ReadOnly", "NoSuch"),
    )
    assert created.value.native == "files_sdk.Session"
    # A field of Go that is no pointer has no way to say that there is nothing.
    assert created.attributes == {
        "Id": String(text="\u2028 🎉", native="string"),
        "Language": String(text="", native="string"),
        "ReadOnly": Null(native="*bool"),
        "NoSuch": ABSENT,
    }
    (request,) = go.requests
    assert (request.method, request.target) == ("POST", "/api/rest/v1/sessions")
    assert request.body.decode() == '{"partial_session_id":"p","username":"mötor 🎉"}'


def test_a_large_id_comes_as_it_is(go: Any) -> None:
    largest = 2**63 - 1
    reply = Answer(json={"id": largest})
    found = go.call(
        "User.Find",
        reply,
        given={"id": largest},
        options=Credentials(api_key="own"),
        read=("Id",),
    )
    assert isinstance(found.attributes["Id"], Integer)
    assert found.attributes["Id"].text == str(largest)
    assert go.requests[0].header("X-FilesAPI-Key") == "own"


def test_an_iterator_is_read_to_its_end(go: Any) -> None:
    go.set(credentials=Credentials(api_key="key"))
    listed = go.call("User.List", Answer(json=[{"id": 1}, {"id": 2}]))
    assert isinstance(listed.value, List)
    assert [each.native for each in listed.value.items] == ["files_sdk.User"] * 2
    assert len(go.requests) == 1


def test_credentials_are_global_until_reset_or_of_one_call(go: Any) -> None:
    def sent(**asked: Any) -> str | None:
        assert isinstance(go.call("Session.Delete", GONE, **asked), Returned)
        return go.requests[0].header("X-FilesAPI-Auth")

    go.set(credentials=Credentials(session_id="of-all"))
    assert sent() == "of-all"
    assert sent(options=Credentials(session_id="of-one")) == "of-one"
    go.reset()
    assert sent() is None


def test_an_error_is_shown_with_those_it_wraps(go: Any) -> None:
    error = go.call("Session.Create", Answer(status=401, json=REFUSAL))
    assert isinstance(error, Raised)
    assert (error.error, error.http_status, error.api_type) == (
        "files_sdk.ResponseError",
        401,
        REFUSAL["type"],
    )
    dropped = go.call("Session.Create", Drop(how="reset"))
    assert isinstance(dropped, Raised)
    assert dropped.error == "url.Error"
    assert dropped.http_status is None


def test_attempts_count_the_first(go: Any) -> None:
    go.set(network=Network(attempts=3, first_delay_seconds=0.01, longest_delay_seconds=0.01))
    assert isinstance(go.call("Session.Create", Drop(how="close")), Raised)
    assert len(go.requests) == 3


@pytest.mark.parametrize(
    ("operation", "asked", "reason"),
    [
        ("Session.NoSuch", {}, "Session has no NoSuch"),
        ("NoSuch.Create", {}, "there is no NoSuch here"),
        ("Session.Do", {}, "Session has no Do"),
        (
            "Session.Create",
            {"given": {"no_such": 1}},
            "files_sdk.SessionCreateParams has no field for no_such",
        ),
        ("Session.Create", {"given": {"username": 5}}, "a string takes no integer 5"),
        (
            "Session.Save",
            {"form": "instance", "on": "it"},
            "a files_sdk.Session sends nothing: Go's operations belong to clients",
        ),
    ],
)
def test_what_a_release_lacks_is_found_by_reflection(
    go: Any, operation: str, asked: dict[str, Any], reason: str
) -> None:
    made = go.call("Session.", form="construct", given={"id": "x"}, keep="it", read=("Id",))
    assert made.attributes == {"Id": String(text="x", native="string")}
    assert go.call(operation, **asked) == Unsupported(reason=reason)
    assert go.requests == ()


def test_only_the_given_authority_is_trusted(
    target: Target, behind_gateway: Callable[..., Any], tmp_path: Path
) -> None:
    authority = Certificates(tmp_path)
    for ca_file, outcome in ((str(authority.ca_file), Returned), (None, Raised)):
        with Gateway(authority.context("tls")) as gateway, behind_gateway(target.launch) as asked:
            asked.gateway = gateway
            started(asked, ca_file=ca_file)
            assert isinstance(asked.call("Session.Create"), outcome)


def test_what_the_compiler_says_is_told(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken"
    cache.copy(checkout, broken)
    (broken / "session" / "broken.go").write_text('package session\n\nvar broken int = "text"\n')
    monkeypatch.setenv("CONFORM_CACHE", str(tmp_path / "cache"))
    with pytest.raises(TargetUnavailableError) as unavailable:
        resolve(SdkName("go", Checkout(broken)))
    assert "broken.go:3:18: cannot use" in unavailable.value.why


def test_a_registry_out_of_reach_is_told_in_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOPROXY", "http://127.0.0.1:9/")
    monkeypatch.setenv("CONFORM_CACHE", str(tmp_path))
    with pytest.raises(TargetUnavailableError) as unavailable:
        resolve(SdkName("go", Newest()))
    assert unavailable.value.what == "Go's module proxy cannot be reached."
    assert "connection refused" in unavailable.value.why


@pytest.mark.registry
def test_a_release_is_installed_from_its_registry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, behind_gateway: Callable[..., Any]
) -> None:
    monkeypatch.setenv("CONFORM_CACHE", str(tmp_path))
    target = resolve(SdkName("go", Release("3.3.234")))
    with behind_gateway(target.launch) as asked:
        assert started(asked).sdk.version == "3.3.234"
        assert isinstance(asked.call("Session.Create"), Returned)


@pytest.mark.registry
def test_a_release_that_never_was_is_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONFORM_CACHE", str(tmp_path))
    with pytest.raises(TargetUnavailableError) as unavailable:
        resolve(SdkName("go", Release("3.0.99999")))
    assert unavailable.value.what.endswith("3.0.99999 is not on Go's module proxy.")
