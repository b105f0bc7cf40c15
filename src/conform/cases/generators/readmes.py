"""Makes the cases about READMEs themselves: each must say one thing about one subject."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from conform.cases.documentation import Documentation
from conform.cases.expectations import Sound
from conform.cases.model import Case, Inapplicable, Planned
from conform.cases.replies import Script
from conform.core.identity import Source
from conform.schemas.readmes import Readmes

_SINCE: Final = "0.1.0"


def readme_cases(readmes: Readmes, documentation: Documentation) -> Iterator[Planned]:
    """One case for each known contradiction; it fails where the README of the target has it.

    Args:
        readmes: the statements of all READMEs.
        documentation: what the target is checked against.
    """
    sdk, release = documentation.sdk, documentation.release
    for each in readmes.contradictions:
        case = Case(
            id=f"{each.operation}/samples/readme",
            suite="samples",
            title=f"the README says one thing about {each.operation}",
            level="convention",
            source=Source(kind="readme", reference=each.section),
            since=_SINCE,
            server=Script(),
            steps=(),
            expect=(Sound(problem=f"{each.text}, and {each.sample}", subject="readme"),),
            blame="page",
        )
        if sdk is not None and each.covers(sdk, release):
            yield case
        else:
            yield Inapplicable.of(case, "No README of this target contradicts itself there.")
