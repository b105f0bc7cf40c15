"""Defines a mutation: a change to an observation, and the expectations that must notice it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote_plus, urlsplit

from msgspec import Struct

from conform.cases.expectations import Expectation, Hides
from conform.cases.model import Case
from conform.core.observations import Exchange, Observation
from conform.verdicts import Fail, Verdict

Words = str | Callable[[Any], str | None]
"""Words that the verdict must contain if an expectation notices, or a function from the expectation
to these words; None if that expectation must not notice."""

Notices = Mapping[Any, Words]
"""Words by type of expectation; every type that is not in it must not notice the change."""


class MutatedObservation(Struct, frozen=True, kw_only=True):
    """An observation with one change."""

    seen: Observation
    notices: Notices
    where: str = ""
    """The changed part, such as ``site_id``; empty if there is only one."""
    spelling: str = ""
    """How a secret is written that leaks; empty if none does."""
    anyway: str | None = None
    """Words that the verdict must contain if no expectation notices; None if it must pass."""
    verdict: type[Verdict] = Fail
    """The type of the verdict if the change is noticed."""

    def wanted(self, case: Case) -> Iterator[str | None]:
        """The words for each expectation of a case, in order, and last those for no expectation."""
        for expectation in case.expect:
            words = self.notices.get(type(expectation))
            yield words(expectation) if callable(words) else words
        yield self.anyway


class Mutation(Struct, frozen=True):
    """One kind of change."""

    name: str
    """Unique, such as ``verb``."""
    does: str
    """The change in one sentence."""
    mutate: Callable[[Case, Observation], Iterator[MutatedObservation]]
    """Makes the change in every possible part of an observation, one part at a time."""


def step_of(expectation: Expectation, seen: Observation) -> int | None:
    """The index of the step that an expectation is about; None if it is not about a step."""
    step: int | None = getattr(expectation, "step", None)
    return step if step is None or step >= 0 else len(seen.steps) + step


def sends(expectation: Expectation, seen: Observation) -> bool:
    """Whether the step that an expectation is about sent a request."""
    return any(request.step == step_of(expectation, seen) for request in seen.requests)


def silence(case: Case, seen: Observation) -> str | None:
    """Words for what is not seen of a secret that a case looks for; None if it can be judged."""
    secrets = {
        each.secret
        for each in case.expect
        if isinstance(each, Hides) and "header-name" not in each.places
    }
    if secrets:
        shown = "\n".join(text for exchange in seen.exchanges for text in _texts(exchange))
        if any(secret not in shown for secret in secrets):
            return "in no request and in no response"
    paths = (urlsplit(request.target).path.split("/") for request in seen.requests)
    is_logged = any(max(path, key=len) in seen.output for path in paths)
    if case.stage.log_level == "debug" and not is_logged:
        return "logged no request"
    return None


def _texts(exchange: Exchange) -> Iterator[str]:
    """The texts of a request and its response, with what clients escape undone."""
    request, response = exchange.request, exchange.response
    yield unquote_plus(request.target)
    yield from (header.value for header in (*request.headers, *response.headers))
    for body in (request.body, response.body):
        yield unquote_plus(body.decode("utf-8", "replace"))
        yield body.decode("unicode_escape" if body.isascii() else "cp1252", "replace")


def named(function: Callable[..., Any]) -> tuple[str, str]:
    """The name and the sentence of a mutation: those of the function that makes it."""
    return function.__name__.strip("_").replace("_", "-"), (function.__doc__ or "").strip()
