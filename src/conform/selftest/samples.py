"""Proves the cases of printed samples, which the reference client cannot run, with generated pages.

The samples of a correct page do what their operation documents. So their observation must be that
of the reference client with the same arguments, and its mutations must be noticed as in any other
case. The samples of a broken page are not calls, which must be found without running them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from conform.cases.documentation import Documentation
from conform.cases.expectations import Sound
from conform.cases.generators.readmes import readme_cases
from conform.cases.generators.samples import sample_cases
from conform.cases.model import Case, ConfigureStep
from conform.core.identity import CaseId
from conform.core.observations import NOTHING
from conform.documents.at_hand import PageAtHand, PrintedSamples
from conform.documents.facts import Facts, Operation, Sample
from conform.documents.page import CodeSample as Block
from conform.schemas.catalog import Catalog, ReferencePage
from conform.schemas.readmes import Readmes
from conform.selftest.reference import Recorded
from conform.verdicts import Fail, judge

_SDK: Final = "python"
"""The SDK in whose language the generated samples are written."""
_CAN_RUN: Final = frozenset({"run"})


def printed(
    recorded: Mapping[CaseId, Recorded], pages: Iterable[ReferencePage], catalog: Catalog
) -> Iterator[Recorded]:
    """The observations, with verdicts, of an adapter that runs the samples of a correct page.

    Args:
        recorded: the records of the reference client, by case.
        pages: the pages whose operations are sampled; for each case, the first page counts.
        catalog: the endpoints.
    """
    for case in _cases(pages, catalog, str).values():
        same = recorded.get(case.id.replace("/printed-", "/arguments-"))
        if same is not None:
            settings = len([step for step in case.steps if isinstance(step, ConfigureStep)])
            steps = (*same.seen.steps[:settings], same.seen.steps[-1])
            seen = replace(same.seen, steps=steps)
            yield Recorded(case=case, seen=seen, verdict=judge(case, seen))


def broken(pages: Iterable[ReferencePage], catalog: Catalog) -> Iterator[tuple[Case, str]]:
    """The samples of broken pages, and the READMEs that contradict themselves.

    Returns:
        Each with the problem of its verdict; empty if there is none.
    """
    reference = tuple(pages)
    for words, flaw in _FLAWS.items():
        for case in _cases(reference, catalog, flaw).values():
            yield case, _wrong(case, words)
    readmes = Readmes.load()
    for sdk in sorted(readmes.sdks):
        documentation = Documentation(pages=reference, name=sdk, sentence=sdk, sdk=sdk)
        for planned in readme_cases(readmes, documentation):
            if isinstance(planned, Case):
                yield planned, _wrong(planned, "contradicts itself")


def _wrong(case: Case, words: str) -> str:
    """The problem of the verdict on something broken, as a sentence; empty if there is none."""
    match case.expect, judge(case, NOTHING):
        case (Sound(),), Fail(blame="page", reason=reason) if words in reason:
            return ""
        case _, verdict:
            return f"{case.id} is broken ({words}), but its verdict is {verdict}"


_FLAWS: Final[Mapping[str, Callable[[str], str]]] = {
    "does not call it": lambda code: code.partition("(")[0],
    "cannot be parsed": lambda code: f"{code})",
}
"""A function for each flaw, which puts it into code, by words that its verdict must contain."""


def _cases(
    pages: Iterable[ReferencePage], catalog: Catalog, edit: Callable[[str], str]
) -> dict[CaseId, Case]:
    """The cases of printed samples, by id."""
    found: dict[CaseId, Case] = {}
    for reference in pages:
        for case in sample_cases(_page(reference, edit), catalog, _CAN_RUN):
            if isinstance(case, Case) and "/printed-" in case.id:
                found.setdefault(case.id, case)
    return found


def _page(reference: ReferencePage, edit: Callable[[str], str]) -> ReferencePage:
    """A generated page about the same operations, with edited samples."""
    facts = replace(reference.facts, sdk=_SDK)
    sections = tuple(
        PrintedSamples(
            title=operation.name,
            samples=tuple(
                Block(line=1, text=edit(_code(facts, operation, sample)))
                for sample in operation.samples
            ),
        )
        for operation in facts.operations
    )
    return replace(reference, facts=facts, at_hand=PageAtHand(facts=facts, printed=sections))


def _code(page: Facts, operation: Operation, sample: Sample) -> str:
    """The code of a sample in the language of the generated pages."""
    named = {k: v for k, v in sample.arguments.items() if k not in sample.positional}
    passed = (*sample.positional, *([repr(named)] if named else []))
    return f"files_sdk.{page.resource}.{operation.name}({', '.join(passed)})"
