"""Every answer is valid against the schemas of the variant that is served."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
import pytest

from conform.core.values import kind_of_json
from conform.explore.strategies import values
from conform.schemas import Catalog, Readmes, Validator
from conform.servers import ServedVariant, User, serving
from conform.servers.outcomes import Opened
from conform.servers.records import OpenSession

from .plain import PlainClient, Reply, Start

CATALOG = Catalog.load()
EVERY_OPERATION = ServedVariant("extended", CATALOG).operations
DOCUMENTED_TYPES = {
    fact.removeprefix("class ") for fact in Readmes.load().facts if fact.startswith("class ")
} | {"not-found"}
KEY = "45c48cce2e2d7fbdea1afc51c7c6ad26"
ARGUMENTS: dict[str, dict[str, str]] = {
    "session.create": {"username": "motor", "password": "vroom", "otp": "123456"},
    "session.forgot": {"email": "motor@example.com"},
    "session.forgot_validate": {"code": "abc123"},
    "session.forgot_reset": {"code": "abc123", "password": "vroom"},
    "session.pairing_key": {"key": "d3d9446802a44259755d38e6d163e820"},
    "session.oauth": {"provider": "okta"},
    "session.subdomain": {"subdomain": "child_site"},
    "session.as_user": {"user_id": "2"},
    "session.public_hosting": {"return_to": "return_to"},
    "user.find": {"id": "7"},
}


def carried_out(client: PlainClient, name: str) -> Reply:
    """Carry out an operation, after what must come before it."""
    (operation,) = (each for each in EVERY_OPERATION if each.name == name)
    session = client.session()
    arguments = ARGUMENTS.get(name, {})
    if name == "session.trusted":
        arguments = {"session_id": session}
    if name in {"session.forgot_validate", "session.forgot_reset"}:
        client.post("/sessions/forgot", **ARGUMENTS["session.forgot"])
    path = operation.endpoint.fill(
        **{each: arguments[each] for each in operation.endpoint.path_parameters}
    ).removeprefix("/api/rest/v1")
    body = arguments if operation.endpoint.method == "POST" else None
    sent = session if name != "session.create" else None
    return client.send(operation.endpoint.method, path, session=sent, json=body)


@pytest.mark.parametrize("name", CATALOG.variants)
def test_every_operation_answers_as_documented(start: Start, name: str) -> None:
    client, variant = start(name), ServedVariant(name, CATALOG)
    for operation in variant.operations:
        reply = carried_out(client, operation.name)
        assert reply.status == operation.endpoint.status, operation.name
        match operation.endpoint.answers:
            case None:
                assert reply.content == b""
            case "session":
                assert_is_session(reply.body, name)
            case _:
                assert like(reply.body, operation.endpoint.example), operation.name


def assert_is_session(body: dict[str, Any], variant: str) -> None:
    schema = CATALOG.schema(variant)
    assert Validator(schema).value(body) == ()
    sent_only = {name for name, each in schema["properties"].items() if each.get("writeOnly")}
    assert body.keys() <= schema["properties"].keys() - sent_only


def like(body: Any, example: Any) -> bool:
    """Whether a body has the members of an example, each with a value of the same kind."""
    match body, example:
        case list(), [one]:
            return all(like(each, one) for each in body)
        case dict(), dict():
            return body.keys() == example.keys() and all(like(body[k], example[k]) for k in body)
        case _:
            return kind_of_json(body) == kind_of_json(example)


@pytest.mark.parametrize("name", CATALOG.variants)
def test_an_operation_that_a_variant_lacks_is_not_found(start: Start, name: str) -> None:
    client, variant = start(name), ServedVariant(name, CATALOG)
    documented = {each.name for each in variant.operations}
    for operation in EVERY_OPERATION:
        if operation.name not in documented:
            refused = carried_out(client, operation.name)
            assert refused.refused == (404, "not-found")


def test_the_newest_variant_is_served_by_default(start: Start) -> None:
    assert ServedVariant.newest(CATALOG).name == "compact"
    assert start().login().body.keys() == {
        "id",
        "language",
        "read_only",
        "sftp_insecure_ciphers",
    }


@pytest.mark.parametrize("name", ["integer-id", "nullable-integer-id"])
def test_an_integer_id_is_an_integer_and_works_as_a_credential(start: Start, name: str) -> None:
    client = start(name)
    session = client.login().body["id"]
    assert type(session) is int
    assert 1 <= session < 2**63
    assert client.works(str(session))


def test_conditional_attributes_are_sent_in_their_situation_only(start: Start) -> None:
    setup = {"two_factor_setup_needed": True, "allowed_2fa_method_sms": False}
    client = start("string-id", {}, {"id": 2, "username": "new", "attributes": setup})
    usual, new = client.login().body, client.login("new").body
    assert usual["two_factor_setup_needed"] is False
    assert new["allowed_2fa_method_sms"] is False
    assert {each for each in new if each.startswith("allowed_2fa")} == new.keys() - usual.keys()
    assert len(new.keys() - usual.keys()) == 4


def test_the_attributes_of_a_user_are_those_of_the_sessions(start: Start) -> None:
    client = start(
        "extended",
        {"language": "pl", "attributes": {"home_path": "/żółw", "max_dir_listing_size": 2**63 - 1}},
    )
    body = client.login().body
    assert (body["language"], body["home_path"]) == ("pl", "/żółw")
    assert body["max_dir_listing_size"] == 2**63 - 1
    assert body["login_token_domain"] == client.url


@pytest.mark.parametrize("name", CATALOG.variants)
def test_any_allowed_attributes_give_a_valid_session(name: str) -> None:
    variant = ServedVariant(name, CATALOG)
    properties = CATALOG.schema(name)["properties"]
    session = OpenSession(user_id=7, expires_at=1.8e9)

    def is_allowed(attribute: str) -> bool:
        user = User(id=7, username="motor", password="vroom", attributes={attribute: None})
        problems = [problem for _, problem in variant.attribute_problems(user)]
        # Only its value is wrong, if anything.
        return all("is null" in problem for problem in problems)

    free = {each: values(schema) for each, schema in properties.items() if is_allowed(each)}

    @settings(max_examples=25, deadline=None, database=None)
    @given(st.fixed_dictionaries({}, optional=free))
    def check(attributes: dict[str, Any]) -> None:
        user = User(id=7, username="motor", password="vroom", attributes=attributes)
        assert list(variant.attribute_problems(user)) == []
        opened = Opened(session_id=variant.new_session_id(), session=session, user=user)
        body = variant.session(opened, "http://127.0.0.1:1")
        assert_is_session(body, name)
        assert {k: v for k, v in body.items() if k in attributes}.items() <= attributes.items()

    check()


@pytest.fixture(scope="module")
def everything() -> Iterator[PlainClient]:
    with serving("extended") as url:
        yield PlainClient(url)


PARAMETERS = sorted(
    {name for each in EVERY_OPERATION for name in (each.request or {}).get("properties", {})}
)
SENT = st.dictionaries(
    st.sampled_from(PARAMETERS) | st.text(max_size=5),
    st.sampled_from(["motor", "vroom", "", "abc123", "okta", "7"])
    | st.none()
    | st.integers()
    | st.text(max_size=10)
    | st.lists(st.text(max_size=3), max_size=2),
    max_size=5,
)


@settings(
    max_examples=300,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(operation=st.sampled_from(EVERY_OPERATION), sent=SENT, key=st.sampled_from([None, KEY, "x"]))
def test_whatever_is_sent_gets_a_documented_answer(
    everything: PlainClient, operation: Any, sent: dict[str, Any], key: str | None
) -> None:
    endpoint = operation.endpoint
    path = endpoint.fill(**dict.fromkeys(endpoint.path_parameters, "x"))
    reply = everything.send(endpoint.method, path.removeprefix("/api/rest/v1"), json=sent, key=key)
    if reply.status != endpoint.status:
        status, kind = reply.refused
        assert status < 500
        assert kind in DOCUMENTED_TYPES
