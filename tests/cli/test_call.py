"""``conform call``: a single call, and everything that is seen."""

from __future__ import annotations

from collections.abc import Callable
import json
import os
from pathlib import Path
from select import select
from subprocess import PIPE, CompletedProcess, Popen, run
import sys

import pytest

Command = Callable[..., CompletedProcess[str]]

COMMAND = [sys.executable, "-m", "conform", "call", "http", "session.create"]
NASTY = 'vr\\oom/4f1c+9d7e%20&x="é"\'<'


def call(folder: Path, given: list[str], stdin: str) -> CompletedProcess[str]:
    """Call ``session.create`` of the reference client."""
    return run(
        [*COMMAND, *given],
        cwd=folder,
        env={**os.environ, "FILES_PASSWORD": NASTY},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def shown_lines(text: str) -> list[str]:
    """The lines that do not depend on the port and the length of a secret."""
    changing = ("content-length:", "host:")
    return [line for line in text.splitlines() if not line.lower().startswith(changing)]


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


@pytest.mark.parametrize(
    ("given", "stdin"),
    [
        ([f"password={NASTY}"], ""),
        (["password=@env:FILES_PASSWORD"], ""),
        (["password=@-"], f"{NASTY}\n"),
    ],
    ids=["argument", "variable", "standard input"],
)
def test_a_secret_is_sent_and_masked_wherever_it_comes_from(
    tmp_path: Path, given: list[str], stdin: str
) -> None:
    plain = call(tmp_path, ["username=me", "password=vroom"], "")
    ran = call(tmp_path, ["username=me", *given], stdin)
    assert ran.stderr == ""
    assert shown_lines(ran.stdout) == shown_lines(plain.stdout.replace("vroom", "[redacted]"))
    assert "[redacted]" in ran.stdout


def test_secrets_are_read_line_by_line_and_are_not_json(tmp_path: Path) -> None:
    ran = call(tmp_path, ["username=me", "password=@-", "otp=@-"], "12345678\r\n[87654321]")
    body = ran.stdout.partition("--- received ---")[0]
    assert '"password": "[redacted]"' in body
    assert '"otp": "[redacted]"' in body


def test_every_secret_in_an_argument_is_masked(conform: Command) -> None:
    given = ["password=98765432", 'otp=["sesame-1", {"a": "sesame-2"}]']
    ran = conform("call", "http", "session.create", "username=me", *given, "--json")
    assert ran.returncode == 0, ran.stderr
    assert "98765432" not in ran.stdout
    assert "sesame" not in ran.stdout


def test_any_argument_from_a_variable_is_masked(conform: Command) -> None:
    given = ["username=@env:WHO", "password=vroom"]
    ran = conform("call", "http", "session.create", *given, WHO="nobody@example.com")
    assert ran.returncode == 0, ran.stderr
    assert "nobody" not in ran.stdout
    assert '"vroom"' in ran.stdout


def test_a_text_that_begins_with_a_source_can_be_written_as_json(conform: Command) -> None:
    ran = conform("call", "http", "session.create", 'username="@env:ME"', "password=vroom")
    assert '"@env:ME"' in ran.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals.")
def test_a_terminal_asks_for_a_secret_and_does_not_show_it(tmp_path: Path) -> None:
    terminal, stdin = os.openpty()
    with Popen(
        [*COMMAND, "username=me", "password=@-"],
        cwd=tmp_path,
        stdin=stdin,
        stdout=PIPE,
        stderr=PIPE,
        start_new_session=True,
    ) as ran:
        assert ran.stdout
        assert ran.stderr
        # It asks after it has switched off the echo.
        assert ran.stderr.read(len("password: ")) == b"password: "
        os.write(terminal, b"hunter2-hunter2\n")
        shown = ran.stdout.read()
    echoed, _, _ = select([terminal], [], [], 0)
    os.close(stdin)
    os.close(terminal)
    assert ran.returncode == 0
    assert b'"password": "[redacted]"' in shown
    assert b"hunter2" not in shown
    assert not echoed


def test_a_session_id_comes_from_a_variable_too(conform: Command) -> None:
    given = ["--session-id", "@env:SESSION"]
    ran = conform("call", "http", "session.delete", *given, SESSION="0123456789abcdef")
    assert "X-FilesAPI-Auth: [redacted]" in ran.stdout


def test_a_session_id_is_sent_and_not_shown(conform: Command) -> None:
    ran = conform("call", "http", "session.delete", "--session-id", "0123456789abcdef")
    assert "X-FilesAPI-Auth: [redacted]" in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["http", "session.login"], "'session.login' is not a documented operation."),
        (["http", "session.create", "motor"], "'motor' is not a valid argument."),
        (["htpp", "session.create"], "Did you mean http?"),
        (["http", "session.create", "otp=@env:NO_SUCH"], "The environment variable 'NO_SUCH' is"),
        (["http", "session.create", "otp=@env:"], "otp has no value."),
        (["http", "session.create", "otp=@-"], "Standard input ended, or its next line is empty."),
        (["http", "session.create", "otp=@x"], "otp has no source '@x'."),
        (["http", "session.delete", "--session-id", "@x"], "--session-id has no source '@x'."),
    ],
    ids=[
        *("operation", "argument", "target"),
        *("no variable", "no name of a variable", "no input", "no source", "no session"),
    ],
)
def test_wrong_input_is_refused_with_one_message(
    conform: Command, arguments: list[str], says: str
) -> None:
    ran = conform("call", *arguments)
    assert ran.returncode == 2
    assert says in ran.stderr
    assert "Traceback" not in ran.stderr
