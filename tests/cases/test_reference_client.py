"""The control passes every case about errors, faults and security that there is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from conform.core.results import CaseLine, read
from conform.engine.worker import Worker
from conform.verdicts import Pass


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    with Worker("http", tmp_path_factory.mktemp("control") / "results.jsonl") as campaign:
        yield campaign


@pytest.mark.parametrize(("suite", "least"), [("errors", 500), ("faults", 70), ("security", 90)])
def test_the_control_passes(campaign: Worker, suite: str, least: int) -> None:
    planned = campaign.planned(suite)
    assert len(planned) >= least
    verdicts = {case.id: campaign.hold(case) for case in planned}
    assert {name: each for name, each in verdicts.items() if each != Pass()} == {}


def test_what_goes_to_another_origin_is_recorded_beside_the_rest(tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    with Worker("http", results) as campaign:
        (case,) = (
            each
            for each in campaign.planned("security")
            if each.id == "session.create/security/redirect-elsewhere/password-307"
        )
        campaign.hold(case)
    (line,) = (each for each in read(results) if isinstance(each, CaseLine))
    (exchange,) = line.observation.exchanges
    location = next(h.value for h in exchange.response.headers if h.name == "Location")
    assert location.startswith("http://localhost:")
    assert line.observation.elsewhere == ()
