"""The probes cover the cases that meet the same situation, and no others."""

from __future__ import annotations

from msgspec.structs import replace
import pytest

from conform.cases import Case
from conform.cases.model import CallStep, RunStep
from conform.cases.probes import PROBES, situation_of
from conform.cases.replies import (
    Answer,
    Closed,
    ContractServer,
    Drop,
    Part,
    RawBytes,
    Reply,
    Script,
)

BY_SITUATION = {each.situation: each for each in PROBES}
OK, REFUSED, DOWN = Answer(status=201), Answer(status=404), Answer(status=503)
BROKEN = RawBytes(parts=(Part(text="HTTP/1.1 20"),))


def case(server: Script | Closed | ContractServer) -> Case:
    return replace(BY_SITUATION["answered"].case, server=server)


def script(*replies: Reply) -> Script:
    return Script(replies=replies)


@pytest.mark.parametrize(
    ("server", "situation"),
    [
        (script(), "answered"),
        (script(OK), "answered"),
        (script(Answer(status=302)), "answered"),
        (ContractServer(contract="python", interaction="a login"), "answered"),
        (script(REFUSED), "refused"),
        (script(DOWN), "unavailable"),
        (script(DOWN, OK), "answered"),
        (script(OK, DOWN), "unavailable"),
        (script(Drop(how="reset")), "disconnected"),
        (script(Drop(how="close")), "disconnected"),
        (script(Drop(how="hold")), None),
        (script(BROKEN), None),
        (Closed(), "unreachable"),
    ],
)
def test_the_last_reply_is_the_situation_of_a_case(
    server: Script | Closed | ContractServer, situation: str | None
) -> None:
    made = case(server)
    assert situation_of(made) == situation
    alike = {each.situation for each in PROBES if each.is_like(made)}
    assert alike == {situation} - {None}
    covering = {each.situation for each in PROBES if each.covers(made)}
    assert covering == {situation, "answered"} - {None}


def test_a_case_that_sends_nothing_is_covered_by_no_probe() -> None:
    silent = replace(case(script(OK)), steps=(CallStep(operation="session.new", form="construct"),))
    assert not any(each.covers(silent) for each in PROBES)
    sample = replace(silent, steps=(RunStep(code="print(1)"),))
    assert BY_SITUATION["answered"].covers(sample)


def test_each_probe_is_in_its_own_situation() -> None:
    assert all(each.is_like(each.case) for each in PROBES)
    assert len(BY_SITUATION) == len(PROBES)
