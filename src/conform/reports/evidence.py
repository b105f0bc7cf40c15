"""Shows an observation as text that people can read and that no terminal or parser obeys."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
import shlex
from typing import Final

from msgspec import Struct

from conform.core.escapes import visible
from conform.core.observations import (
    Crashed,
    Exchange,
    Hung,
    MemoryExceeded,
    NotReached,
    Observation,
    ProtocolViolation,
    Request,
    Response,
    StepOutcome,
)
from conform.core.protocol import Configured, Raised, Returned, Unsupported
from conform.core.results import CaseLine, VerdictName
from conform.core.values import Value

LIMIT: Final = 4096
"""Bytes of a body, and characters of output, that a report shows."""
SHORT_LIMIT: Final = 1000
"""Characters of any other text that a report shows."""
MOST_EXCHANGES: Final = 12
MOST_VALUES: Final = 200
_ELSEWHERE: Final = " to another origin"

WORDS: Final[dict[VerdictName, str]] = {
    "pass": "passed",
    "fail": "failed",
    "known-failure": "known failure",
    "inconclusive": "inconclusive",
    "not-applicable": "not applicable",
    "unavailable": "unavailable",
    "error": "suite error",
}
"""The words for a verdict in reports."""


def sentence(text: str, limit: int = 300) -> str:
    """A text on one line, visible, cut to ``limit`` characters."""
    line = visible(" ".join(text[: 4 * limit].split()))
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


class Excerpt(Struct, frozen=True, kw_only=True):
    """A text, or the part of it that a report shows."""

    text: str
    note: str = ""
    """Which part it is, such as ``the first 8,192 of 102,400 bytes``; empty for the whole text."""

    def __bool__(self) -> bool:
        return bool(self.text)

    @property
    def with_note(self) -> str:
        """The text, followed by the note in brackets if there is one."""
        return f"{self.text}\n[{self.note}]" if self.note else self.text

    def __str__(self) -> str:
        return visible(self.with_note)


def of_bytes(body: bytes, limit: int = LIMIT) -> Excerpt:
    r"""The start of a body as text; bytes that are not UTF-8 show as ``\xff``."""
    whole = len(body) <= limit
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    text = decoder.decode(body[:limit], final=whole)
    return Excerpt(text=text, note="" if whole else f"the first {limit:,} of {len(body):,} bytes")


def of_text(text: str, limit: int = SHORT_LIMIT) -> Excerpt:
    """The start of a text."""
    if len(text) <= limit:
        return Excerpt(text=text)
    return Excerpt(text=text[:limit], note=f"the first {limit:,} of {len(text):,} characters")


def of_end(text: str, limit: int = LIMIT) -> Excerpt:
    """The end of a text, which is where the output of an SDK reports a failure."""
    if len(text) <= limit:
        return Excerpt(text=text)
    return Excerpt(text=text[-limit:], note=f"the last {limit:,} of {len(text):,} characters")


class ShownMessage(Struct, frozen=True, kw_only=True):
    """The parts of one request or one response."""

    line: str
    """``POST /api/rest/v1/sessions``, or ``200``, or what was done to the connection instead."""
    headers: tuple[tuple[str, str], ...]
    body: Excerpt

    def __str__(self) -> str:
        fields = "".join(f"{name}: {value}\n" for name, value in self.headers)
        return visible(f"{self.line}\n{fields}") + (f"\n{self.body}\n" if self.body else "")


class ShownExchange(Struct, frozen=True, kw_only=True):
    """The parts of one request and its response."""

    request: ShownMessage
    response: ShownMessage


class ShownStep(Struct, frozen=True, kw_only=True):
    """The parts of the outcome of one step."""

    headline: str
    """The outcome in words, such as ``raised KeyError: 'id'``."""
    facts: tuple[tuple[str, str], ...] = ()
    """The details of the outcome, by name."""

    def __str__(self) -> str:
        facts = "".join(f"\n  {name}: {fact}" for name, fact in self.facts)
        return visible(f"{self.headline}{facts}")


def request_line(request: Request) -> str:
    """The method and the target of a request."""
    return f"{_short(request.method)} {_short(request.target)}"


def response_line(response: Response) -> str:
    """The status of a response, or what was done to the connection instead."""
    parts = (
        *([str(response.status)] * (response.status is not None)),
        *([f"connection: {response.fault}"] * (response.fault is not None)),
    )
    return ", ".join(parts) or "no response"


def exchanges(recorded: Sequence[Exchange]) -> tuple[ShownExchange, ...]:
    """The first of some exchanges, with their headers and the starts of their bodies."""
    return tuple(map(_shown, recorded[:MOST_EXCHANGES]))


def left_out(observation: Observation) -> int:
    """How many exchanges of an observation a report does not show."""
    recorded = (observation.exchanges, observation.elsewhere)
    return observation.not_kept + sum(len(each[MOST_EXCHANGES:]) for each in recorded)


def _shown(exchange: Exchange) -> ShownExchange:
    request, response = exchange.request, exchange.response
    return ShownExchange(
        request=ShownMessage(
            line=request_line(request),
            headers=tuple((_short(h.name), _short(h.value)) for h in request.headers),
            body=of_bytes(request.body),
        ),
        response=ShownMessage(
            line=response_line(response),
            headers=tuple((_short(h.name), _short(h.value)) for h in response.headers),
            body=of_bytes(response.body),
        ),
    )


def shown_step(step: StepOutcome) -> ShownStep:
    """The outcome of one step."""
    return ShownStep(headline=_short(str(step)), facts=tuple(_facts(step)))


def _facts(step: StepOutcome) -> Iterator[tuple[str, str]]:
    """The details of an outcome that its headline does not have in full."""
    headline = str(step)
    match step:
        case Returned(value=value, attributes=attributes):
            if _typed(value) not in headline:
                yield "value", _short(_typed(value))
            for name, each in list(attributes.items())[:MOST_VALUES]:
                yield name, _short(_typed(each))
        case Raised():
            yield "ancestors", _short(", ".join(step.ancestors) or "none")
            yield "status", "none" if step.http_status is None else str(step.http_status)
            yield "type", "none" if step.api_type is None else _short(step.api_type)
            if step.message not in headline:
                yield "message", _short(step.message)
        case Configured(applied=applied, unsupported=unsupported):
            yield "applied", _short(", ".join(applied) or "none")
            yield "unsupported", _short(", ".join(unsupported) or "none")
        case Crashed(last_words=words) if words:
            yield "last words", _short(words[-SHORT_LIMIT:])
        case (
            Crashed()
            | Hung()
            | MemoryExceeded()
            | ProtocolViolation()
            | NotReached()
            | Unsupported()
        ):
            pass


def pact_mismatches(observation: Observation) -> tuple[str, ...]:
    """The mismatches that Pact's mock server reports, one sentence for each."""
    return tuple(
        _short(f"{m.kind}{f' at {m.path}' if m.path else ''}: {m.description}")
        for m in (observation.pact or ())[:MOST_VALUES]
    )


def command(line: CaseLine) -> str:
    """The shortest command that reproduces a case."""
    return shlex.join(("conform", "run", line.target, "-k", line.case))


def case_text(line: CaseLine) -> str:
    """Everything about one case as plain text of many lines, without control characters."""
    return "\n".join(_paragraphs(line))


def observation_text(observation: Observation) -> str:
    """Everything that was seen as plain text of many lines, without control characters."""
    return "\n".join(_seen(observation)).strip()


def _paragraphs(line: CaseLine) -> Iterator[str]:
    yield visible(line.reason)
    if line.cause:
        yield f"cause:    {visible(line.cause)}"
    if line.expected or line.seen:
        yield f"expected: {of_text(line.expected)}"
        yield f"seen:     {of_text(line.seen)}"
    yield visible(f"source: {line.source}")
    yield visible(f"reproduce: {command(line)}")
    if line.snippet:
        yield f"\n--- as code ---\n{of_text(line.snippet, LIMIT)}"
    yield from _seen(line.observation)


def _seen(observation: Observation) -> Iterator[str]:
    for recorded, where in ((observation.exchanges, ""), (observation.elsewhere, _ELSEWHERE)):
        for shown in exchanges(recorded):
            yield f"\n--- sent{where} ---\n{shown.request}"
            yield f"--- received ---\n{shown.response}"
    if left := left_out(observation):
        yield f"[and {left:,} more exchanges]\n"
    for number, step in enumerate(observation.steps, 1):
        yield f"step {number} {shown_step(step)}"
    if observation.afterwards is not None:
        yield visible(f"then the adapter {_short(str(observation.afterwards))}")
    for mismatch in pact_mismatches(observation):
        yield visible(f"pact: {mismatch}")
    if observation.output:
        yield f"\n--- output ---\n{of_end(observation.output)}"


def _typed(value: Value) -> str:
    """A value, with the name of its type where its text does not have it."""
    text, native = str(value), value.native
    return f"{text} ({native})" if native and not text.startswith(f"{native}(") else text


def _short(text: str) -> str:
    return of_text(text).with_note
