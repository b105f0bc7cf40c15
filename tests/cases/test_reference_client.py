"""The reference client passes every case about errors, faults and security."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from conform.cases import Case, Inapplicable
from conform.core.results import CaseLine, read
from conform.engine.worker import Worker
from conform.verdicts import Pass

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    folder = tmp_path_factory.mktemp("reference-client")
    with Worker("http", folder / "results.jsonl") as worker:
        worker.prepare()
        yield worker


@pytest.mark.parametrize(("suite", "least"), [("errors", 500), ("faults", 70), ("security", 90)])
def test_the_reference_client_passes(worker: Worker, suite: str, least: int) -> None:
    planned = worker.planned(suite)
    cases = [each for each in planned if isinstance(each, Case)]
    assert len(cases) >= least
    verdicts = {case.id: worker.check(case) for case in cases}
    assert {name: each for name, each in verdicts.items() if each != Pass()} == {}
    # Only the cases that need an isolated network do not apply here.
    others = [each.id for each in planned if isinstance(each, Inapplicable)]
    assert all("/security/network/" in each for each in others)


def test_requests_to_another_origin_are_recorded_separately(tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    with Worker("http", results) as worker:
        worker.prepare()
        (case,) = (
            each
            for each in worker.planned("security")
            if each.id == "session.create/security/redirect-elsewhere/password-307"
        )
        worker.check(case)
    (line,) = (each for each in read(results) if isinstance(each, CaseLine))
    (exchange,) = line.observation.exchanges
    location = next(h.value for h in exchange.response.headers if h.name == "Location")
    assert location.startswith("http://localhost:")
    assert line.observation.elsewhere == ()
