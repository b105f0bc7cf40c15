"""Lets pytest collect the cases of one target and report their verdicts; it holds no logic.

Run as ``pytest -p conform.pytest_plugin --conform-target NAME --conform-results FILE`` on the
folder of suites.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conform.campaign import Campaign

_CAMPAIGN: Final = pytest.StashKey["Campaign"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what names the target and where its results go."""
    group = parser.getgroup("conform", "conformance of one target")
    group.addoption("--conform-target", metavar="NAME", help="such as python==1.0.17")
    group.addoption("--conform-results", metavar="FILE", type=Path, help="JSON Lines go here")


def pytest_configure(config: pytest.Config) -> None:
    """Plan the cases of the target."""
    from conform.campaign import Campaign

    config.stash[_CAMPAIGN] = Campaign.of(
        config.getoption("conform_target"), results=config.getoption("conform_results")
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give the test of a suite the cases of that suite, by their stable ids."""
    if "planned" in metafunc.fixturenames:
        suite = metafunc.function.__name__.removeprefix("test_")
        cases = metafunc.config.stash[_CAMPAIGN].planned(suite)
        metafunc.parametrize("planned", cases, ids=[case.id for case in cases])


def pytest_collection_finish(session: pytest.Session) -> None:
    """Open the results with what is about to be run."""
    if not session.config.option.collectonly:
        session.config.stash[_CAMPAIGN].begin(count=len(session.items))


@pytest.fixture(scope="session")
def campaign(pytestconfig: pytest.Config) -> Iterator[Campaign]:
    """The running target: adapter, gateway and results."""
    with pytestconfig.stash[_CAMPAIGN] as running:
        yield running
