"""A login with a second factor, in one step and in two; each code works once."""

from __future__ import annotations

import pytest

from conform.servers.one_time import key_of, totp

from .plain import PlainClient, Reply, Start, TurnedClock

NEEDED = (401, "not-authenticated/two-factor-authentication-error")
INCORRECT = (401, "not-authenticated/one-time-password-incorrect")
INVALID_SESSION = (401, "not-authenticated/invalid-session")

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_6238 = ((59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130"))
"""The last six digits of the values in appendix B of RFC 6238, for SHA-1."""


def second_step(client: PlainClient, first: Reply, code: str) -> Reply:
    return client.post("/sessions", otp=code, **first.body["data"])


@pytest.mark.parametrize(("now", "code"), RFC_6238)
def test_the_codes_are_those_of_the_rfc(now: int, code: str) -> None:
    assert totp(SECRET, code, now)
    assert totp(SECRET, code, now + 30)
    assert totp(SECRET, code, now - 30)
    assert not totp(SECRET, code, now + 90)
    assert not totp(SECRET, code, now - 90)
    assert not totp(SECRET, f"{int(code) ^ 1:06}", now)


@pytest.mark.parametrize(
    ("secret", "key"), [("GEZDGNBV", b"12345"), ("gezd gnbv", b"12345"), ("MY======", b"f")]
)
def test_a_secret_is_read_as_apps_show_it(secret: str, key: bytes) -> None:
    assert key_of(secret) == key


@pytest.mark.parametrize("secret", ["", "=", "no base32!", "A", "ż"])
def test_what_is_no_secret_has_no_key(secret: str) -> None:
    assert key_of(secret) is None


def test_password_and_code_in_one_step_open_a_session(start: Start) -> None:
    client = start("compact", {"one_time_codes": ("123456",)})
    assert client.login(otp="654321").refused == INCORRECT
    assert client.login(otp="123456").status == 201
    assert client.login(otp="123456").refused == INCORRECT


def test_a_wrong_password_does_not_use_up_a_code(start: Start) -> None:
    client = start("compact", {"one_time_codes": ("123456",)})
    assert client.login("motor", "wrong", otp="123456").status == 401
    assert client.login(otp="123456").status == 201


def test_a_login_in_two_steps_uses_the_partial_session(start: Start) -> None:
    client = start("compact", {"one_time_codes": ("123456", "234567")})
    first = client.login()
    assert first.refused == NEEDED
    assert first.body["data"].keys() == {"partial_session_id"}
    opened = second_step(client, first, "123456")
    assert opened.status == 201
    assert client.works(opened.body["id"])
    assert second_step(client, first, "234567").refused == INVALID_SESSION


def test_a_partial_session_is_no_session(start: Start) -> None:
    client = start("compact", {"one_time_codes": ("123456",)})
    assert not client.works(client.login().body["data"]["partial_session_id"])


def test_a_second_step_needs_a_code(start: Start) -> None:
    client = start("compact", {"one_time_codes": ("123456",)})
    first = client.login()
    assert client.post("/sessions", **first.body["data"]).refused == NEEDED
    assert second_step(client, first, "123456").status == 201


def test_a_second_step_has_five_attempts(start: Start) -> None:
    client = start("compact", {"one_time_codes": ("123456",)})
    first = client.login()
    for _ in range(5):
        assert second_step(client, first, "000000").refused == INCORRECT
    assert second_step(client, first, "123456").refused == INVALID_SESSION


def test_a_second_step_can_come_too_late(start: Start, clock: TurnedClock) -> None:
    client = start("compact", {"one_time_codes": ("123456",)})
    first, second = client.login(), client.login()
    clock.pass_by(599)
    assert second_step(client, first, "123456").status == 201
    clock.pass_by(1)
    assert second_step(client, second, "123456").refused == INVALID_SESSION


def test_a_code_of_an_app_works_once_and_the_next_one_works(
    start: Start, clock: TurnedClock
) -> None:
    client = start("compact", {"totp_secret": SECRET})
    clock.now = 1111111109
    assert client.login(otp="081804").status == 201
    assert client.login(otp="081804").refused == INCORRECT
    clock.now = 1111111111
    assert client.login(otp="050471").status == 201
    assert client.login(otp="081804").refused == INCORRECT


def test_users_with_the_same_code_do_not_use_it_up_for_each_other(start: Start) -> None:
    codes = {"one_time_codes": ("123456",)}
    client = start("compact", codes, codes | {"id": 2, "username": "other"})
    assert client.login(otp="123456").status == 201
    assert client.login("other", otp="123456").status == 201


def test_a_variant_without_partial_sessions_wants_all_in_one_step(start: Start) -> None:
    client = start("integer-id", {"one_time_codes": ("123456",)})
    first = client.login()
    assert first.refused == NEEDED
    assert "data" not in first.body
    assert client.login(otp="123456").status == 201


def test_a_code_that_nobody_needs_is_ignored(start: Start) -> None:
    assert start().login(otp="123456").status == 201
