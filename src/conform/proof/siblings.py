"""Runs real siblings of the control, each wrong in one way, on the cases that must notice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
import subprocess
import sys

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from conform import locations
from conform.cases.model import Case, CaseId
from conform.errors import AdapterError, SuiteError
from conform.execution import Bench
from conform.proof.control import CONTROL, bench
from conform.schemas.catalog import Catalog
from conform.stand import Stand
from conform.targets import manifest
from conform.targets.resolve import Target
from conform.verdicts import Fail, Pass, Verdict, judge


class Sibling(Struct, frozen=True, kw_only=True):
    """A control that is wrong in one way, as its program describes it."""

    name: str
    """What it breaks and how, such as ``values/rounded``."""
    does: str
    fails: dict[CaseId, str]
    """Cases that must fail, each with what its verdict must say."""
    passes: tuple[CaseId, ...]
    """Neighbouring cases that must stay green."""

    @property
    def cases(self) -> tuple[CaseId, ...]:
        """Every case that it is run on."""
        return (*self.fails, *self.passes)


class Held(Struct, frozen=True, kw_only=True):
    """A sibling after its cases."""

    sibling: Sibling
    wrong: tuple[str, ...]
    """What did not come as it must, as sentences."""

    @property
    def caught(self) -> bool:
        """Whether every case failed that must, for its reason, and no other one."""
        return not self.wrong


class _Family(Struct, frozen=True):
    """What the program says when it is asked who there is."""

    siblings: tuple[Sibling, ...]


def siblings() -> tuple[Sibling, ...]:
    """Every sibling there is, in the order of what they break.

    Raises:
        SuiteError: their program does not say.
    """
    program = [sys.executable, str(_program()), str(_control())]
    ran = subprocess.run(program, check=False, capture_output=True)
    try:
        family = msgspec.json.decode(ran.stdout, type=_Family)
    except msgspec.MsgspecError as error:
        raise SuiteError(
            "The siblings of the control cannot be listed.",
            why=ran.stderr.decode("utf-8", "replace").strip() or f"{error}.",
            fix=f"Mend {_program()}.",
        ) from error
    return family.siblings


def hold(sibling: Sibling, stand: Stand, catalog: Catalog, cases: Mapping[CaseId, Case]) -> Held:
    """Run a sibling on its cases.

    Args:
        sibling: who.
        stand: that of the control.
        catalog: where the contracts are.
        cases: those of the control, by id.
    """
    with bench(_target(sibling, stand.target), stand, catalog) as own:
        return Held(sibling=sibling, wrong=tuple(_wrong(sibling, own, cases)))


def _wrong(sibling: Sibling, own: Bench, cases: Mapping[CaseId, Case]) -> Iterator[str]:
    for name in sibling.cases:
        if name not in cases:
            yield f"There is no case {name} that applies to the control."
            continue
        try:
            verdict = judge(cases[name], own.execute(cases[name]))
        except AdapterError as error:
            yield f"{name}: {error.what} {error.why}"
            continue
        if problem := _problem(verdict, sibling.fails.get(name)):
            yield f"{name}: {problem}"


def _problem(verdict: Verdict, says: str | None) -> str:
    match says, verdict:
        case None, Pass():
            return ""
        case None, other:
            return f"It had to stay green, and came to {other}"
        case str(), Fail(reason=reason, expected=expected, seen=seen):
            if says in f"{reason}\n{expected}\n{seen}":
                return ""
            return f"It says {reason!r}, seen {seen!r}, and does not name {says!r}."
        case _, other:
            return f"It had to fail, and came to {other}"


def _target(sibling: Sibling, control: Target) -> Target:
    command = (sys.executable, str(_program()), str(_control()), sibling.name)
    launch = replace(control.launch, command=command)
    return replace(control, name=f"{CONTROL}:{sibling.name}", launch=launch)


def _program() -> Path:
    return locations.suites() / "siblings" / "sibling.py"


def _control() -> Path:
    return manifest.named(CONTROL).folder
