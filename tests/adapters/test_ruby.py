"""The parts of Ruby alone: an object that is saved and then destroyed, and large ids."""

from __future__ import annotations

from typing import Any

import pytest

from conform.cases.replies import Answer
from conform.core.protocol import Credentials, Returned
from conform.core.values import Integer, String


@pytest.fixture(scope="module")
def which() -> str:
    return "ruby"


def test_an_object_is_constructed_saved_and_destroyed(adapter: Any) -> None:
    made = adapter.call(
        "Session.", form="construct", given={"username": "u"}, keep="it", read=("username",)
    )
    assert made.attributes == {"username": String(text="u", native="String")}
    assert isinstance(adapter.call("Session.save", form="instance", on="it"), Returned)
    assert adapter.requests[0].body == b"username=u"
    read = adapter.call("Session.", form="read", on="it", read=("id",))
    adapter.call("Session.destroy", Answer(status=204), form="instance", on="it")
    assert adapter.requests[0].header("X-FilesAPI-Auth") == read.attributes["id"].text


def test_a_call_with_its_own_session_finds_a_large_id(adapter: Any) -> None:
    largest = 2**63 - 1
    found = adapter.call(
        "User.find",
        Answer(json={"id": largest}),
        given={"id": largest},
        options=Credentials(session_id="own"),
        read=("id",),
    )
    assert found.attributes["id"] == Integer(text=str(largest), native="Integer")
    assert str(largest) in adapter.requests[0].target
    assert adapter.requests[0].header("X-FilesAPI-Auth") == "own"
