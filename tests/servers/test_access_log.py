"""The access log has a line for each request, and no secret in any spelling."""

from __future__ import annotations

import re

import pytest

from conform.core.secrets import Secret

from .plain import Start

INVALID_CODE = "not-authenticated/invalid-or-expired-code"
SECRETS = ("vroom", "motor-secret", "8f14e45fceea167a5a36dedd4bea2543c9f0f895", "pa+ss/wörd")


@pytest.fixture
def lines() -> list[str]:
    return []


def test_a_line_says_what_was_asked_and_answered(start: Start, lines: list[str]) -> None:
    client = start("extended", log=lines.append)
    session = client.session()
    client.send("GET", "/users/7", session=session)
    client.send("GET", "/users/7")
    client.post("/sessions/pairing_key/vroom")
    client.send("PATCH", "/sessions")
    assert [re.sub(r"\d+ ms$", "_ ms", each) for each in lines] == [
        "POST /api/rest/v1/sessions 201 _ ms",
        "GET /api/rest/v1/users/{id} 200 _ ms",
        "GET /api/rest/v1/users/{id} 401 not-authenticated/authentication-required _ ms",
        f"POST /api/rest/v1/sessions/pairing_key/{{key}} 401 {INVALID_CODE} _ ms",
        "PATCH /api/rest/v1/sessions 405 bad-request/method-not-allowed _ ms",
    ]


@pytest.mark.parametrize("secret", SECRETS)
def test_no_secret_is_in_the_log_wherever_a_client_puts_it(
    start: Start, lines: list[str], secret: str, capfd: pytest.CaptureFixture[str]
) -> None:
    client = start("extended", {"password": secret}, log=lines.append)
    session = client.session("motor", secret)
    client.login("motor", secret + "x", otp=secret, partial_session_id=secret)
    ascii_only = secret if secret.isascii() else "x"
    for path in (f"/{secret}", f"/sessions/{secret}", f"/users/{secret}", f"/sessions?x={secret}"):
        client.send("GET", path, session=ascii_only)
        client.send("DELETE", path, key=ascii_only)
    client.send("DELETE", f"/sessions?session[id]={session}", session=session)
    client.send(secret.upper() if ascii_only == secret else "X", "/users")
    client.send("POST", "/sessions", data=f'{{"{secret}": 1, "{secret}": 2}}'.encode())
    client.send("POST", "/sessions", data=b"x", headers={"Content-Type": f"text/{ascii_only}"})
    said = "\n".join((*lines, *capfd.readouterr()))
    assert len(lines) == 14
    assert [each for each in (secret, secret.upper(), session) if Secret(each).found_in(said)] == []


def test_a_reader_that_ends_does_not_stop_the_server(start: Start) -> None:
    def gone(_line: str) -> None:
        raise BrokenPipeError

    client = start(log=gone)
    assert client.login().status == 201
    assert client.login().status == 201
