"""What a deviation is: one thing changed in an observation, and who has to notice it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from conform.cases.expectations import Expectation
from conform.cases.model import Case
from conform.core.observations import Observation
from conform.verdicts import Fail, Verdict

Words = str | Callable[[Any], str | None]
"""What the verdict says when an expectation notices, or a function of the expectation that gives
it; nothing where it must not notice."""

Notices = Mapping[Any, Words]
"""The types of expectations that have to notice a change; every other one must not."""


class MutatedObservation(Struct, frozen=True, kw_only=True):
    """An observation in which one thing is not as it was."""

    seen: Observation
    notices: Notices
    where: str = ""
    """What was changed where there is more than one such thing, such as ``site_id``."""
    anyway: str | None = None
    """What the verdict says though no expectation notices."""
    comes_to: type[Verdict] = Fail

    def wanted(self, case: Case) -> Iterator[str | None]:
        """What each expectation of a case has to say, in order, and last the judge itself."""
        for expectation in case.expect:
            words = self.notices.get(type(expectation))
            yield words(expectation) if callable(words) else words
        yield self.anyway


class Mutation(Struct, frozen=True):
    """One way to be wrong."""

    name: str
    """Unique, such as ``verb``."""
    does: str
    """In one sentence, what is not as it was."""
    changes: Callable[[Case, Observation], Iterator[MutatedObservation]]
    """Every place of an observation where it can be done; none where there is none."""


def step_of(expectation: Expectation, seen: Observation) -> int | None:
    """The step that an expectation looks at, counted from the first; nothing where it is none."""
    step: int | None = getattr(expectation, "step", None)
    return step if step is None or step >= 0 else len(seen.steps) + step


def named(function: Callable[..., Any]) -> tuple[str, str]:
    """The name and the sentence of a deviation, from those of the function that makes it."""
    return function.__name__.strip("_").replace("_", "-"), (function.__doc__ or "").strip()
