"""The PHP adapter drives a real SDK, old or new, and shows what that does, right or wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import json
import os
from pathlib import Path
import shutil
from typing import Any

import pytest

from conform.cases.replies import Answer
from conform.errors import TargetUnavailableError
from conform.protocol import (
    Credentials,
    Fault,
    Network,
    Raised,
    Returned,
    Start,
    Started,
    Unsupported,
)
from conform.targets.adapter import Adapter
from conform.targets.checker import Kept, check
from conform.targets.names import Checkout, Newest, Release, SdkName
from conform.targets.resolve import Target, resolve
from conform.values import ABSENT, Integer, Null, Number, String, parameters

CHECKOUT = "CONFORM_CHECKOUT_PHP"
PATIENCE = 60.0
REFUSAL = {"error": "Invalid", "http-code": 401, "type": "not-authenticated/invalid-credentials"}

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("php", "composer"))), reason="php or composer is not on the PATH"
)


@pytest.fixture(scope="module")
def target() -> Target:
    if CHECKOUT not in os.environ:
        pytest.skip(f"{CHECKOUT} names no checkout of the PHP SDK")
    return _had(Checkout(Path(os.environ[CHECKOUT])))


@pytest.fixture
def php(target: Target, behind_gateway: Callable[..., Any]) -> Iterator[Any]:
    with behind_gateway(target.launch) as asked:
        asked.started = _started(asked)
        asked.set(network=Network(connect_seconds=5, first_delay_seconds=0.01))
        yield asked


def _had(which: Checkout | Release) -> Target:
    try:
        return resolve(SdkName("php", which))
    except TargetUnavailableError as error:
        pytest.skip(f"the PHP SDK is unavailable: {error}")


def _started(asked: Any) -> Started:
    started = asked.adapter.ask(Start(protocol=1, base_url=asked.gateway.url), PATIENCE)
    assert isinstance(started, Started), (started, asked.adapter.output())
    return started


def test_every_rule_of_the_protocol_is_kept(target: Target) -> None:
    findings = list(check(target.launch, target.manifest.naming))
    assert [each for each in findings if not isinstance(each, Kept)] == []


def test_start_says_what_the_package_says(php: Any) -> None:
    started = php.started
    version = Path(os.environ[CHECKOUT], "_VERSION").read_text().strip()
    assert (started.sdk.name, started.sdk.version) == ("files.com/files-php-sdk", version)
    assert started.error_families[0].endswith("FilesException")
    own = [each for each in started.operations if each.resource == "Session"]
    forms = {each.operation: each.forms for each in own}
    # The page calls what is static on an object, as PHP allows.
    assert forms["create"] == ("static", "instance")
    assert forms["save"] == ("instance",)


def test_a_session_is_created_and_its_attributes_are_read(
    php: Any, session: dict[str, Any]
) -> None:
    given = {"username": "mötor 🎉", "password": "vroom"}
    reply = Answer(status=201, json={**session, "beyond": 2**63})
    read = ("id", "site_id", "beyond", "read_only", "username", "no_such")
    created = php.call("Session.create", reply, given=given, keep="it", read=read)
    assert created.value.native == r"Files\Model\Session"
    assert created.attributes["id"] == String(text=session["id"], native="string")
    assert created.attributes["site_id"] == Integer(text=str(2**63 - 1), native="int")
    assert created.attributes["beyond"] == Number(text="9.223372036854776E+18", native="float")
    assert created.attributes["username"] == Null(native="null")
    assert created.attributes["no_such"] == ABSENT
    (request,) = php.requests
    assert (request.method, request.target) == ("POST", "/api/rest/v1/sessions")
    assert json.loads(request.body) == given


def test_a_large_id_goes_and_comes_as_it_is(php: Any) -> None:
    largest = 2**63 - 1
    options = Credentials(session_id="own")
    reply = Answer(json={"id": largest})
    found = php.call("User.find", reply, given={"id": largest}, options=options, read=("id",))
    assert found.attributes["id"] == Integer(text=str(largest), native="int")
    assert str(largest) in php.requests[0].target
    assert php.requests[0].header("X-FilesAPI-Auth") == "own"


def test_credentials_are_global_until_reset(php: Any) -> None:
    gone = Answer(status=204)
    php.set(credentials=Credentials(session_id="of-all"))
    for form in ({"form": "static"}, {"form": "instance", "on": "it"}):
        php.call("Session.", form="construct", keep="it")
        assert isinstance(php.call("Session.delete", gone, **form), Returned)
        assert php.requests[0].header("X-FilesAPI-Auth") == "of-all"
    php.reset()
    refused = php.call("Session.delete", gone)
    assert isinstance(refused, Raised)
    assert refused.error.endswith("ConfigurationException")
    assert php.requests == ()


def test_an_object_is_made_and_saved(php: Any, session: dict[str, Any]) -> None:
    php.call("Session.", form="construct", given={"username": "u"}, keep="it")
    assert php.requests == ()
    assert isinstance(php.call("Session.save", form="instance", on="it"), Returned)
    assert json.loads(php.requests[0].body) == {"username": "u"}
    read = php.call("Session.", form="read", on="it", read=("id",))
    assert read.attributes["id"] == String(text=session["id"], native="string")


def test_an_error_is_shown_as_its_caller_gets_it(php: Any) -> None:
    error = php.call("Session.create", Answer(status=401, json=REFUSAL))
    assert isinstance(error, Raised)
    assert error.error.endswith(r"NotAuthenticated\InvalidCredentialsException")
    assert set(php.started.error_families) & set(error.ancestors)
    assert error.http_status == 401
    # Only newer releases keep the type; it is not read out of the message for the others.
    assert error.api_type in {None, REFUSAL["type"]}


def test_one_attempt_is_more_than_the_sdk_can_promise(php: Any) -> None:
    assert php.set(network=Network(attempts=1)).unsupported == ("attempts",)
    assert php.set(network=Network(attempts=2)).applied == ("attempts",)
    raised = php.run(
        r"\Files\Files::$maxNetworkRetries = 0; \Files\Model\Session::create(['username' => 'u']);"
    )
    assert isinstance(raised, Raised)
    assert "on null" in raised.message or "null given" in raised.message


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        ("Session.no_such", "there is no no_such of Session"),
        ("Session.CREATE", "there is no CREATE of Session"),
        ("Session.save", "save of Session is not static"),
        ("NoSuch.create", r"there is no Files\Model\NoSuch"),
        ("session.create", r"there is no Files\Model\session"),
    ],
)
def test_what_a_release_lacks_is_found_by_reflection(php: Any, operation: str, reason: str) -> None:
    assert php.call(operation) == Unsupported(reason=reason)
    assert php.requests == ()


def test_a_sample_runs_with_its_names_and_may_print(php: Any) -> None:
    code = r"""
        echo 'noise';
        fwrite(fopen('php://stdout', 'w'), 'log');
        return \Files\Model\Session::create(['username' => $name]);
    """
    ran = php.run(code, bind=parameters(name="n"), read=("id",))
    assert isinstance(ran, Returned)
    assert json.loads(php.requests[0].body) == {"username": "n"}
    assert "noise" in php.adapter.output()
    assert "log" in php.adapter.output()
    unreadable = php.run("$session->delete")
    assert isinstance(unreadable, Raised)
    assert unreadable.error == "ParseError"


def test_an_sdk_that_ends_php_is_refused_in_its_own_words(target: Target, tmp_path: Path) -> None:
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor" / "autoload.php").write_text(
        "<?php trigger_error('Not this PHP.', E_USER_ERROR); exit;"
    )
    launch = type(target.launch)((*target.launch.command[:-1], str(tmp_path)), {})
    with Adapter(launch) as adapter:
        fault = adapter.ask(Start(protocol=1, base_url="http://127.0.0.1:9"), PATIENCE)
    assert isinstance(fault, Fault)
    assert (fault.code, fault.message) == (-32002, "Not this PHP.")


def test_a_registry_out_of_reach_is_told_in_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repositories = [{"type": "composer", "url": "http://127.0.0.1:9"}, {"packagist": False}]
    settings = {"repositories": repositories, "config": {"secure-http": False}}
    (tmp_path / "config.json").write_text(json.dumps(settings))
    monkeypatch.setenv("COMPOSER_HOME", str(tmp_path))
    monkeypatch.setenv("CONFORM_CACHE", str(tmp_path / "cache"))
    with pytest.raises(TargetUnavailableError) as unavailable:
        resolve(SdkName("php", Newest()))
    assert unavailable.value.what == "Packagist cannot be reached."
    assert "Failed to connect to 127.0.0.1 port 9" in unavailable.value.why


@pytest.mark.registry
def test_a_release_is_installed_from_its_registry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, behind_gateway: Callable[..., Any]
) -> None:
    monkeypatch.setenv("CONFORM_CACHE", str(tmp_path))
    target = _had(Release("2.0.642"))
    with behind_gateway(target.launch) as asked:
        assert _started(asked).sdk.version == "2.0.642"
        assert isinstance(asked.call("Session.create"), Returned)
