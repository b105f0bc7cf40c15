"""Puts an observation into words that a person can read and that no terminal or parser obeys."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
import shlex
from typing import Final

from msgspec import Struct

from conform.core.escapes import visible
from conform.core.observations import (
    Crashed,
    Exchange,
    Hung,
    NotReached,
    Observation,
    ProtocolViolation,
    Request,
    Response,
    SettingsMade,
    StepOutcome,
)
from conform.core.protocol import Raised, Returned, Unsupported
from conform.core.results import CaseLine, VerdictName

LIMIT: Final = 4096
"""How many bytes of a body, and how many characters of output, a report shows."""
SHORT_LIMIT: Final = 1000
"""How many characters of any other text a report shows."""
MOST_EXCHANGES: Final = 12
MOST_VALUES: Final = 200

WORDS: Final[dict[VerdictName, str]] = {
    "pass": "passed",
    "fail": "failed",
    "known-failure": "known failure",
    "inconclusive": "inconclusive",
    "not-applicable": "not applicable",
    "unavailable": "unavailable",
    "error": "suite error",
}
"""What reports call a verdict."""


def sentence(text: str, limit: int = 300) -> str:
    """A text on one line, visible, and cut with an ellipsis beyond ``limit`` characters."""
    line = visible(" ".join(text[: 4 * limit].split()))
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


class Excerpt(Struct, frozen=True, kw_only=True):
    """A text as it stands, or as much of it as a report shows."""

    text: str
    note: str = ""
    """What was left out, such as ``the first 8,192 of 102,400 bytes``."""

    def __bool__(self) -> bool:
        return bool(self.text)

    @property
    def with_note(self) -> str:
        """The text, with the note in brackets below it where there is one."""
        return f"{self.text}\n[{self.note}]" if self.note else self.text

    def __str__(self) -> str:
        return visible(self.with_note)


def of_bytes(body: bytes, limit: int = LIMIT) -> Excerpt:
    r"""The start of a body as text; bytes that are no UTF-8 show as ``\xff``."""
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
    """The end of a text, which is where an SDK's output says what went wrong."""
    if len(text) <= limit:
        return Excerpt(text=text)
    return Excerpt(text=text[-limit:], note=f"the last {limit:,} of {len(text):,} characters")


class Message(Struct, frozen=True, kw_only=True):
    """One request or one answer, taken apart for showing."""

    line: str
    """``POST /api/rest/v1/sessions``, or ``200``, or what was done instead of answering."""
    headers: tuple[tuple[str, str], ...]
    body: Excerpt

    def __str__(self) -> str:
        fields = "".join(f"{name}: {value}\n" for name, value in self.headers)
        return visible(f"{self.line}\n{fields}") + (f"\n{self.body}\n" if self.body else "")


class Shown(Struct, frozen=True, kw_only=True):
    """What was sent and what came back."""

    request: Message
    response: Message


class Told(Struct, frozen=True, kw_only=True):
    """What one step came to, as the SDK told its caller."""

    headline: str
    """Such as ``raised KeyError``."""
    facts: tuple[tuple[str, str], ...] = ()
    """Names with what is known under them."""

    def __str__(self) -> str:
        facts = "".join(f"\n  {name}: {fact}" for name, fact in self.facts)
        return visible(f"{self.headline}{facts}")


def request_line(request: Request) -> str:
    """Method and target as sent."""
    return f"{_short(request.method)} {_short(request.target)}"


def answer_line(response: Response) -> str:
    """The status, or what was done to the connection instead."""
    parts = (
        *([str(response.status)] * (response.status is not None)),
        *([f"connection: {response.fault}"] * (response.fault is not None)),
    )
    return ", ".join(parts) or "no answer"


def exchanges(observation: Observation) -> tuple[Shown, ...]:
    """The first exchanges of an observation, with their headers and the starts of their bodies."""
    return tuple(_shown(exchange) for exchange in observation.exchanges[:MOST_EXCHANGES])


def _shown(exchange: Exchange) -> Shown:
    request, response = exchange.request, exchange.response
    return Shown(
        request=Message(
            line=request_line(request),
            headers=tuple((_short(h.name), _short(h.value)) for h in request.headers),
            body=of_bytes(request.body),
        ),
        response=Message(
            line=answer_line(response),
            headers=tuple((_short(h.name), _short(h.value)) for h in response.headers),
            body=of_bytes(response.body),
        ),
    )


def told(step: StepOutcome) -> Told:
    """What one step came to."""
    match step:
        case Returned(value=value, attributes=attributes):
            pairs = list(attributes.items())[:MOST_VALUES]
            return Told(
                headline=f"returned {_short(_typed(str(value), value.native))}",
                facts=tuple((name, _short(_typed(str(v), v.native))) for name, v in pairs),
            )
        case Raised():
            return Told(
                headline=f"raised {_short(step.error)}",
                facts=(
                    ("ancestors", _short(", ".join(step.ancestors) or "none")),
                    ("status", "none" if step.http_status is None else str(step.http_status)),
                    ("type", "none" if step.api_type is None else _short(step.api_type)),
                    ("message", _short(step.message)),
                ),
            )
        case Unsupported(reason=reason):
            return Told(headline="not supported by this release", facts=(("why", _short(reason)),))
        case SettingsMade(configured=configured):
            return Told(
                headline="settings made",
                facts=(
                    ("applied", _short(", ".join(configured.applied) or "none")),
                    ("unsupported", _short(", ".join(configured.unsupported) or "none")),
                ),
            )
        case Crashed(exit_code=code, last_words=words):
            return Told(
                headline=f"the adapter's process ended with exit code {code}",
                facts=(("last words", _short(words[-SHORT_LIMIT:])),) if words else (),
            )
        case Hung(seconds=seconds):
            return Told(headline=f"no answer within {seconds:g} seconds; the adapter was ended")
        case ProtocolViolation(problem=problem):
            return Told(
                headline="the adapter broke the protocol", facts=(("problem", _short(problem)),)
            )
        case NotReached():
            return Told(headline="left out, since an earlier step left nothing to do it with")


def pact_words(observation: Observation) -> tuple[str, ...]:
    """What Pact's mock server found wrong, a sentence each."""
    return tuple(
        _short(f"{m.kind}{f' at {m.path}' if m.path else ''}: {m.description}")
        for m in (observation.pact or ())[:MOST_VALUES]
    )


def command(line: CaseLine) -> str:
    """The shortest command that shows a case again."""
    return shlex.join(("conform", "run", line.target, "-k", line.case))


def narrative(line: CaseLine) -> str:
    """Everything about one case as plain text of many lines, without control characters."""
    return "\n".join(_paragraphs(line))


def story(observation: Observation) -> str:
    """Everything that was seen as plain text of many lines, without control characters."""
    return "\n".join(_seen(observation)).strip()


def _paragraphs(line: CaseLine) -> Iterator[str]:
    yield visible(line.reason)
    if line.expected or line.seen:
        yield f"expected: {of_text(line.expected)}"
        yield f"seen:     {of_text(line.seen)}"
    yield visible(f"documented: {line.source}")
    yield visible(f"again: {command(line)}")
    if line.snippet:
        yield f"\n--- as code ---\n{of_text(line.snippet, LIMIT)}"
    yield from _seen(line.observation)


def _seen(observation: Observation) -> Iterator[str]:
    for shown in exchanges(observation):
        yield f"\n--- sent ---\n{shown.request}"
        yield f"--- came back ---\n{shown.response}"
    if left := len(observation.exchanges[MOST_EXCHANGES:]):
        yield f"[and {left:,} more exchanges]\n"
    for step in observation.steps:
        yield f"step {told(step)}"
    for words in pact_words(observation):
        yield visible(f"pact: {words}")
    if observation.output:
        yield f"\n--- output ---\n{of_end(observation.output)}"


def _typed(text: str, native: str) -> str:
    return f"{text} ({native})" if native and not text.startswith(f"{native}(") else text


def _short(text: str) -> str:
    return of_text(text).with_note
