"""Bodies are JSON or forms, decoded strictly, and held against the documentation."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from conform.schemas import Readmes
from conform.servers.operations import OPERATIONS
from conform.servers.outcomes import ErrorType, Refused

from .plain import Reply, Start

INVALID_BODY = (400, "bad-request/invalid-body")
INVALID = (400, "bad-request/request-params-invalid")
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def send(start: Start) -> Any:
    client = start("extended")

    def sent(content: bytes, media_type: str | None = "application/json") -> Reply:
        headers = {"Content-Type": media_type} if media_type else {}
        return client.send("POST", "/sessions", data=content, headers=headers)

    return sent


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b'{"username": "motor", "password": "vroom"}', "application/json"),
        (b'{"username": "motor", "password": "vroom"}', "Application/JSON; charset=utf-8"),
        (b'{"username": "motor", "password": "vroom"}', None),
        (b'{"username": "motor", "password": "vroom", "otp": null}', "application/json"),
        (b'{"username": "motor", "password": "vroom", "unknown": [1]}', "application/json"),
        (b"username=motor&password=vroom", FORM),
        (b"username=m%6Ftor&password=vroom&otp=", f"{FORM}; charset=utf-8"),
        (b"username=motor&password=vroom&no_cookie=true&unknown%5Bx%5D=1", FORM),
    ],
)
def test_a_login_is_sent_as_json_or_as_a_form(
    send: Any, content: bytes, media_type: str | None
) -> None:
    assert send(content, media_type).status == 201


@pytest.mark.parametrize(
    "content",
    [
        b"[]",
        b"null",
        b'"motor"',
        b"{",
        b"\xef\xbb\xbf{}",
        b'{"username": "motor", "username": "other", "password": "vroom"}',
        b'{"username": "motor", "password": "vroom"} x',
        b'{"username": "motor", "password": "vroom", "unknown": NaN}',
        b'{"username": "motor", "password": "\\ud800"}',
        b'{"username": "motor", "password": "\xff"}',
        b"[" * 100_000,
    ],
)
def test_a_body_that_is_not_strict_json_is_refused(send: Any, content: bytes) -> None:
    refused = send(content)
    assert refused.refused == INVALID_BODY
    assert b"vroom" not in refused.content


@pytest.mark.parametrize(
    "content",
    [
        b"username=motor&username=other",
        b"username=%ff",
        b"username=\xc5\xbc",
        b"username",
        b"&".join(b"x%d=1" % n for n in range(2000)),
    ],
)
def test_a_form_that_can_be_read_in_two_ways_is_refused(send: Any, content: bytes) -> None:
    assert send(content, FORM).refused == INVALID_BODY


@pytest.mark.parametrize("media_type", ["text/plain", "multipart/form-data; boundary=x", "x"])
def test_another_type_of_body_is_refused(send: Any, media_type: str) -> None:
    refused = send(b"{}", media_type)
    assert refused.refused == (415, "bad-request/unsupported-media-type")


@pytest.mark.parametrize(
    ("content", "media_type", "message"),
    [
        (
            b'{"username": 7, "password": "vroom"}',
            "application/json",
            "username is an integer where string is documented.",
        ),
        (
            b'{"username": "motor", "password": {"x": 1}}',
            "application/json",
            "password is an object where string is documented.",
        ),
        (b"no_cookie=maybe", FORM, "no_cookie is a string where boolean is documented."),
    ],
)
def test_a_value_of_another_type_is_refused(
    send: Any, content: bytes, media_type: str, message: str
) -> None:
    refused = send(content, media_type)
    assert refused.refused == INVALID
    assert refused.body["error"] == message


def test_a_body_of_more_than_a_mebibyte_is_refused(send: Any) -> None:
    largest = b'{"username": "motor", "password": "vroom"}'.ljust(1024 * 1024)
    assert send(largest).status == 201
    assert send(largest + b" ").refused == (413, "bad-request/request-body-too-large")


def test_an_unknown_path_and_an_unknown_method_are_refused_as_documented(start: Start) -> None:
    client = start()
    assert client.send("GET", "/session").refused == (404, "not-found")
    assert client.send("POST", "/sessions/").refused == (404, "not-found")
    refused = client.send("PATCH", "/sessions")
    assert refused.refused == (405, "bad-request/method-not-allowed")
    assert {*refused.headers["Allow"].split(", ")} == {"POST", "DELETE"}


def test_a_message_names_the_instance_of_an_error(start: Start) -> None:
    client = start()
    first, second = (client.login("motor", "wrong").body for _ in range(2))
    assert first["instance"] != second["instance"]


def test_a_defect_of_the_server_is_an_error_as_documented(
    start: Start, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    client = start()
    monkeypatch.delitem(OPERATIONS, "session.create")
    assert client.login().refused == (500, "bad-request/internal-general-error")
    assert "KeyError: 'session.create'" in capfd.readouterr().err
    monkeypatch.undo()
    assert client.login().status == 201


def test_every_type_of_error_is_one_that_a_readme_names() -> None:
    facts = Readmes.load().facts
    for kind in set(get_args(ErrorType)) - {"not-found"}:
        assert f"class {kind}" in facts
        assert 400 <= Refused(type=kind, message="").status < 600
