"""The proof of printed samples, which the control cannot run: pages of our own, whole and broken.

A whole page's samples do what their operation documents, so that what the control did with the
same arguments is what must be seen; every deviation of that must be noticed as in any other case.
A broken page's samples are no calls, and that is to be found without running them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from conform.cases.expectations import Sound
from conform.cases.generators.samples import sample_cases
from conform.cases.model import Case, ConfigureStep
from conform.core.identity import CaseId
from conform.core.observations import NOTHING
from conform.documents.facts import Facts, Operation, Sample
from conform.documents.page import CodeSample as Block
from conform.documents.page import Document, Section
from conform.schemas.catalog import Catalog, ReferencePage
from conform.selftest.reference import Recorded
from conform.verdicts import Fail, judge

_SDK: Final = "python"
"""Whose language our samples are written in."""
_CAN_RUN: Final = frozenset({"run"})


def printed(
    recorded: Mapping[CaseId, Recorded], pages: Iterable[ReferencePage], catalog: Catalog
) -> Iterator[Recorded]:
    """What an adapter must see that runs the samples of a whole page, judged.

    Args:
        recorded: what the control did, by case.
        pages: the pages whose operations are sampled; the first one counts.
        catalog: where the endpoints are.
    """
    for case in _cases(pages, catalog, str).values():
        same = recorded.get(case.id.replace("/printed-", "/arguments-"))
        if same is not None:
            settings = len([step for step in case.steps if isinstance(step, ConfigureStep)])
            steps = (*same.seen.steps[:settings], same.seen.steps[-1])
            seen = replace(same.seen, steps=steps)
            yield Recorded(case=case, seen=seen, verdict=judge(case, seen))


def broken(pages: Iterable[ReferencePage], catalog: Catalog) -> Iterator[tuple[Case, str]]:
    """Each sample of broken pages, with what is wrong with the verdict; empty where nothing is."""
    reference = tuple(pages)
    for says, turn in _FLAWS.items():
        for case in _cases(reference, catalog, turn).values():
            match case.expect, judge(case, NOTHING):
                case (Sound(),), Fail(blame="page", reason=reason) if says in reason:
                    yield case, ""
                case _, verdict:
                    yield case, f"{case.id} is broken, {says}, and comes to {verdict}"


_FLAWS: Final[Mapping[str, Callable[[str], str]]] = {
    "does not call it": lambda code: code.partition("(")[0],
    "cannot be parsed": lambda code: f"{code})",
}
"""What a verdict says of a flaw, and how a sample gets it."""


def _cases(
    pages: Iterable[ReferencePage], catalog: Catalog, turn: Callable[[str], str]
) -> dict[CaseId, Case]:
    """The cases of samples as they are printed, by id."""
    found: dict[CaseId, Case] = {}
    for reference in pages:
        for case in sample_cases(_page(reference, turn), catalog, _CAN_RUN):
            if isinstance(case, Case) and "/printed-" in case.id:
                found.setdefault(case.id, case)
    return found


def _page(reference: ReferencePage, turn: Callable[[str], str]) -> ReferencePage:
    """A page of our own about the same operations."""
    facts = replace(reference.facts, sdk=_SDK)
    sections = tuple(
        Section(
            line=1,
            title=operation.name,
            samples=tuple(
                Block(line=1, text=turn(_code(facts, operation, sample)))
                for sample in operation.samples
            ),
        )
        for operation in facts.operations
    )
    document = Document(
        source="the proof", title=facts.resource, sha256="0" * 64, sections=sections
    )
    return replace(reference, facts=facts, document=document)


def _code(page: Facts, operation: Operation, sample: Sample) -> str:
    """The sample as we would print it."""
    named = {k: v for k, v in sample.arguments.items() if k not in sample.positional}
    passed = (*sample.positional, *([repr(named)] if named else []))
    return f"files_sdk.{page.resource}.{operation.name}({', '.join(passed)})"
