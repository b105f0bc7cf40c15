"""The parts of JavaScript alone: its numbers, settings, errors, modules, and samples."""

from __future__ import annotations

from typing import Any

import pytest

from conform.cases.replies import Answer
from conform.core.protocol import Configured, Raised, Returned, Rig
from conform.core.values import (
    ABSENT,
    Integer,
    List,
    Map,
    MapEntry,
    Number,
    Other,
    ReadError,
    String,
    Undefined,
)

NOT_FOUND = Answer(
    status=404,
    headers={"Content-Type": "application/json"},
    text=r'{"error": "No\ud800 session", "http-code": 404, "type": "not-found", "errors": ["a"]}',
)


@pytest.fixture(scope="module")
def which() -> str:
    return "javascript"


def text(value: str) -> String:
    return String(text=value, native="string")


def test_large_numbers_are_rounded_as_in_javascript(adapter: Any) -> None:
    session = {"site_id": 2**63 - 1, "read_only": 2**53 - 1}
    created = adapter.call(
        "Session.create", Answer(status=201, json=session), read=(*session, "no_such")
    )
    assert created.attributes == {
        "site_id": Number(text="9223372036854776000", native="number"),
        "read_only": Integer(text=str(2**53 - 1), native="number"),
        "no_such": ABSENT,
    }


def test_an_object_is_constructed_with_options_and_used(adapter: Any) -> None:
    made = adapter.call(
        "User.",
        form="construct",
        given={"id": 3},
        options={"apiKey": "own"},
        keep="it",
        read=("id", "name"),
    )
    assert made.attributes == {"id": Integer(text="3", native="number"), "name": ABSENT}
    deleted = adapter.call("User.delete", Answer(status=204), form="instance", on="it")
    assert isinstance(deleted, Returned)
    [request] = adapter.requests
    assert (request.method, request.target) == ("DELETE", "/api/rest/v1/users/3")
    assert request.header("X-FilesAPI-Key") == "own"


def test_a_setting_is_a_method_or_an_option_of_configure_network(adapter: Any) -> None:
    names = ("setApiKey", "networkTimeout", "apiKey", "getApiKey", "setapikey", "configureNetwork")
    made = adapter.set(Rig(), **dict.fromkeys(names, "x"))
    assert made == Configured(applied=names[:2], unsupported=names[2:])


def test_a_setting_of_zero_stays_zero(adapter: Any) -> None:
    adapter.set(Rig(), maxNetworkRetries=0, networkTimeout=0)
    for name in ("MaxNetworkRetries", "NetworkTimeout"):
        assert adapter.run(f"Files.get{name}()").value == Integer(text="0", native="number")


def test_reset_loads_the_modules_again(adapter: Any) -> None:
    assert isinstance(adapter.run("Files.left = Session.left = 'left'"), Returned)
    adapter.reset()
    for name in ("Files", "Session"):
        assert adapter.run(f"{name}.left").value == Undefined(native="undefined")


def test_an_error_of_the_api_has_the_message_that_the_readme_prints(adapter: Any) -> None:
    raised = adapter.call("Session.create", NOT_FOUND)
    assert isinstance(raised, Raised)
    assert raised.message == "No\ufffd session"
    assert raised.members["code"] == Integer(text="404", native="number")
    assert raised.members["errors"] == List(items=(text("a"),), native="Array")
    assert not {"message", "stack", "error"} & raised.members.keys()


def test_an_error_is_shown_as_javascript_prints_it(adapter: Any) -> None:
    raised = adapter.run(
        "throw Object.defineProperty(Object.assign("
        " new RangeError('outer', { cause: new TypeError('inner') }), { code: 7, _own: 8 }),"
        " 'broken', { get() { throw new Error() }, enumerable: true })"
    )
    assert raised.printed == (
        "RangeError: outer {\n  code: 7,\n  _own: 8,\n  broken: [Getter],\n"
        "  [cause]: TypeError: inner\n}"
    )
    assert raised.members == {
        "cause": Other(text="TypeError: inner", native="TypeError"),
        "code": Integer(text="7", native="number"),
    }


@pytest.mark.parametrize(
    ("thrown", "error", "message"),
    [
        ("undefined", "undefined", "undefined"),
        ("Object.create(null)", "object", "[Object: null prototype] {}"),
        ("{ error: 'told', message: 'not told' }", "object", "told"),
    ],
)
def test_whatever_is_thrown_is_shown(adapter: Any, thrown: str, error: str, message: str) -> None:
    raised = adapter.run(f"throw {thrown}")
    assert (raised.error, raised.message) == (error, message)


def test_an_attribute_that_cannot_be_read_does_not_hide_the_others(adapter: Any) -> None:
    made = adapter.run(
        "new (class { name = 'n'; get id() { throw new TypeError('x') } })", read=("id", "name")
    )
    assert made.attributes == {"id": ReadError(error="TypeError", message="x"), "name": text("n")}


def test_a_map_that_is_in_itself_is_cut_off(adapter: Any) -> None:
    made = adapter.run("const map = {}; map.own = map; return map")
    own = MapEntry(key="own", value=Other(native="Object"))
    assert made.value == Map(entries=(own,), native="Object")


def test_a_sample_of_several_statements_runs(adapter: Any) -> None:
    assert isinstance(adapter.run("const noise = 'noise'\nconsole.log(noise)"), Returned)
    assert "noise" in adapter.adapter.output()
