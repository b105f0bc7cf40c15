"""The digest of a case follows what is done in it, and nothing that is only said about it."""

from __future__ import annotations

from collections.abc import Callable
import json
from pathlib import Path
import shutil

from msgspec.structs import replace
import pytest

from conform.cases import Case, Documentation, plan
from conform.cases.expectations import Ends, Requests, Returns
from conform.cases.model import CallStep, RunStep, Stage
from conform.cases.replies import Answer, Script
from conform.core import manifest, paths
from conform.core.identity import Source
from conform.engine.digests import CaseDigests
from conform.engine.spelling import Spelling
from conform.schemas.catalog import Catalog

CASE = Case(
    id="session.create/lifecycle/example",
    suite="lifecycle",
    title="An example",
    level="documented",
    source=Source(kind="page", reference="operation session.create"),
    since="0.1.0",
    server=Script(replies=(Answer(json={"id": "a"}),)),
    steps=(CallStep(operation="session.create", read=("site_id",)),),
    expect=(Returns(),),
)


def digests(sdk: str = "http", root: Path | None = None) -> CaseDigests:
    catalog = Catalog.load(root)
    spelling = Spelling(naming=manifest.named(sdk).manifest.naming)
    return CaseDigests(Documentation.of_every_variant(catalog), spelling, catalog)


@pytest.mark.parametrize(
    "edited",
    [
        replace(CASE, steps=(*CASE.steps, CallStep(operation="session.delete"))),
        replace(CASE, steps=(RunStep(code="a"),)),
        replace(CASE, steps=(CallStep(operation="session.create"),)),
        replace(CASE, server=Script(replies=(Answer(json={"id": "b"}),))),
        replace(CASE, stage=Stage(transport="tls")),
        replace(CASE, network="default"),
        replace(CASE, expect=(Returns(), Ends(within=2))),
    ],
    ids=["step", "kind", "attribute", "reply", "stage", "network", "limit"],
)
def test_what_is_done_changes_the_digest(edited: Case) -> None:
    assert digests().of(edited) != digests().of(CASE)


@pytest.mark.parametrize(
    "edited",
    [
        replace(CASE, title="Another", level="security", changed="0.2.0", blame="page"),
        replace(CASE, expect=(Returns(), Requests(count=1))),
    ],
    ids=["words", "expectations"],
)
def test_what_is_said_does_not_change_the_digest(edited: Case) -> None:
    assert digests().of(edited) == digests().of(CASE)


def test_the_names_that_an_sdk_is_asked_for_change_the_digest() -> None:
    assert digests("dotnet").of(CASE) != digests("http").of(CASE)


def _endpoint(root: Path) -> None:
    path = root / "session" / "operations.json"
    table = json.loads(path.read_bytes())
    table["operations"]["create"]["status"] = 200
    path.write_text(json.dumps(table))


def _request(root: Path) -> None:
    for path in root.glob("session/*.create.json"):
        schema = json.loads(path.read_bytes())
        schema["properties"]["username"]["type"] = "integer"
        path.write_text(json.dumps(schema))


@pytest.mark.parametrize("edit", [_endpoint, _request])
def test_the_contract_of_a_case_changes_the_digest(
    tmp_path: Path, edit: Callable[[Path], None]
) -> None:
    root = tmp_path / "schemas"
    shutil.copytree(paths.schemas(), root)
    catalog = Catalog.load()
    cases = {each.id: each for each in plan(catalog, Documentation.of_every_variant(catalog))}
    case = cases["session.create/contract/documented"]
    assert isinstance(case, Case)
    before = digests(root=root).of(case)
    assert before == digests().of(case)
    edit(root)
    assert digests(root=root).of(case) != before
