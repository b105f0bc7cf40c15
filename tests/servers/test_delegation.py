"""Sessions and keys for others: other users, child sites, browsers and devices."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from .plain import Start, TurnedClock

PAIRING_KEY = "d3d9446802a44259755d38e6d163e820"
INVALID = (401, "not-authenticated/invalid-or-expired-code")
REQUIRED = (401, "not-authenticated/authentication-required")


@pytest.mark.parametrize("variant", ["integer-id", "extended"])
def test_a_pairing_key_gives_a_device_an_api_key_once(start: Start, variant: str) -> None:
    client = start(variant)
    paired = client.post(f"/sessions/pairing_key/{PAIRING_KEY}")
    assert paired.status == 201
    assert paired.body["server"] == urlsplit(client.url).netloc
    assert paired.body["nickname"] == f"@api-7 @ {paired.body['server']}"
    assert client.send("GET", "/users/7", key=paired.body["password"]).status == 200
    assert client.post(f"/sessions/pairing_key/{PAIRING_KEY}").refused == INVALID


def test_an_unknown_pairing_key_is_refused(start: Start) -> None:
    assert start("extended").post("/sessions/pairing_key/vroom").refused == INVALID


def test_oauth_sends_a_person_to_the_provider(start: Start) -> None:
    sent = start("extended").post("/sessions/oauth", provider="okta", state="a b")
    assert sent.status == 201
    assert sent.body == {"redirect_uri": "https://provider.example.com/authorize?state=a+b"}


def test_oauth_makes_a_state_of_its_own(start: Start) -> None:
    settings = {"oauth_providers": {"okta": "https://provider.example.com/?client=7"}}
    client = start("integer-id", settings=settings)
    states = set()
    for _ in range(2):
        address = urlsplit(client.post("/sessions/oauth", provider="okta").body["redirect_uri"])
        query = parse_qs(address.query)
        assert query["client"] == ["7"]
        states |= {*query["state"]}
    assert len(states) == 2


def test_an_unknown_provider_is_refused(start: Start) -> None:
    refused = start("extended").post("/sessions/oauth", provider="nobody")
    assert refused.refused == (400, "bad-request/invalid-oauth-provider")


def test_a_session_on_a_child_site_has_its_id(start: Start) -> None:
    client = start("extended")
    parent = client.session()
    opened = client.post("/sessions/subdomain", parent, subdomain="child_site")
    assert opened.status == 201
    assert opened.body["site_id"] == 2
    assert client.works(opened.body["id"])
    assert client.works(parent)
    refused = client.post("/sessions/subdomain", parent, subdomain="nowhere")
    assert refused.refused == (404, "not-found/site-not-found")


def test_an_administrator_represents_a_user(start: Start) -> None:
    client = start("extended")
    admin = client.session()
    opened = client.post("/sessions/as_user", admin, user_id="2")
    assert opened.status == 201
    assert opened.body["impersonator_user_id"] == 7
    seen = client.send("GET", "/users", session=opened.body["id"]).body
    assert [each["username"] for each in seen] == ["passenger"]
    for user_id, refused in (
        ("99", (404, "not-found/user-not-found")),
        ("9" * 6000, (404, "not-found/user-not-found")),
        ("-2", (400, "bad-request/user-id-invalid")),
        ("two", (400, "bad-request/user-id-invalid")),
    ):
        assert client.post("/sessions/as_user", admin, user_id=user_id).refused == refused


def test_nobody_else_represents_a_user(start: Start) -> None:
    client = start("extended")
    refused = client.post("/sessions/as_user", client.session("passenger"), user_id="7")
    assert refused.refused == (403, "not-authorized/site-admin-required")


@pytest.mark.parametrize(
    ("operation", "sent"),
    [
        ("subdomain", {"subdomain": "child_site"}),
        ("as_user", {"user_id": "2"}),
        ("public_hosting", {"return_to": "/"}),
    ],
)
def test_who_acts_for_others_must_be_known(
    start: Start, operation: str, sent: dict[str, str]
) -> None:
    assert start("extended").post(f"/sessions/{operation}", **sent).refused == REQUIRED


def test_a_trusted_session_keeps_its_id(start: Start) -> None:
    client = start("extended")
    session = client.login().body
    assert session["trusted"] is False
    trusted = client.post("/sessions/trusted", session_id=session["id"])
    assert trusted.status == 201
    assert (trusted.body["id"], trusted.body["trusted"]) == (session["id"], True)
    assert client.works(session["id"])
    refused = client.post("/sessions/trusted", session_id="ended")
    assert refused.refused == (401, "not-authenticated/invalid-session")


def test_public_hosting_issues_a_pairing_key(start: Start, clock: TurnedClock) -> None:
    client = start("extended")
    session = client.session()
    asked = {"return_to": "https://example.com/pair?x=1#top"}
    first, second = (client.post("/sessions/public_hosting", session, **asked) for _ in range(2))
    assert first.status == 201
    assert first.body["expires_at"] == "2027-01-15T08:10:00Z"
    key = first.body["pairing_key"]
    assert first.body["redirect_uri"] == f"https://example.com/pair?x=1&pairing_key={key}#top"
    assert client.post(f"/sessions/pairing_key/{key}").status == 201
    assert client.post(f"/sessions/pairing_key/{key}").refused == INVALID
    clock.pass_by(600)
    late = client.post(f"/sessions/pairing_key/{second.body['pairing_key']}")
    assert late.refused == INVALID


def test_a_relative_address_is_one_of_the_server(start: Start) -> None:
    client = start("extended")
    paired = client.post("/sessions/public_hosting", client.session(), return_to="return_to")
    assert paired.body["redirect_uri"].startswith(f"{client.url}/return_to?pairing_key=")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc", "http://["])
def test_an_address_that_is_not_http_is_refused(start: Start, address: str) -> None:
    client = start("extended")
    refused = client.post("/sessions/public_hosting", client.session(), return_to=address)
    assert refused.refused == (400, "bad-request/invalid-return-to-url")
