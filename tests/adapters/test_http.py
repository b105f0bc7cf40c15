"""The reference client does exactly what the documentation says."""

from __future__ import annotations

import base64
from collections.abc import Callable
import gzip
import json
from typing import Any

import pytest

from conform.cases.replies import Answer, Drop, Part, RawBytes
from conform.core import paths
from conform.core.protocol import Call, Raised, Returned, Rig, Unsupported
from conform.core.values import ABSENT, NULL, same
from conform.targets.resolve import Target

API = "/api/rest/v1"


@pytest.fixture(scope="module")
def which() -> str:
    return "http"


@pytest.fixture
def client(adapter: Any) -> Any:
    """The reference client."""
    return adapter


def _operations() -> list[Any]:
    tables = (
        json.loads((paths.schemas() / name / "operations.json").read_text())
        for name in ("session", "user")
    )
    return [
        pytest.param(f"{table['resource']}.{name}", place, id=f"{table['resource']}.{name}")
        for table in tables
        for name, place in table["operations"].items()
    ]


REQUIRED = {
    "session.forgot_validate": {"code": "c"},
    "session.forgot_reset": {"code": "c", "password": "p"},
    "session.pairing_key": {"key": "k"},
    "session.oauth": {"provider": "p"},
    "session.subdomain": {"subdomain": "s"},
    "session.as_user": {"user_id": "u"},
    "session.trusted": {"session_id": "s"},
    "session.public_hosting": {"return_to": "r"},
    "user.find": {"id": 7},
}


@pytest.mark.parametrize(("operation", "place"), _operations())
def test_every_operation_uses_its_documented_endpoint(
    client: Any, operation: str, place: dict[str, Any]
) -> None:
    given = REQUIRED.get(operation, {})
    answer = Answer(status=place["status"], json=place.get("example"))
    if place.get("answers") and answer.json is None:
        answer = Answer(status=place["status"], json={"id": "x"})
    outcome = client.call(operation, answer, given=given, options={"session_id": "abc"})
    assert isinstance(outcome, Returned), outcome
    [request] = client.requests
    assert request.method == place["method"]
    assert request.target == API + place["path"].format(**given)
    if request.method == "POST":
        in_path = {name for name in given if f"{{{name}}}" in place["path"]}
        sent = json.loads(request.body) if request.body else {}
        assert sent == {name: value for name, value in given.items() if name not in in_path}


@pytest.mark.parametrize(("operation", "names"), REQUIRED.items())
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_required_parameter_is_an_error_before_a_request(
    client: Any, operation: str, names: dict[str, Any], value: object
) -> None:
    for name in names:
        for given in ({k: v for k, v in names.items() if k != name}, {**names, name: value}):
            outcome = client.call(operation, given=given)
            assert isinstance(outcome, Raised)
            assert outcome.error == "client.ParameterError"
            assert "client.Error" in outcome.ancestors
            assert client.requests == ()


def test_attributes_are_those_of_the_response(client: Any, session: dict[str, Any]) -> None:
    outcome = client.call(
        "session.create", given={"username": "motor"}, read=(*session, "nothing"), keep="it"
    )
    assert isinstance(outcome, Returned)
    assert outcome.attributes["site_id"].text == "9223372036854775807"
    assert outcome.attributes["root_path"].native == "NoneType"
    assert same(outcome.attributes["root_path"], NULL)
    assert same(outcome.attributes["nothing"], ABSENT)
    kept = client.call("session.", form="read", on="it", read=("id",))
    assert isinstance(kept, Returned)
    assert kept.attributes["id"] == outcome.attributes["id"]


def test_credentials_of_the_call_override_the_global_ones(client: Any) -> None:
    client.set(session_id="everywhere")
    client.call("user.list", Answer(json=[]))
    assert client.requests[0].header("X-FilesAPI-Auth") == "everywhere"
    client.call("user.list", Answer(json=[]), options={"api_key": "here"})
    assert client.requests[0].header("X-FilesAPI-Auth") is None
    assert client.requests[0].header("X-FilesAPI-Key") == "here"
    client.call("session.create")
    assert client.requests[0].header("X-FilesAPI-Auth") is None
    client.reset()
    client.call("user.list", Answer(json=[]))
    assert client.requests[0].header("X-FilesAPI-Auth") is None


def test_a_header_cannot_be_injected(client: Any) -> None:
    outcome = client.call("user.list", options={"session_id": "a\r\nX-Evil: 1"})
    assert isinstance(outcome, Raised)
    assert client.requests == ()


@pytest.mark.parametrize(
    ("key", "path"), [("a/b?c#d", "a%2Fb%3Fc%23d"), ("ü %", "%C3%BC%20%25"), ("..", None)]
)
def test_a_path_parameter_stays_one_segment(client: Any, key: str, path: str | None) -> None:
    client.call("session.pairing_key", given={"key": key})
    targets = [request.target for request in client.requests]
    assert targets == ([f"{API}/sessions/pairing_key/{path}"] if path else [])


def test_an_error_of_the_api_is_typed(client: Any) -> None:
    body = {"error": "No such user", "http-code": 401, "type": "not-authenticated/invalid-username"}
    outcome = client.call("session.create", Answer(status=401, json=body))
    assert isinstance(outcome, Raised)
    assert "client.ApiError" in outcome.ancestors
    assert outcome.message == "No such user"
    assert outcome.http_status == 401
    assert outcome.api_type == "not-authenticated/invalid-username"


@pytest.mark.parametrize("body", ["", "<html>", "[]", "7", '{"type": 7, "error": null}'])
@pytest.mark.parametrize("status", [400, 404, 422, 500, 503])
def test_an_error_without_a_valid_body_has_its_status(client: Any, status: int, body: str) -> None:
    outcome = client.call("session.create", Answer(status=status, text=body))
    assert isinstance(outcome, Raised)
    assert (outcome.error, outcome.http_status, outcome.api_type) == (
        "client.ApiError",
        status,
        None,
    )
    assert outcome.message == f"HTTP {status}"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not JSON",
        b'"text"',
        b"[1]",
        b'{"id": "a", "id": "b"}',
        b'{"id": NaN}',
        b'{"id": 1e999}',
        b'{"id": "\xff"}',
        b'\xef\xbb\xbf{"id": "a"}',
        b'{"id": "a"} trailing',
        b"[" * 100_000,
    ],
)
def test_a_response_is_read_strictly(client: Any, body: bytes) -> None:
    answer = Answer(status=201, base64=base64.b64encode(body).decode())
    outcome = client.call("session.create", answer)
    assert isinstance(outcome, Raised)
    assert (outcome.error, outcome.http_status) == ("client.AnswerError", 201)


def test_a_redirect_is_not_followed(client: Any) -> None:
    answer = Answer(status=307, headers={"Location": "/elsewhere"})
    outcome = client.call("user.list", answer, options={"session_id": "abc"})
    assert isinstance(outcome, Raised)
    assert outcome.http_status == 307
    assert len(client.requests) == 1


@pytest.mark.parametrize(
    "reply",
    [
        Drop(how="close"),
        Drop(how="reset"),
        RawBytes(parts=(Part(text="nonsense\r\n\r\n"),)),
        RawBytes(parts=(Part(text="HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{}"),)),
        RawBytes(
            parts=(Part(text="HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"),)
        ),
        Answer(status=201, headers={"Content-Encoding": "gzip"}, text="not gzip"),
    ],
)
def test_a_broken_response_is_a_network_error(client: Any, reply: Any) -> None:
    outcome = client.call("session.create", reply)
    assert isinstance(outcome, Raised)
    assert outcome.error == "client.APIConnectionError"


def test_a_huge_compressed_response_is_not_unpacked(client: Any) -> None:
    packed = base64.b64encode(gzip.compress(b" " * 64 * 1024 * 1024)).decode()
    answer = Answer(status=201, headers={"Content-Encoding": "gzip"}, base64=packed)
    outcome = client.call("session.create", answer)
    assert isinstance(outcome, Raised)
    assert "has more than" in outcome.message


def test_an_endless_response_is_a_network_error(client: Any) -> None:
    client.set(read_timeout=0.3)
    head = Part(text="HTTP/1.1 201 Created\r\nContent-Length: 9999\r\n\r\n")
    outcome = client.call(
        "session.create", RawBytes(parts=(head, Part(text=" ", after=0.1, times=50)))
    )
    assert isinstance(outcome, Raised)
    assert outcome.error == "client.APIConnectionError"


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("framing", ["Transfer-Encoding: chunked", "Content-Length: {}"])
def test_a_response_in_many_pieces_is_read_completely(
    client: Any, session: dict[str, Any], encoding: str, framing: str
) -> None:
    body = json.dumps(session).encode()
    body = gzip.compress(body) if encoding == "gzip" else body
    pieces = [body[at : at + 1] for at in range(len(body))]
    chunked = framing.endswith("chunked")
    fields = f"{framing.format(len(body))}\r\nContent-Encoding: {encoding}"
    head = f"HTTP/1.1 201 Created\r\n{fields}\r\n\r\n".encode()
    sent = [b"1\r\n" + each + b"\r\n" for each in pieces] if chunked else pieces
    end = [b"0\r\n\r\n"] if chunked else []
    parts = (Part(base64=base64.b64encode(each).decode(), after=0.001) for each in sent + end)
    first = Part(base64=base64.b64encode(head).decode())
    outcome = client.call("session.create", RawBytes(parts=(first, *parts)), read=("id",))
    assert isinstance(outcome, Returned), outcome
    assert outcome.attributes["id"].text == session["id"]


def test_only_retries_are_counted(client: Any, session: dict[str, Any]) -> None:
    client.set(Rig(attempts=1, delay_seconds=0.001))
    busy, right = Answer(status=503), Answer(status=201, json=session)
    assert isinstance(client.call("session.create", busy, right), Raised)
    assert len(client.requests) == 1
    client.set(max_network_retries=2)
    assert isinstance(client.call("session.create", busy, Drop(how="close"), right), Returned)
    assert len(client.requests) == 3
    assert isinstance(client.call("session.create", Answer(status=422), right), Raised)
    assert len(client.requests) == 1


def test_nothing_secret_is_logged(target: Target, behind_gateway: Callable[..., Any]) -> None:
    with behind_gateway(target.launch) as driven:
        driven.start(log_level="debug")
        driven.call("session.pairing_key", given={"key": "s3cret-key"})
        driven.call("session.create", given={"password": "s3cret-password"})
        output = driven.adapter.output()
        assert "POST /sessions/pairing_key/{key}: 201" in output
        assert "s3cret-password" not in output
        assert "client:" in output
        assert "s3cret-key" not in output


def test_an_undocumented_operation_is_unsupported(client: Any) -> None:
    for outcome in (
        client.call("session.save"),
        client.call("folder.list"),
        client.call("user.", form="construct"),
    ):
        assert isinstance(outcome, Unsupported)


def test_a_refused_connection_is_a_network_error(client: Any) -> None:
    with client.gateway.refuse():
        outcome = client.adapter.ask(Call(resource="session", operation="create"), 60)
    assert isinstance(outcome, Raised)
    assert outcome.error == "client.APIConnectionError"
