"""The parts of PHP alone: large numbers, static methods on objects, an SDK that ends PHP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conform.cases.replies import Answer
from conform.core.protocol import Credentials, ErrorResponse, Network, Raised, Returned, Start
from conform.core.values import Integer, Number, String
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
    adapter.set(credentials=Credentials(session_id="ofall"))
    adapter.call("Session.", form="construct", keep="it")
    deleted = adapter.call("Session.delete", Answer(status=204), form="instance", on="it")
    assert isinstance(deleted, Returned)
    assert adapter.requests[0].header("X-FilesAPI-Auth") == "ofall"


def test_the_sdk_cannot_make_a_single_attempt(adapter: Any) -> None:
    assert adapter.set(network=Network(attempts=2)).applied == ("attempts",)
    raised = adapter.run(
        r"\Files\Files::$maxNetworkRetries = 0; \Files\Model\Session::create(['username' => 'u']);"
    )
    assert isinstance(raised, Raised)
    assert "on null" in raised.message or "null given" in raised.message


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
