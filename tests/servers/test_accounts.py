"""A users file becomes accounts; what is wrong in it is named with line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from conform.core.errors import UsageError
from conform.schemas import Catalog
from conform.servers import Accounts, ServedVariant, User, serving
from conform.servers.accounts import load

from .plain import PlainClient

WHOLE = """\
idle_seconds: 600
rate_limit: {requests: 100, seconds: 60}
child_sites: {child: 2}
oauth_providers: {okta: "https://login.example.com/authorize"}
users:
  - id: 7
    username: motor
    password: "12345"
    email: motor@example.com
    language: pl
    site_admin: true
    api_keys: [a-key]
    totp_secret: GEZDGNBV
    one_time_codes: ["123456"]
    reset_code: abc123
    pairing_keys: [a-pairing-key]
    password_change_required: false
    idle_seconds: 60
    rate_limit: {requests: 1, seconds: 1.5}
    attributes: {read_only: false}
  - {id: 2, username: passenger, password: vroom}
"""


def read(tmp_path: Path, text: str, variant: str = "extended") -> Accounts:
    path = tmp_path / "users.yaml"
    path.write_text(text)
    return load(path, ServedVariant(variant, Catalog.load()).attribute_problems)


def user(line: str) -> str:
    return f"users:\n  - id: 7\n    username: motor\n    password: vroom\n    {line}\n"


def test_a_file_has_every_setting(tmp_path: Path) -> None:
    accounts = read(tmp_path, WHOLE)
    motor, passenger = accounts.users
    assert (motor.password, motor.language, motor.attributes) == (
        "12345",
        "pl",
        {"read_only": False},
    )
    assert accounts.idle_of(motor) == 60
    assert accounts.idle_of(passenger) == 600
    assert accounts.limit_of(passenger) == accounts.rate_limit


def test_a_server_has_the_users_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "users.yaml"
    path.write_text("users:\n  - {id: 9, username: driver, password: brum}\n")
    with serving(users=path) as url:
        client = PlainClient(url)
        assert client.login("driver", "brum").status == 201
        assert client.login().status == 401


@pytest.mark.parametrize(
    ("text", "place", "why"),
    [
        ("", "1:1", "Object missing required field `users`."),
        ("users: []", "1:1", "Expected `array` of length >= 1."),
        (
            "users:\n  - {id: 7, username: motor}",
            "2:5",
            "Object missing required field `password`.",
        ),
        (user("password: x"), "5:5", "The key 'password' appears twice."),
        (user("passwort: x"), "5:5", "Object contains unknown field `passwort`."),
        (user("language: 7"), "5:5", "Expected `str`, got `int`."),
        (user("api_keys: [a, 'b c']"), "5:19", "Expected `str` matching regex '^[!-~]+$'."),
        (user("api_keys: [a, a]"), "5:19", "This value is already used above."),
        (user("totp_secret: '1'"), "5:5", "A TOTP secret is letters and digits in Base32."),
        (user("idle_seconds: 0"), "5:5", "Expected `float` > 0.0."),
        (user("idle_seconds: .inf"), "5:5", "Expected `float` <= 1000000000.0."),
        (user("idle_seconds: .nan"), "5:5", None),
        (user("attributes: {x: 1}"), "5:18", "No page documents the attribute 'x' of a session."),
        (user("attributes: {id: x}"), "5:18", "The server itself sets the attribute 'id'."),
        (
            user("attributes: {read_only: 'yes'}"),
            "5:18",
            "The value of 'read_only' is a string where boolean is documented.",
        ),
        (
            f"{user('email: x')}  - {{id: 7, username: other, password: x}}",
            "6:6",
            "This value is already used above.",
        ),
        ("users:\n  - {id: 7, username: [", "3:1", None),
        ("users: !!python/object:x {}", "1:8", None),
        ("oauth_providers: {x: 'javascript:1'}", "1:1", None),
    ],
)
def test_a_file_that_is_not_valid_is_refused_at_its_line_and_column(
    tmp_path: Path, text: str, place: str, why: str | None
) -> None:
    with pytest.raises(UsageError) as refused:
        read(tmp_path, text)
    what = f"{tmp_path / 'users.yaml'}:{place} is not a valid users file."
    assert (refused.value.what, refused.value.why) == (what, why or refused.value.why)
    assert refused.value.why.endswith(".")
    assert refused.value.fix == "docs/servers.md describes the form of the file."


def test_an_attribute_of_another_variant_is_left_out(tmp_path: Path) -> None:
    text = user("attributes: {windows_mode_ftp: true}")
    assert read(tmp_path, text, "compact").users[0].attributes == {"windows_mode_ftp": True}
    with serving("compact", users=tmp_path / "users.yaml") as url:
        assert "windows_mode_ftp" not in PlainClient(url).login().body


def test_accounts_of_a_program_are_checked_too() -> None:
    twice = Accounts(users=(User(id=7, username="a", password="x"),) * 2)
    with pytest.raises(UsageError) as refused, serving(users=twice):
        pass
    assert refused.value.what == "The accounts are not valid."
    assert refused.value.why == "users.1.id: This value is already used above."


def test_a_user_is_shown_without_secrets(tmp_path: Path) -> None:
    shown = repr(read(tmp_path, WHOLE))
    assert "User(id=7)" in shown
    assert "12345" not in shown
    assert "a-key" not in shown


def test_an_error_shows_no_secret(tmp_path: Path) -> None:
    other = "  - {id: 2, username: other, password: s3cr3t-pw, reset_code: abc123}"
    with pytest.raises(UsageError) as refused:
        read(tmp_path, user("reset_code: abc123") + other)
    said = str(refused.value)
    assert "is not a valid users file" in said
    assert "abc123" not in said
    assert "s3cr3t-pw" not in said
