"""The parts of PHP alone: large numbers, static methods, no retries, errors, an end of PHP."""

from __future__ import annotations

from pathlib import Path
import re
from typing import Any

import pytest

from conform.cases.replies import Answer
from conform.core.protocol import VERSION, Configured, ErrorResponse, Raised, Returned, Rig, Start
from conform.core.values import Integer, Number, ReadError, String
from conform.targets.adapter import Adapter
from conform.targets.resolve import Target

ANSWER_SECONDS = 60.0


@pytest.fixture(scope="module")
def which() -> str:
    return "php"


def test_a_number_that_is_too_large_is_a_float(adapter: Any, session: dict[str, Any]) -> None:
    reply = Answer(status=201, json={**session, "beyond": 2**63})
    created = adapter.call("Session.create", reply, read=("id", "site_id", "beyond"))
    assert created.attributes == {
        "id": String(text=session["id"], native="string"),
        "site_id": Integer(text=str(2**63 - 1), native="int"),
        "beyond": Number(text="9.223372036854776E+18", native="float"),
    }


def test_a_static_method_is_called_on_an_object(adapter: Any) -> None:
    adapter.set(setSessionId="ofall")
    adapter.call("Session.", form="construct", keep="it")
    deleted = adapter.call("Session.delete", Answer(status=204), form="instance", on="it")
    assert isinstance(deleted, Returned)
    assert adapter.requests[0].header("X-FilesAPI-Auth") == "ofall"


def test_a_setting_is_a_method_or_a_property_in_its_own_case(adapter: Any) -> None:
    names = ("setApiKey", "readTimeout", "setapikey", "apiKey", "ReadTimeout")
    made = adapter.set(Rig(), **dict.fromkeys(names, "x"))
    assert made == Configured(applied=names[:2], unsupported=names[2:])


def test_a_setting_of_no_retries_is_made_and_the_rig_avoids_it(adapter: Any) -> None:
    made = adapter.set(Rig(), maxNetworkRetries=0)
    assert made == Configured(applied=("maxNetworkRetries",))
    raised = adapter.call("Session.create")
    assert isinstance(raised, Raised)
    assert "on null" in raised.message or "null given" in raised.message
    assert adapter.set(Rig(attempts=1)).unsupported == ("attempts",)
    assert isinstance(adapter.call("Session.create"), Returned)
    assert adapter.set(Rig(attempts=2)).applied == ("attempts",)


def test_an_error_is_shown_as_php_prints_it(adapter: Any) -> None:
    raised = adapter.run("throw new RuntimeException('outer', 3, new LogicException('inner'));")
    assert re.fullmatch(
        r"PHP Fatal error:  Uncaught LogicException: inner in \S+ : eval\(\)'d code:1\n\n"
        r"Next RuntimeException: outer in \S+ : eval\(\)'d code:1\n"
        r"  thrown in \S+ : eval\(\)'d code on line 1",
        raised.printed,
    )
    assert raised.members == {"getCode": Integer(text="3", native="int")}
    assert adapter.run("1 +").printed.startswith("PHP Parse error:  syntax error, ")


def test_a_getter_that_raises_is_no_member(adapter: Any) -> None:
    raised = adapter.run(
        "throw new class('told') extends Exception {"
        " public function detail(): string { return 'd'; }"
        " public function broken(): string { throw new Exception('x'); }"
        " public function chosen(int $which): int { return $which; }"
        " };"
    )
    assert raised.members == {
        "detail": String(text="d", native="string"),
        "getCode": Integer(text="0", native="int"),
    }


def test_an_attribute_that_cannot_be_read_does_not_hide_the_others(adapter: Any) -> None:
    made = adapter.run(
        "return new class {"
        " public $name = 'n'; public function __get($name) { throw new Exception('x'); }"
        " };",
        read=("id", "name"),
    )
    assert made.attributes == {
        "id": ReadError(error="Exception", message="x"),
        "name": String(text="n", native="string"),
    }


def test_an_sdk_that_ends_php_is_quoted(target: Target, tmp_path: Path) -> None:
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor" / "autoload.php").write_text(
        "<?php trigger_error('Not this PHP.', E_USER_ERROR); exit;"
    )
    launch = type(target.launch)((*target.launch.command[:-1], str(tmp_path)), {})
    with Adapter(launch) as adapter:
        error = adapter.ask(Start(protocol=VERSION, base_url="http://127.0.0.1:9"), ANSWER_SECONDS)
    assert isinstance(error, ErrorResponse)
    assert (error.code, error.message) == (-32002, "Not this PHP.")
