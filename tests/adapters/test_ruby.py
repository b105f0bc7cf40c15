"""The Ruby adapter drives a real SDK, old or new, and shows what that does, right or wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import os
from pathlib import Path
import shutil
from typing import Any

import pytest

from conform.cases.replies import Answer
from conform.errors import TargetUnavailableError
from conform.protocol import Credentials, Raised, Returned, Unsupported
from conform.targets.checker import Kept, check
from conform.targets.names import Checkout, Newest, Release, SdkName
from conform.targets.resolve import Target, resolve
from conform.values import ABSENT, Absent, Integer, Null, String, parameters

CHECKOUT = "CONFORM_CHECKOUT_RUBY"
REFUSAL = {"error": "Invalid", "http-code": 401, "type": "not-authenticated/invalid-credentials"}

pytestmark = pytest.mark.skipif(shutil.which("ruby") is None, reason="ruby is not on the PATH")


@pytest.fixture(scope="module")
def target() -> Target:
    if CHECKOUT not in os.environ:
        pytest.skip(f"{CHECKOUT} names no checkout of the Ruby SDK")
    try:
        return resolve(SdkName("ruby", Checkout(Path(os.environ[CHECKOUT]))))
    except TargetUnavailableError as error:
        pytest.skip(f"the Ruby SDK is unavailable: {error}")


@pytest.fixture
def ruby(target: Target, behind_gateway: Callable[..., Any]) -> Iterator[Any]:
    with behind_gateway(target.launch) as asked:
        asked.start()
        yield asked


def test_every_rule_of_the_protocol_is_kept(target: Target) -> None:
    findings = list(check(target.launch, target.manifest.naming))
    assert [each for each in findings if not isinstance(each, Kept)] == []


def test_start_says_what_the_package_says(
    target: Target, behind_gateway: Callable[..., Any]
) -> None:
    with behind_gateway(target.launch) as asked:
        started = asked.start()
    version = Path(os.environ[CHECKOUT], "_VERSION").read_text().strip()
    assert (started.sdk.name, started.sdk.version) == ("files.com", version)
    assert started.error_families == ("Files::Error",)
    own = [each for each in started.operations if each.resource == "Session"]
    forms = {each.operation: each.forms for each in own}
    assert forms["create"] == ("static",)
    assert forms["destroy"] == ("static", "instance")
    assert forms["save"] == ("instance",)


def test_a_session_is_created_and_its_attributes_are_read(
    ruby: Any, session: dict[str, Any]
) -> None:
    given = {"username": "mötor 🎉", "password": "vroom"}
    read = ("id", "language", "username", "no_such")
    created = ruby.call("Session.create", given=given, keep="it", read=read)
    assert created.value.native == "Files::Session"
    assert created.attributes == {
        "id": String(text=session["id"], native="String"),
        "language": String(text="en", native="String"),
        "username": Null(native="NilClass"),
        "no_such": ABSENT,
    }
    (request,) = ruby.requests
    assert (request.method, request.target) == ("POST", "/api/rest/v1/sessions")
    assert request.body == b"password=vroom&username=m%C3%B6tor+%F0%9F%8E%89"


def test_a_large_id_goes_and_comes_as_it_is(ruby: Any) -> None:
    largest = 2**63 - 1
    options = Credentials(session_id="own")
    reply = Answer(json={"id": largest})
    found = ruby.call("User.find", reply, given={"id": largest}, options=options, read=("id",))
    assert found.attributes["id"] == Integer(text=str(largest), native="Integer")
    assert str(largest) in ruby.requests[0].target
    assert ruby.requests[0].header("X-FilesAPI-Auth") == "own"


def test_credentials_are_global_until_reset_or_of_one_call(ruby: Any) -> None:
    gone = Answer(status=204)

    def sent(**asked: Any) -> str | None:
        assert isinstance(ruby.call("Session.delete", gone, **asked), Returned)
        header: str | None = ruby.requests[0].header("X-FilesAPI-Auth")
        return header

    ruby.set(credentials=Credentials(session_id="of-all"))
    assert sent() == "of-all"
    assert sent(options=Credentials(session_id="of-one")) == "of-one"
    ruby.reset()
    assert sent() is None


def test_an_object_is_made_saved_and_destroyed(ruby: Any) -> None:
    made = ruby.call(
        "Session.", form="construct", given={"username": "u"}, keep="it", read=("username",)
    )
    assert made.attributes == {"username": String(text="u", native="String")}
    assert ruby.requests == ()
    saved = ruby.call("Session.save", form="instance", on="it")
    assert isinstance(saved, Returned)
    assert ruby.requests[0].body == b"username=u"
    read = ruby.call("Session.", form="read", on="it", read=("id",))
    ruby.call("Session.destroy", Answer(status=204), form="instance", on="it")
    assert ruby.requests[0].header("X-FilesAPI-Auth") == read.attributes["id"].text


def test_an_error_is_shown_as_its_caller_gets_it(ruby: Any) -> None:
    error = ruby.call("Session.create", Answer(status=401, json=REFUSAL))
    assert isinstance(error, Raised)
    # On Ruby 3 some releases fail to make their own error: that is what there is to be shown.
    assert error.error == "ArgumentError" or (
        error.http_status == 401 and "Files::Error" in error.ancestors
    )


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"operation": "Session.no_such"}, "Files::Session has no no_such"),
        ({"operation": "NoSuch.create"}, "there is no Files::NoSuch"),
        (
            {"operation": "Session.delete", "form": "instance", "on": "it"},
            "an object of Files::Session has no delete",
        ),
        (
            {
                "operation": "Session.save",
                "form": "instance",
                "on": "it",
                "options": Credentials(api_key="k"),
            },
            "save takes () and no more",
        ),
    ],
)
def test_what_a_release_lacks_is_found_by_reflection(
    ruby: Any, asked: dict[str, Any], reason: str
) -> None:
    ruby.call("Session.", form="construct", keep="it")
    operation = asked["operation"]
    more = {name: value for name, value in asked.items() if name != "operation"}
    assert ruby.call(operation, **more) == Unsupported(reason=reason)
    assert ruby.requests == ()


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("exit 3", "SystemExit"),
        ("def again = again; again", "SystemStackError"),
        ("Files::Session.create(,", "SyntaxError"),
        ("throw :it", "UncaughtThrowError"),
    ],
)
def test_whatever_ruby_throws_is_a_result(ruby: Any, code: str, error: str) -> None:
    raised = ruby.run(code)
    assert isinstance(raised, Raised)
    assert raised.error == error


def test_a_sample_runs_with_its_names_and_may_print(ruby: Any) -> None:
    code = "puts 'noise'; system('echo child'); Files::Session.create(username: name)"
    ran = ruby.run(code, bind=parameters(name="n"), read=("id",))
    assert isinstance(ran, Returned)
    assert not isinstance(ran.attributes["id"], Absent)
    assert ruby.requests[0].body == b"username=n"
    assert "noise" in ruby.adapter.output()
    assert "child" in ruby.adapter.output()


def test_a_registry_out_of_reach_is_told_in_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "gemrc"
    settings.write_text(":sources:\n- http://127.0.0.1:9/\n")
    monkeypatch.setenv("GEMRC", str(settings))
    monkeypatch.setenv("CONFORM_CACHE", str(tmp_path / "cache"))
    with pytest.raises(TargetUnavailableError) as unavailable:
        resolve(SdkName("ruby", Newest()))
    assert unavailable.value.what == "RubyGems cannot be reached."
    assert "Failed to open TCP connection to 127.0.0.1:9" in unavailable.value.why


@pytest.mark.registry
def test_a_release_is_installed_from_its_registry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, behind_gateway: Callable[..., Any]
) -> None:
    monkeypatch.setenv("CONFORM_CACHE", str(tmp_path))
    try:
        target = resolve(SdkName("ruby", Release("1.1.713")))
    except TargetUnavailableError as error:
        pytest.skip(f"the Ruby SDK is unavailable: {error}")
    with behind_gateway(target.launch) as asked:
        assert asked.start().sdk.version == "1.1.713"
        assert isinstance(asked.call("Session.create"), Returned)
