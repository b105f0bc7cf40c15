"""Says what must have been seen in a case so that the absence of something means anything.

An SDK that sent no request has leaked nothing, and has shown nothing. Each claim of absence has its
premises; a case in which one of them was not seen is inconclusive.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from msgspec import Struct

from conform.cases.expectations import (
    AtMost,
    Contacts,
    Ends,
    Escapes,
    Expectation,
    Guards,
    Hides,
    Lacks,
    Omits,
    Raises,
    Refuses,
    Settles,
    Spaced,
)
from conform.cases.model import CallStep, Case, Stage
from conform.cases.replies import Answer, Closed, Script


class CallSends(Struct, frozen=True, kw_only=True):
    """The call of a step sends a request: in this step, or in an earlier step with the same call.

    The earlier step is the twin of a call that must be refused: the same call, with nothing wrong.
    """

    words: ClassVar[str] = "call sends"

    step: int
    """The index of the step."""


class RequestsArrive(Struct, frozen=True, kw_only=True):
    """At least this number of requests arrive."""

    words: ClassVar[str] = "requests arrive"

    count: int


class SecretInPlay(Struct, frozen=True, kw_only=True):
    """A request or a response carries the secret, so the SDK has it."""

    words: ClassVar[str] = "secret in play"

    secret: str
    of: str
    """The name of the secret, such as ``the password``."""


class RedirectAnswered(Struct, frozen=True):
    """A request is answered with a redirect."""

    words: ClassVar[str] = "redirect answered"


class LogWritten(Struct, frozen=True):
    """The log of the SDK works: at the level debug, it names the path of a request."""

    words: ClassVar[str] = "log written"


class TrustedTlsWorks(Struct, frozen=True):
    """The same call sends a request to a server with a trusted certificate."""

    words: ClassVar[str] = "trusted TLS works"


Premise = (
    CallSends | RequestsArrive | SecretInPlay | RedirectAnswered | LogWritten | TrustedTlsWorks
)


def premises(case: Case) -> tuple[Premise, ...]:
    """The premises of all expectations of a case, without repetitions."""
    return tuple(dict.fromkeys(each for e in case.expect for each in _of(e, case)))


def twin_stage(case: Case) -> Stage | None:
    """The stage on which a twin of the case must be seen too; None if it needs no twin."""
    if case.stage.transport.startswith("tls-"):
        return Stage(transport="tls")
    if case.stage.log_level in {"error", "info"}:
        return Stage(log_level="debug")
    return None


def _of(expectation: Expectation, case: Case) -> Iterator[Premise]:
    match expectation:
        case Hides():
            yield from _of_secret(expectation, case)
        case (
            Refuses(step=step)
            | Guards(step=step)
            | Escapes(step=step)
            | Lacks(step=step)
            | Raises(step=step)
            | Settles(step=step)
        ):
            yield from _sends(case, step)
        case AtMost() | Ends() | Spaced() | Contacts():
            yield from _sends(case, -1)
        case Omits(nth=nth):
            yield RequestsArrive(count=nth + 1)


def _of_secret(expected: Hides, case: Case) -> Iterator[Premise]:
    if "header-name" in expected.places:
        # What is hidden is not a value of the call but what a part of it must not become.
        yield from _sends(case, -1)
        return
    yield SecretInPlay(secret=expected.secret, of=expected.of)
    if {"last-step", "error", "error-members"} & set(expected.places):
        yield from _sends(case, -1)
    if "elsewhere" in expected.places and _redirects(case):
        yield RedirectAnswered()
    if "output" in expected.places and case.stage.log_level != "none":
        yield LogWritten()


def _sends(case: Case, step: int) -> Iterator[Premise]:
    """The premise that a step sends a request, if its kind of step can send one."""
    index = step % len(case.steps)
    done = case.steps[index]
    if case.stage.transport.startswith("tls-"):
        yield TrustedTlsWorks()
    elif isinstance(done, CallStep) and done.sends and not done.may_raise:
        yield CallSends(step=index)


def _redirects(case: Case) -> bool:
    return isinstance(case.server, Script) and any(map(_is_redirect, case.server.replies))


def _is_redirect(reply: object) -> bool:
    return isinstance(reply, Answer) and reply.is_redirect


def never_met(case: Case) -> Iterator[str]:
    """The reasons why a premise of a case can never be met."""
    for premise in premises(case):
        match premise:
            case CallSends(step=step) if _is_cut_off(case, step) and not twins(case, step):
                yield (
                    f"step {step + 1} can send no request, and no earlier step is the same call "
                    "with nothing wrong"
                )
            case SecretInPlay(of=of) if isinstance(case.server, Closed) and not case.server.replies:
                yield f"{of} reaches no server"
            case _:
                pass


def _is_cut_off(case: Case, step: int) -> bool:
    """Whether a right SDK sends no request in a step."""
    is_refused = any(
        isinstance(each, Refuses) and each.step % len(case.steps) == step for each in case.expect
    )
    return is_refused or isinstance(case.server, Closed)


def twins(case: Case, step: int) -> tuple[int, ...]:
    """The indexes of the earlier steps with the same call as a step, whatever their arguments."""
    done = case.steps[step]
    return tuple(
        index
        for index, earlier in enumerate(case.steps[:step])
        if isinstance(done, CallStep)
        and isinstance(earlier, CallStep)
        and (earlier.operation, earlier.form) == (done.operation, done.form)
    )
