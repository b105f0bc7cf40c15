"""The JavaScript adapter drives a real SDK, old or new, and shows what that does."""

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
from conform.targets.checker import Kept, check
from conform.targets.names import Checkout, Newest, Release, SdkName
from conform.targets.resolve import Target, resolve
from conform.values import ABSENT, Integer, Null, Number, String, parameters

CHECKOUT = "CONFORM_CHECKOUT_JAVASCRIPT"
REFUSAL = {"error": "Invalid", "http-code": 401, "type": "not-authenticated/invalid-credentials"}
GONE = Answer(status=204)

pytestmark = pytest.mark.skipif(
    not (shutil.which("node") and shutil.which("npm")), reason="node and npm are not on the PATH"
)


@pytest.fixture(scope="module")
def target() -> Target:
    if CHECKOUT not in os.environ:
        pytest.skip(f"{CHECKOUT} names no checkout of the JavaScript SDK")
    try:
        return resolve(SdkName("javascript", Checkout(Path(os.environ[CHECKOUT]))))
    except TargetUnavailableError as error:
        pytest.skip(f"the JavaScript SDK is unavailable: {error}")


def started(asked: Any, **more: Any) -> Started:
    """Start an adapter and let it send every request once."""
    answer = asked.adapter.ask(Start(protocol=1, base_url=asked.gateway.url, **more), 60)
    assert isinstance(answer, Started), (answer, asked.adapter.output())
    asked.set(network=Network(attempts=1, read_seconds=5))
    return answer


@pytest.fixture
def javascript(target: Target, behind_gateway: Callable[..., Any]) -> Iterator[Any]:
    with behind_gateway(target.launch) as asked:
        started(asked)
        yield asked


def test_every_rule_of_the_protocol_is_kept(target: Target) -> None:
    findings = list(check(target.launch, target.manifest.naming))
    assert [each for each in findings if not isinstance(each, Kept)] == []


def test_start_says_what_the_package_says(
    target: Target, behind_gateway: Callable[..., Any]
) -> None:
    with behind_gateway(target.launch) as asked:
        answer = started(asked)
    version = Path(os.environ[CHECKOUT], "_VERSION").read_text().strip()
    assert (answer.sdk.name, answer.sdk.version) == ("files.com", version)
    assert answer.error_families == ("FilesError",)
    forms = {(each.resource, each.operation, *each.forms) for each in answer.operations}
    assert {
        ("Session", "new", "construct"),
        ("Session", "create", "static"),
        ("Session", "save", "instance"),
        ("User", "find", "static"),
        ("User", "delete", "instance"),
    } <= forms


def test_a_session_shows_what_javascript_makes_of_its_values(javascript: Any) -> None:
    session = {"id": "\u2028 🎉", "language": None, "site_id": 2**63 - 1, "read_only": 2**53 - 1}
    given = {"username": "mötor 🎉", "password": "vroom\u2028"}
    created = javascript.call(
        "Session.create",
        Answer(status=201, json=session),
        given=given,
        read=(*session, "no_such"),
    )
    assert created.value.native == "Session"
    assert created.attributes == {
        "id": String(text="\u2028 🎉", native="string"),
        "language": Null(native="null"),
        "site_id": Number(text="9223372036854776000", native="number"),
        "read_only": Integer(text=str(2**53 - 1), native="number"),
        "no_such": ABSENT,
    }
    (request,) = javascript.requests
    assert (request.method, request.target) == ("POST", "/api/rest/v1/sessions")
    assert request.body.decode() == '{"username":"mötor 🎉","password":"vroom\u2028"}'


def test_credentials_are_global_until_reset_or_of_one_call(javascript: Any) -> None:
    def sent(**asked: Any) -> str | None:
        assert isinstance(javascript.call("Session.delete", GONE, **asked), Returned)
        return javascript.requests[0].header("X-FilesAPI-Auth")

    javascript.set(credentials=Credentials(session_id="of-all"))
    assert sent() == "of-all"
    assert sent(options=Credentials(session_id="of-one")) == "of-one"
    javascript.reset()
    assert sent(options=Credentials(api_key="key")) is None
    assert javascript.requests[0].header("X-FilesAPI-Key") == "key"


def test_an_object_is_made_and_used(javascript: Any) -> None:
    own = Credentials(api_key="own")
    made = javascript.call(
        "User.", form="construct", given={"id": 3}, options=own, keep="it", read=("id", "name")
    )
    assert made.attributes == {"id": Integer(text="3", native="number"), "name": ABSENT}
    assert javascript.requests == ()
    assert isinstance(javascript.call("User.delete", GONE, form="instance", on="it"), Returned)
    (request,) = javascript.requests
    assert (request.method, request.target) == ("DELETE", "/api/rest/v1/users/3")
    assert request.header("X-FilesAPI-Key") == "own"


def test_a_saved_object_is_read_again_and_its_request_belongs_to_the_call(javascript: Any) -> None:
    javascript.call("Session.", form="construct", given={"username": "u"}, keep="it")
    assert isinstance(javascript.call("Session.save", form="instance", on="it"), Returned)
    assert [each.body for each in javascript.requests] == [b'{"username":"u"}']


def test_an_error_is_shown_as_its_caller_gets_it(javascript: Any) -> None:
    error = javascript.call("Session.create", Answer(status=401, json=REFUSAL))
    assert isinstance(error, Raised)
    assert error.message == "Invalid"
    assert error.http_status == 401
    assert "FilesError" in error.ancestors


def test_attempts_count_the_first(javascript: Any) -> None:
    javascript.set(
        network=Network(attempts=3, first_delay_seconds=0.01, longest_delay_seconds=0.01)
    )
    assert isinstance(javascript.call("Session.create", Drop(how="close")), Raised)
    assert len(javascript.requests) == 3


@pytest.mark.parametrize(
    ("operation", "asked", "reason"),
    [
        ("Session.no_such", {}, "Session has no static no_such."),
        ("Session.constructor", {}, "Session has no static constructor."),
        ("NoSuch.create", {}, "There is no files.com/lib/models/NoSuch."),
        (
            "Session.save",
            {"form": "instance", "on": "it", "options": Credentials(api_key="k")},
            "Session has save(), which takes no options.",
        ),
    ],
)
def test_what_a_release_lacks_is_found_by_reflection(
    javascript: Any, operation: str, asked: dict[str, Any], reason: str
) -> None:
    javascript.call("Session.", form="construct", keep="it")
    assert javascript.call(operation, **asked) == Unsupported(reason=reason)
    assert javascript.requests == ()


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("(function again() { again() })()", "RangeError"),
        ("await Session.create(,", "SyntaxError"),
        ("throw 'it'", "String"),
        ("setTimeout(() => { throw new TypeError() }), new Promise(() => {})", "TypeError"),
    ],
)
def test_whatever_javascript_throws_is_a_result(javascript: Any, code: str, error: str) -> None:
    raised = javascript.run(code)
    assert isinstance(raised, Raised)
    assert raised.error == error


def test_a_sample_runs_with_its_names_and_may_print(javascript: Any) -> None:
    code = "await Session.create({ 'username': name });"
    ran = javascript.run(code, bind=parameters(name="n"), read=("id",))
    assert isinstance(ran.attributes["id"], String)
    assert javascript.requests[0].body == b'{"username":"n"}'
    assert isinstance(javascript.run("const noise = 'noise'\nconsole.log(noise)"), Returned)
    assert "noise" in javascript.adapter.output()


def test_only_the_given_authority_is_trusted(
    target: Target, behind_gateway: Callable[..., Any], tmp_path: Path
) -> None:
    authority = Certificates(tmp_path)
    for ca_file, outcome in ((str(authority.ca_file), Returned), (None, Raised)):
        with Gateway(authority.context("tls")) as gateway, behind_gateway(target.launch) as asked:
            asked.gateway = gateway
            started(asked, ca_file=ca_file)
            assert isinstance(asked.call("Session.create"), outcome)


def test_a_registry_out_of_reach_is_told_in_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    monkeypatch.setenv("CONFORM_CACHE", str(tmp_path))
    with pytest.raises(TargetUnavailableError) as unavailable:
        resolve(SdkName("javascript", Newest()))
    assert unavailable.value.what == "npm cannot be reached."
    assert "ECONNREFUSED" in unavailable.value.why


@pytest.mark.registry
@pytest.mark.parametrize("release", ["1.0.310", "1.2.16", "1.2.312", "1.2.314"])
def test_every_release_on_npm_keeps_the_protocol(
    release: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONFORM_CACHE", str(tmp_path))
    target = resolve(SdkName("javascript", Release(release)))
    findings = list(check(target.launch, target.manifest.naming))
    assert [each for each in findings if not isinstance(each, Kept)] == []
    assert target.page is not None


@pytest.mark.registry
def test_a_release_that_never_was_is_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONFORM_CACHE", str(tmp_path))
    with pytest.raises(TargetUnavailableError) as unavailable:
        resolve(SdkName("javascript", Release("0.0.1")))
    assert unavailable.value.what == "files.com 0.0.1 is not on npm."
