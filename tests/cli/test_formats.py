"""The schemas of formats accept what the program really sends, writes and reads."""

from __future__ import annotations

from collections.abc import Iterator
import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
import msgspec
from msgspec.structs import replace
import pytest

from conform.cli import formats
from conform.core import manifest, paths, protocol, results
from conform.core.errors import DriftError, ExitCode
from conform.core.identity import Identity, Source
from conform.core.results import CaseLine, RunError, RunLine
from conform.core.values import Kept, from_json, parameters


@pytest.mark.parametrize("name", formats.FORMATS)
def test_a_schema_is_valid_and_the_committed_one(name: str) -> None:
    committed = json.loads((paths.schemas() / name).read_bytes())
    Draft202012Validator.check_schema(committed)
    assert committed == json.loads(json.dumps(formats.schema(name)))


def test_drift_is_named_and_building_removes_it(tmp_path: Path) -> None:
    files = formats.format_files(tmp_path)
    assert set(files.write()) == set(formats.FORMATS)
    (tmp_path / "results/line.json").write_text("{}")
    with pytest.raises(DriftError, match="1 format schema differs") as drift:
        files.check()
    assert "results/line.json" in drift.value.why
    assert files.write() == ("results/line.json",)
    assert files.check() == len(formats.FORMATS)


def messages() -> Iterator[tuple[str, Any]]:
    given = parameters(username="a", n=2**63, deep={"a": [None, 1.5, True]})
    call = protocol.Call(
        resource="session",
        operation="create",
        positional=(Kept(handle="it", attribute="id"),),
        named={**given},
        options={"session_id": from_json("7")},
        read=("id",),
    )
    yield "protocol/start.params.json", protocol.Start(protocol=2, base_url="http://127.0.0.1:1")
    settings = {"read_timeout": from_json(1)}
    configure = protocol.Configure(rig=protocol.Rig(attempts=1), settings=settings)
    yield "protocol/configure.params.json", configure
    yield "protocol/configure.result.json", protocol.Configured(applied=("attempts",))
    yield "protocol/configure.result.json", protocol.Raised(error="E")
    yield "protocol/echo.params.json", protocol.Echo(value=from_json([1]))
    yield "protocol/echo.result.json", protocol.Echoed(value=from_json([1]))
    yield "protocol/call.params.json", call
    returned = protocol.Returned(value=given["deep"], attributes=given)
    yield "protocol/call.result.json", returned
    yield "protocol/call.result.json", protocol.Raised(error="E", http_status=404)
    yield "protocol/error.json", protocol.ErrorResponse(code=-32601, message="no such method")


@pytest.mark.parametrize(("name", "message"), [*messages()], ids=lambda each: str(each)[:30])
def test_a_message_is_valid(name: str, message: object) -> None:
    sent = json.loads(msgspec.json.encode(message))
    assert list(Draft202012Validator(formats.schema(name)).iter_errors(sent)) == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("protocol/start.params.json", {"base_url": "http://127.0.0.1"}),
        ("protocol/configure.params.json", {"rig": {"attempts": 0}}),
        ("protocol/call.params.json", {"resource": "a", "named": {"x": 1}}),
        ("protocol/call.result.json", {"outcome": "done"}),
        ("protocol/call.result.json", {"outcome": "raised"}),
    ],
)
def test_a_wrong_message_is_not_valid(name: str, message: object) -> None:
    assert not Draft202012Validator(formats.schema(name)).is_valid(message)


def test_lines_of_results_are_valid() -> None:
    case = Identity(
        id="session.create/fields/id/text",
        suite="fields",
        title="id keeps its text",
        level="documented",
        source=Source(kind="page", reference="Session: attribute id (string)"),
        since="0.1.0",
    )
    error = RunError(what="The adapter did not start.", exit_code=ExitCode.NOTHING_TESTED)
    run = RunLine.opening("python==1.0.17", planned=1)
    for line in (run, replace(run, error=error), CaseLine.opening(run.target, case)):
        written = json.loads(results.encode(line))
        assert (
            list(Draft202012Validator(formats.schema("results/line.json")).iter_errors(written))
            == []
        )
    assert not Draft202012Validator(formats.schema("results/line.json")).is_valid(
        json.loads(results.encode(run)) | {"schema": 1}
    )


@pytest.mark.parametrize("name", manifest.shipped())
def test_every_manifest_is_valid(name: str) -> None:
    folder = manifest.named(name).folder
    content = msgspec.toml.decode((folder / manifest.FILE).read_bytes())
    assert Draft202012Validator(formats.schema("adapter/manifest.json")).is_valid(content)
