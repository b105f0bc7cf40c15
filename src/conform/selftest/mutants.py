"""Runs mutants, which are reference clients with one defect each, on the cases that must notice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
import subprocess
import sys

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from conform.cases.model import Case
from conform.core import manifest, paths
from conform.core.errors import AdapterError, SuiteError
from conform.core.identity import CaseId
from conform.engine.execution import Executor
from conform.engine.preparation import PreparedTarget
from conform.selftest.reference import REFERENCE_CLIENT, executor_of
from conform.targets.resolve import Target
from conform.verdicts import Fail, Pass, Verdict, judge


class Mutant(Struct, frozen=True, kw_only=True):
    """A reference client with one defect, as its program describes it."""

    name: str
    """The area and the kind of the defect, such as ``values/rounded``."""
    does: str
    """The defect in one sentence."""
    fails: dict[CaseId, str]
    """Cases that must fail, each with words that its verdict must contain."""
    passes: tuple[CaseId, ...]
    """Similar cases that must pass."""

    @property
    def cases(self) -> tuple[CaseId, ...]:
        """All cases that it is run on."""
        return (*self.fails, *self.passes)


class MutantResult(Struct, frozen=True, kw_only=True):
    """The result of a mutant on its cases."""

    mutant: Mutant
    wrong: tuple[str, ...]
    """Everything that is wrong with the verdicts, as sentences."""

    @property
    def killed(self) -> bool:
        """Whether exactly the right cases failed, each for its reason."""
        return not self.wrong


class _Listing(Struct, frozen=True):
    """The list of mutants that their program prints."""

    mutants: tuple[Mutant, ...]


def mutants() -> tuple[Mutant, ...]:
    """All mutants, in the order of their areas.

    Raises:
        SuiteError: their program does not list them.
    """
    program = [sys.executable, str(_program()), str(_reference_client())]
    ran = subprocess.run(program, check=False, capture_output=True)
    try:
        listed = msgspec.json.decode(ran.stdout, type=_Listing)
    except msgspec.MsgspecError as error:
        raise SuiteError(
            "The mutants of the reference client cannot be listed.",
            why=ran.stderr.decode("utf-8", "replace").strip() or f"{error}.",
            fix=f"Correct {_program()}.",
        ) from error
    return listed.mutants


def run_mutant(
    mutant: Mutant, reference: PreparedTarget, cases: Mapping[CaseId, Case]
) -> MutantResult:
    """Run a mutant on its cases.

    Args:
        mutant: the mutant.
        reference: the prepared reference client.
        cases: the cases of the reference client, by id.
    """
    with executor_of(_target(mutant, reference.target), reference) as executor:
        return MutantResult(mutant=mutant, wrong=tuple(_wrong(mutant, executor, cases)))


def _wrong(mutant: Mutant, executor: Executor, cases: Mapping[CaseId, Case]) -> Iterator[str]:
    for name in mutant.cases:
        if name not in cases:
            yield f"No case {name} applies to the reference client."
            continue
        try:
            verdict = judge(cases[name], executor.execute(cases[name]))
        except AdapterError as error:
            yield f"{name}: {error.reason}"
            continue
        if problem := _problem(verdict, mutant.fails.get(name)):
            yield f"{name}: {problem}"


def _problem(verdict: Verdict, words: str | None) -> str:
    match words, verdict:
        case None, Pass():
            return ""
        case None, other:
            return f"It must pass, but its verdict is {other}"
        case str(), Fail(reason=reason, expected=expected, seen=seen):
            if words in f"{reason}\n{expected}\n{seen}":
                return ""
            return f"Its reason is {reason!r}, seen {seen!r}, which does not contain {words!r}."
        case _, other:
            return f"It must fail, but its verdict is {other}"


def _target(mutant: Mutant, reference: Target) -> Target:
    command = (sys.executable, str(_program()), str(_reference_client()), mutant.name)
    launch = replace(reference.launch, command=command)
    return replace(reference, name=f"{REFERENCE_CLIENT}:{mutant.name}", launch=launch)


def _program() -> Path:
    return paths.suites() / "mutants" / "mutant.py"


def _reference_client() -> Path:
    return manifest.named(REFERENCE_CLIENT).folder
