"""A session is opened, used, kept open, and ended."""

from __future__ import annotations

import re

import pytest

from .plain import Start, TurnedClock

KEY = "45c48cce2e2d7fbdea1afc51c7c6ad26"
INVALID_SESSION = (401, "not-authenticated/invalid-session")
WRONG = (401, "not-authenticated/invalid-username-or-password")


def test_a_session_is_opened_used_and_ended(start: Start) -> None:
    client = start("compact")
    opened = client.login()
    assert opened.status == 201
    session = opened.body["id"]
    assert re.fullmatch("[0-9a-f]{40}", session)
    found = client.send("GET", "/users/7", session=session)
    assert found.body == {"id": 7, "username": "motor", "email": "motor@example.com"}
    ended = client.send("DELETE", "/sessions", session=session)
    assert (ended.status, ended.content) == (204, b"")
    assert client.send("GET", "/users/7", session=session).refused == INVALID_SESSION
    assert client.send("DELETE", "/sessions", session=session).refused == INVALID_SESSION


@pytest.mark.parametrize(
    ("username", "password"),
    [("motor", "Vroom"), ("motor", ""), ("motor", "vroom "), ("Motor", "vroom"), ("", "vroom")],
)
def test_wrong_credentials_are_refused_alike(start: Start, username: str, password: str) -> None:
    refused = start().login(username, password)
    assert refused.refused == WRONG
    assert refused.body["error"] == "The username or the password is wrong."
    assert refused.body["title"] == "Invalid username or password"


def test_a_password_may_have_letters_of_any_script(start: Start) -> None:
    client = start("compact", {"username": "żółw", "password": "漢字 👩"})
    assert client.login("żółw", "漢字 👩").status == 201
    assert client.login("żółw", "漢字").refused == WRONG


@pytest.mark.parametrize(
    "sent", [{}, {"username": "motor"}, {"password": "vroom"}, {"otp": "123456"}]
)
def test_a_login_without_credentials_says_what_it_needs(start: Start, sent: dict[str, str]) -> None:
    refused = start().post("/sessions", **sent)
    assert refused.refused == (400, "bad-request/request-params-required")
    assert "username and password" in refused.body["error"]


def test_every_login_opens_another_session(start: Start) -> None:
    client = start()
    first, second = client.session(), client.session()
    assert first != second
    client.send("DELETE", "/sessions", session=first)
    assert not client.works(first)
    assert client.works(second)


def test_an_unused_session_ends_and_a_used_one_stays(start: Start, clock: TurnedClock) -> None:
    client = start("compact", {"idle_seconds": 60})
    used, unused = client.session(), client.session()
    for _ in range(3):
        clock.pass_by(59)
        assert client.works(used)
    assert client.send("GET", "/users", session=unused).refused == INVALID_SESSION
    clock.pass_by(60)
    assert client.send("GET", "/users", session=used).refused == INVALID_SESSION


def test_the_users_file_sets_when_all_sessions_end(start: Start, clock: TurnedClock) -> None:
    client = start("extended", settings={"idle_seconds": 90.0})
    opened = client.login()
    assert opened.body["timeout_at"] == "2027-01-15T08:01:30Z"
    clock.pass_by(90)
    assert not client.works(opened.body["id"])


def test_a_call_without_credentials_is_refused(start: Start) -> None:
    client = start()
    required = (401, "not-authenticated/authentication-required")
    assert client.send("GET", "/users/7").refused == required
    assert client.send("DELETE", "/sessions").refused == required


def test_an_api_key_is_another_way_to_call(start: Start) -> None:
    client = start()
    assert client.send("GET", "/users/7", key=KEY).status == 200
    refused = client.send("GET", "/users/7", key=KEY[:-1])
    assert refused.refused == (401, "not-authenticated/invalid-credentials")


def test_an_api_key_has_no_session_to_open_or_to_end(start: Start) -> None:
    client = start()
    login = {"username": "motor", "password": "vroom"}
    assert client.send("POST", "/sessions", json=login, key=KEY).refused == (
        403,
        "not-authorized/cannot-login-while-using-key",
    )
    assert client.send("DELETE", "/sessions", key=KEY).refused == (
        401,
        "not-authenticated/api-key-sessions-not-supported",
    )


def test_a_session_comes_before_an_api_key(start: Start) -> None:
    refused = start().send("GET", "/users/7", session="ended", key=KEY)
    assert refused.refused == INVALID_SESSION


def test_only_administrators_see_other_users(start: Start) -> None:
    client = start()
    admin, other = client.session("motor"), client.session("passenger")
    assert client.send("GET", "/users/2", session=admin).body["username"] == "passenger"
    assert len(client.send("GET", "/users", session=admin).body) == 2
    assert client.send("GET", "/users/2", session=other).body["username"] == "passenger"
    assert [each["id"] for each in client.send("GET", "/users", session=other).body] == [2]
    forbidden = (403, "not-authorized/site-admin-required")
    for user_id in ("7", "99"):
        assert client.send("GET", f"/users/{user_id}", session=other).refused == forbidden


@pytest.mark.parametrize("user_id", ["3", "x", "7%0A", "٧", "07", "9" * 6000])
def test_a_user_who_does_not_exist_is_not_found(start: Start, user_id: str) -> None:
    client = start()
    refused = client.send("GET", f"/users/{user_id}", session=client.session())
    assert refused.refused == (404, "not-found/user-not-found")


def test_a_user_has_as_many_requests_as_the_limit_says(start: Start, clock: TurnedClock) -> None:
    limited = {"rate_limit": {"requests": 3, "seconds": 10}}
    client = start("compact", limited)
    session = client.session()
    assert client.works(session)
    clock.pass_by(3.5)
    assert client.works(session)
    refused = client.send("GET", "/users", session=session)
    assert refused.refused == (429, "rate-limited/too-many-requests")
    assert refused.headers["Retry-After"] == "7"
    assert client.login().refused == (429, "rate-limited/too-many-login-attempts")
    clock.pass_by(6.5)
    assert client.works(session)


def test_each_user_has_a_limit_of_their_own(start: Start) -> None:
    limit = {"requests": 1, "seconds": 10}
    other = {"id": 2, "username": "other", "rate_limit": {"requests": 2, "seconds": 10}}
    client = start("compact", {}, other, settings={"rate_limit": limit})
    assert client.login().status == 201
    assert client.login().status == 429
    assert [client.login("other").status for _ in range(3)] == [201, 201, 429]


def test_wrong_passwords_count_for_the_limit(start: Start) -> None:
    client = start("compact", {"rate_limit": {"requests": 2, "seconds": 10}})
    statuses = [client.login("motor", guess).status for guess in ("a", "b", "c", "vroom")]
    assert statuses == [401, 401, 429, 429]


def test_a_required_change_of_the_password_is_done_with_the_login(start: Start) -> None:
    client = start("extended", {"password_change_required": True})
    assert client.login().refused == (403, "not-authorized/password-change-required")
    differing = client.login(change_password="brum", change_password_confirmation="brumm")
    assert differing.refused == (422, "processing-failure/failed-to-change-password")
    changed = client.login(change_password="brum", change_password_confirmation="brum")
    assert changed.status == 201
    assert client.works(changed.body["id"])
    assert client.login().refused == WRONG
    assert client.login("motor", "brum").status == 201


def test_a_password_that_need_not_change_stays(start: Start) -> None:
    refused = start("extended").login(change_password="x", change_password_confirmation="x")
    assert refused.refused == (403, "not-authorized/password-change-not-required")


def test_a_login_with_an_oauth_code_that_nobody_confirms_is_refused(start: Start) -> None:
    refused = start("extended").post("/sessions", oauth_provider="okta", oauth_code="x")
    assert refused.refused == (401, "not-authenticated/invalid-oauth")
