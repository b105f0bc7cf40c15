"""Lets pytest collect the cases of one target and report their verdicts.

Run as ``pytest -p conform.engine.pytest_plugin --conform-target NAME --conform-results FILE`` on
the folder of suites.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, assert_never

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conform.cases.model import Planned
    from conform.engine.worker import Worker

_WORKER: Final[pytest.StashKey[Worker]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options for the target, its results and the selection of cases."""
    group = parser.getgroup("conform", "conformance of one target")
    group.addoption("--conform-target", metavar="NAME", help="such as python==1.0.17")
    group.addoption("--conform-results", metavar="FILE", type=Path, help="JSON Lines go here")
    group.addoption("--conform-known", metavar="FILE", type=Path, help="the known failures")
    group.addoption("--conform-keep", metavar="DIR", type=Path, help="observations go here")
    group.addoption("--conform-as-of", metavar="VERSION", default="", help="no newer cases")
    group.addoption(
        "--conform-selection", metavar="WORDS", default="", help="what chose the cases, in words"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Prepare the target and plan its cases."""
    from conform.engine.lifeline import hold_on_to
    from conform.engine.worker import Worker

    target, results = config.getoption("conform_target"), config.getoption("conform_results")
    if not (target and results):
        raise pytest.UsageError("--conform-target and --conform-results are both needed")
    worker = Worker(
        target,
        results,
        known=config.getoption("conform_known"),
        cases_as_of=config.getoption("conform_as_of"),
        keep=config.getoption("conform_keep"),
    )
    config.add_cleanup(lambda: worker.__exit__(None, None, None))
    config.stash[_WORKER] = worker
    hold_on_to(worker.descriptor)
    with _reported(worker):
        worker.prepare()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give the test of a suite the cases of that suite, by their stable ids."""
    suite = metafunc.function.__name__.removeprefix("test_")
    cases = metafunc.config.stash[_WORKER].planned(suite)
    metafunc.parametrize("planned", cases, ids=[case.id for case in cases])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Remove the empty test that pytest adds for a suite without cases."""
    items[:] = [item for item in items if item.get_closest_marker("skip") is None]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Write the first line of the results, with the number of selected cases."""
    worker = session.config.stash[_WORKER]
    with _reported(worker):
        worker.begin(
            count=len(session.items),
            selection=session.config.getoption("conform_selection"),
        )


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Close the kept observations; the run removes them if it did not end well."""
    worker = session.config.stash[_WORKER]
    with _reported(worker):
        worker.finish()


@pytest.fixture
def check(pytestconfig: pytest.Config) -> Callable[[Planned], None]:
    """Checks the target against a planned case, and reports the verdict as pytest's outcome."""
    from conform.verdicts import (
        Errored,
        Fail,
        Inconclusive,
        KnownFailure,
        NotApplicable,
        OutdatedEntry,
        Pass,
    )

    def check(planned: Planned) -> None:
        worker = pytestconfig.stash[_WORKER]
        with _reported(worker):
            verdict = worker.check(planned)
        match verdict:
            case Pass():
                pass
            case OutdatedEntry(reason=reason):
                pytest.fail(reason, pytrace=False)
            case Fail() as fail:
                text = f"{fail.reason}\nexpected: {fail.expected}\nseen:     {fail.seen}"
                pytest.fail(text, pytrace=False)
            case NotApplicable(reason=reason) | KnownFailure(why=reason):
                pytest.skip(reason)
            case Inconclusive(reason=reason):
                pytest.skip(f"inconclusive: {reason}")
            case Errored(reason=reason):
                pytest.fail(f"the suite itself failed: {reason}", pytrace=False)
            case _:
                assert_never(verdict)

    return check


@contextmanager
def _reported(worker: Worker) -> Iterator[None]:
    """Write an error of the suite into the results, and end the run of the target."""
    from conform.core.errors import ConformError

    try:
        yield
    except ConformError as error:
        worker.fail(error)
        pytest.exit(str(error), returncode=int(error.exit_code))
