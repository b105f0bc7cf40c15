"""``conform call``: a single call, and everything that is seen."""

from __future__ import annotations

from collections.abc import Callable
import json
from subprocess import CompletedProcess

import pytest

Command = Callable[..., CompletedProcess[str]]


def test_a_call_shows_the_request_the_response_and_the_result(conform: Command) -> None:
    ran = conform("call", "http", "session.create", "username=motor", "password=vroom")
    assert ran.returncode == 0, ran.stderr
    sent, received = ran.stdout.split("--- received ---")
    assert "POST /api/rest/v1/sessions" in sent
    assert '"username"' in sent
    assert "201" in received
    assert "step 1 returned client.Record" in received
    assert "language: " in received


def test_a_secret_of_the_user_is_not_shown(conform: Command) -> None:
    ran = conform("call", "http", "session.create", "username=me", "password=hunter2-é", "--json")
    assert "hunter2" not in ran.stdout
    body = json.loads(ran.stdout)["exchanges"][0]["request"]["body"]
    assert body


def test_a_session_id_is_sent_and_not_shown(conform: Command) -> None:
    ran = conform("call", "http", "session.delete", "--session-id", "0123456789abcdef")
    assert "X-FilesAPI-Auth: [redacted]" in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["http", "session.login"], "'session.login' is not a documented operation."),
        (["http", "session.create", "motor"], "'motor' is not a valid argument."),
        (["htpp", "session.create"], "Did you mean http?"),
    ],
    ids=["operation", "argument", "target"],
)
def test_wrong_input_is_refused_with_one_message(
    conform: Command, arguments: list[str], says: str
) -> None:
    ran = conform("call", *arguments)
    assert ran.returncode == 2
    assert says in ran.stderr
    assert "Traceback" not in ran.stderr
