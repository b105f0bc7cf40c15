"""A user who forgot the password gets a code and chooses a new password."""

from __future__ import annotations

from typing import Any

import pytest

from .plain import PlainClient, Start, TurnedClock

USER = {"email": "motor@example.com", "reset_code": "abc123"}
INVALID = (401, "not-authenticated/invalid-or-expired-code")


def forgot(client: PlainClient, **user: Any) -> int:
    return client.post("/sessions/forgot", **user).status


def validates(client: PlainClient) -> bool:
    return client.post("/sessions/forgot/validate", code="abc123").status == 204


@pytest.mark.parametrize("variant", ["integer-id", "extended"])
def test_the_password_is_changed_step_by_step(start: Start, variant: str) -> None:
    client = start(variant, USER)
    before = client.session()
    assert not validates(client)
    assert forgot(client, username="motor") == 204
    assert validates(client)
    assert validates(client)
    reset = client.post(
        "/sessions/forgot/reset", code="abc123", password="brum", confirm_password="brum"
    )
    assert (reset.status, reset.content) == (204, b"")
    assert not client.works(before)
    assert client.login().status == 401
    assert client.login("motor", "brum").status == 201
    assert not validates(client)
    again = client.post("/sessions/forgot/reset", code="abc123", password="other")
    assert again.refused == INVALID


@pytest.mark.parametrize(
    ("user", "is_known"),
    [
        ({"username": "motor"}, True),
        ({"email": "motor@example.com"}, True),
        ({"username_or_email": "motor"}, True),
        ({"username_or_email": "motor@example.com"}, True),
        ({"username": "nobody"}, False),
        ({"email": "nobody@example.com"}, False),
        ({"username": "motor@example.com"}, False),
    ],
)
def test_the_answer_does_not_show_whether_the_user_exists(
    start: Start, user: dict[str, str], *, is_known: bool
) -> None:
    client = start("extended", USER)
    assert forgot(client, **user) == 204
    assert validates(client) == is_known


@pytest.mark.parametrize("user", [{}, {"username": ""}, {"email": None}])
def test_somebody_must_be_named(start: Start, user: dict[str, Any]) -> None:
    refused = start("extended", USER).post("/sessions/forgot", **user)
    assert refused.refused == (400, "bad-request/request-params-required")


def test_nobody_has_an_empty_address(start: Start) -> None:
    client = start("extended", USER | {"email": ""})
    forgot(client, username_or_email="nobody")
    assert not validates(client)


def test_a_code_expires_after_an_hour(start: Start, clock: TurnedClock) -> None:
    client = start("integer-id", USER)
    forgot(client, username="motor")
    clock.pass_by(3599)
    assert validates(client)
    clock.pass_by(1)
    refused = client.post("/sessions/forgot/reset", code="abc123", password="brum")
    assert refused.refused == INVALID


def test_a_user_without_a_code_keeps_the_password(start: Start) -> None:
    client = start("integer-id", {})
    assert forgot(client, username="motor") == 204
    assert not validates(client)


def test_a_password_and_its_confirmation_must_agree(start: Start) -> None:
    client = start("integer-id", USER)
    forgot(client, username="motor")
    refused = client.post(
        "/sessions/forgot/reset", code="abc123", password="brum", confirm_password="Brum"
    )
    assert refused.refused == (422, "processing-failure/failed-to-change-password")
    assert client.login().status == 201
    assert validates(client)


@pytest.mark.parametrize(
    "sent", [{"code": "abc123"}, {"password": "x"}, {"code": "", "password": "x"}]
)
def test_required_parameters_are_required(start: Start, sent: dict[str, str]) -> None:
    refused = start("integer-id", USER).post("/sessions/forgot/reset", **sent)
    assert refused.refused == (400, "bad-request/request-params-required")


def test_a_second_factor_is_needed_here_too(start: Start) -> None:
    client = start("integer-id", USER | {"one_time_codes": ("123456",)})
    forgot(client, username="motor")
    new = {"code": "abc123", "password": "brum"}
    reset = "/sessions/forgot/reset"
    assert client.post(reset, **new).refused[1].endswith("two-factor-authentication-error")
    assert client.post(reset, **new, otp="0").refused[1].endswith("one-time-password-incorrect")
    assert client.post(reset, **new, otp="123456").status == 204
