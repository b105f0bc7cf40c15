"""``conform call``: one call by hand, and everything that was seen."""

from __future__ import annotations

from collections.abc import Callable
import json
from subprocess import CompletedProcess

import pytest

Command = Callable[..., CompletedProcess[str]]


def test_a_call_shows_what_was_sent_and_what_came_of_it(conform: Command) -> None:
    ran = conform("call", "http", "session.create", "username=motor", "password=vroom")
    assert ran.returncode == 0, ran.stderr
    sent, came_back = ran.stdout.split("--- came back ---")
    assert "POST /api/rest/v1/sessions" in sent
    assert '"username"' in sent
    assert "201" in came_back
    assert "language: " in came_back


def test_a_secret_of_the_callers_is_not_shown(conform: Command) -> None:
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
        (["http", "session.login"], "'session.login' is documented nowhere."),
        (["http", "session.create", "motor"], "'motor' is no argument."),
        (["htpp", "session.create"], "Did you mean http?"),
    ],
    ids=["operation", "argument", "target"],
)
def test_bad_input_gets_one_clear_answer(conform: Command, arguments: list[str], says: str) -> None:
    ran = conform("call", *arguments)
    assert ran.returncode == 2
    assert says in ran.stderr
    assert "Traceback" not in ran.stderr
