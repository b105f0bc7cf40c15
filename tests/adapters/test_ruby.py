"""The parts of Ruby alone: symbols and strings, real hashes, and what Ruby shows of an error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conform.cases.replies import Answer
from conform.core.protocol import Call, Configure, Configured, Raised, Returned, Unsupported
from conform.core.values import (
    Argument,
    Integer,
    Kept,
    Number,
    Other,
    String,
    from_json,
    parameters,
)
from conform.targets.resolve import Target


def given(**values: Any) -> dict[str, Argument]:
    """JSON values as arguments or settings."""
    return {**parameters(**values)}


@pytest.fixture(scope="module")
def which() -> str:
    return "ruby"


def test_the_sdk_is_loaded_from_where_it_was_installed(adapter: Any, target: Target) -> None:
    loaded = Path(adapter.started.loaded)
    assert loaded.name == "files.com.rb"
    assert target.contains(loaded)


def test_an_object_is_constructed_saved_and_destroyed(
    adapter: Any, session: dict[str, Any]
) -> None:
    construct = Call(
        resource="Session",
        form="construct",
        named=given(username="u"),
        keep="it",
        read=("username",),
    )
    assert adapter.ask(construct).attributes == {"username": String(text="u", native="String")}
    save = Call(resource="Session", operation="save", form="instance", on="it")
    assert isinstance(adapter.ask(save), Returned)
    assert adapter.requests[0].body == b"username=u"
    adapter.ask(
        Call(resource="Session", operation="destroy", form="instance", on="it"),
        Answer(status=204),
    )
    assert adapter.requests[0].header("X-FilesAPI-Auth") == session["id"]


def test_a_call_with_its_own_session_finds_a_large_id(adapter: Any) -> None:
    largest = 2**63 - 1
    find = Call(
        resource="User",
        operation="find",
        positional=(from_json(largest),),
        named={},
        options=given(session_id="own"),
        read=("id",),
    )
    found = adapter.ask(find, Answer(json={"id": largest}))
    assert found.attributes["id"] == Integer(text=str(largest), native="Integer")
    assert str(largest) in adapter.requests[0].target
    assert adapter.requests[0].header("X-FilesAPI-Auth") == "own"


def test_a_session_that_is_kept_is_the_global_one(adapter: Any) -> None:
    construct = Call(resource="Session", form="construct", named=given(id="kept"), keep="it")
    adapter.ask(construct)
    made = adapter.adapter.ask(Configure(settings={"session": Kept(handle="it")}), 60)
    assert made == Configured(applied=("session",))
    find = Call(resource="User", operation="find", positional=(from_json(7),))
    adapter.ask(find, Answer(json={"id": 7}))
    assert adapter.requests[0].header("X-FilesAPI-Auth") == "kept"


@pytest.mark.parametrize(("keys", "outcome"), [("symbols", Raised), ("strings", Returned)])
def test_names_are_symbols_or_strings(adapter: Any, keys: Any, outcome: type) -> None:
    # The SDK looks up its parameters by symbols, so it does not see the wrong type of a string.
    named = given(username=7, more={"a": 1})
    login = Call(resource="Session", operation="create", named=named, keys=keys)
    assert isinstance(adapter.ask(login), outcome)
    assert bool(adapter.requests) == (outcome is Returned)


def test_the_language_itself_refuses_arguments(adapter: Any) -> None:
    adapter.ask(Call(resource="Session", form="construct", named={}, keep="it"))
    save = Call(
        resource="Session", operation="save", form="instance", on="it", named={}, options={}
    )
    raised = adapter.ask(save)
    assert isinstance(raised, Raised)
    assert (raised.error, raised.members) == ("ArgumentError", {})
    assert raised.message == "wrong number of arguments (given 2, expected 0)"
    assert isinstance(adapter.ask(Call(resource="Session", operation="save")), Unsupported)


def test_settings_are_made_as_they_are_written(adapter: Any) -> None:
    wanted = given(open_timeout=0.4, max_network_retry_delay=0, max_network_retries=0)
    made = adapter.adapter.ask(Configure(settings=wanted | given(no_such=1)), 60)
    assert made == Configured(applied=(*wanted,), unsupported=("no_such",))
    assert adapter.run("Files.open_timeout").value == Number(text="0.4", native="Float")
    zero = Integer(text="0", native="Integer")
    assert adapter.run("Files.max_network_retry_delay").value == zero
    assert adapter.run("Files.max_network_retries").value == zero


def test_what_the_sdk_raises_for_a_setting_is_shown(adapter: Any) -> None:
    raised = adapter.adapter.ask(Configure(settings=given(session="no object")), 60)
    assert isinstance(raised, Raised)
    assert (raised.error, raised.ancestors[0]) == ("NoMethodError", "NameError")


def test_an_error_is_printed_with_its_causes_and_without_its_stack(adapter: Any) -> None:
    code = "begin; raise 'inner'; rescue StandardError; raise IOError, \"outer\\nmore\"; end"
    raised = adapter.run(code)
    assert raised.message == "outer\nmore"
    assert raised.printed == "outer (IOError)\nmore\ninner (RuntimeError)"


def test_the_members_of_an_error_are_what_can_be_read(adapter: Any) -> None:
    members = "def code = 7; def inner = Object.new; def broken = raise; def with(other) = other"
    raised = adapter.run(f"raise Class.new(StandardError) {{ {members} }}, 'outer'")
    assert raised.members == {
        "code": Integer(text="7", native="Integer"),
        "inner": Other(native="Object"),
    }
    assert adapter.run("missing").members.keys() == {"name", "receiver"}
