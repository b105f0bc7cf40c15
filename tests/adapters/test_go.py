"""The parts of Go alone: modules, fields that are not pointers, iterators, logs, its compiler."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conform.cases.replies import Answer
from conform.core.errors import TargetUnavailableError
from conform.core.protocol import Call, Raised, Returned
from conform.core.values import Kept, List, Null, Other, String
from conform.targets import cache
from conform.targets.names import Checkout, SdkName
from conform.targets.resolve import Target, resolve

from .conftest import EXAMPLE


@pytest.fixture(scope="module")
def which() -> str:
    return "go"


def test_the_sdk_is_named_as_its_module(adapter: Any, checkout: Path) -> None:
    module = (checkout / "go.mod").read_text().split()[1]
    assert adapter.started.sdk.name == module


def test_only_a_pointer_can_be_null(adapter: Any) -> None:
    session = {"id": "x", "language": None, "read_only": None}
    created = adapter.call(
        "Session.Create",
        Answer(status=201, json=session),
        given={"username": "u", "partial_session_id": "p"},
        read=("Id", "Language", "ReadOnly"),
    )
    assert created.attributes == {
        "Id": String(text="x", native="string"),
        "Language": String(text="", native="string"),
        "ReadOnly": Null(native="*bool"),
    }
    [request] = adapter.requests
    assert request.body == b'{"partial_session_id":"p","username":"u"}'


def test_an_iterator_is_read_to_its_end(adapter: Any) -> None:
    adapter.set(APIKey="key")
    listed = adapter.call("User.List", Answer(json=[{"id": 1}, {"id": 2}]))
    assert isinstance(listed.value, List)
    assert [each.native for each in listed.value.items] == ["files_sdk.User"] * 2
    assert len(adapter.requests) == 1


def test_settings_and_options_are_the_fields_of_a_config(adapter: Any) -> None:
    configured = adapter.set(APIKey="key", SessionId=7, api_key="key")
    assert configured.unsupported == ("connect_seconds", "SessionId", "api_key")
    adapter.call("Session.Create", keep="it")
    options = {"SessionId": Kept(handle="it", attribute="Id")}
    deleted = adapter.ask(
        Call(resource="Session", operation="Delete", named={}, options=options),
        Answer(status=204),
    )
    assert isinstance(deleted, Returned)
    [request] = adapter.requests
    assert request.header("X-FilesAPI-Auth") == EXAMPLE["id"]
    assert request.header("X-FilesAPI-Key") is None


def test_an_error_shows_its_fields(adapter: Any) -> None:
    refused = {
        "error": "Gone.",
        "title": "Not Found",
        "http-code": 404,
        "type": "not-found/folder",
        "errors": [{"error": "Inner."}],
    }
    raised = adapter.call("User.Find", Answer(status=404, json=refused), given={"id": 7})
    assert isinstance(raised, Raised)
    assert (raised.message, raised.printed) == ("Gone.", "Not Found - `Gone.`")
    assert {"Type", "Title", "HttpCode", "Errors", "Data"} <= raised.members.keys()
    assert "ErrorMessage" not in raised.members
    errors = raised.members["Errors"]
    assert isinstance(errors, List)
    assert isinstance(errors.items[0], Other)
    assert "Inner." in errors.items[0].text


def test_the_compiler_notes_where_the_sdk_is(adapter: Any, target: Target) -> None:
    assert Path(adapter.started.loaded).name == "responseerror.go"
    assert target.contains(Path(adapter.started.loaded))


@pytest.mark.parametrize("level", ["none", "info", "debug"])
def test_only_the_debug_log_names_a_request_that_succeeds(
    level: str, target: Target, behind_gateway: Callable[..., Any]
) -> None:
    with behind_gateway(target.launch) as driven:
        driven.start(log_level=level)
        driven.call("Session.Create")
        assert ("/api/rest/v1/sessions" in driven.adapter.output()) == (level == "debug")


@pytest.mark.usefixtures("target")
def test_the_words_of_the_compiler_are_quoted(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken"
    cache.copy(checkout, broken)
    (broken / "session" / "broken.go").write_text('package session\n\nvar broken int = "text"\n')
    monkeypatch.setenv("CONFORM_CACHE", str(tmp_path / "cache"))
    with pytest.raises(TargetUnavailableError) as unavailable:
        resolve(SdkName("go", Checkout(broken)))
    assert "broken.go:3:18: cannot use" in unavailable.value.why
