"""The parts of JavaScript alone: its numbers, options of an object, and samples."""

from __future__ import annotations

from typing import Any

import pytest

from conform.cases.replies import Answer
from conform.core.protocol import Credentials, Returned
from conform.core.values import ABSENT, Integer, Number


@pytest.fixture(scope="module")
def which() -> str:
    return "javascript"


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
    own = Credentials(api_key="own")
    made = adapter.call(
        "User.", form="construct", given={"id": 3}, options=own, keep="it", read=("id", "name")
    )
    assert made.attributes == {"id": Integer(text="3", native="number"), "name": ABSENT}
    deleted = adapter.call("User.delete", Answer(status=204), form="instance", on="it")
    assert isinstance(deleted, Returned)
    [request] = adapter.requests
    assert (request.method, request.target) == ("DELETE", "/api/rest/v1/users/3")
    assert request.header("X-FilesAPI-Key") == "own"


def test_a_sample_of_several_statements_runs(adapter: Any) -> None:
    assert isinstance(adapter.run("const noise = 'noise'\nconsole.log(noise)"), Returned)
    assert "noise" in adapter.adapter.output()
