"""Says in words what was done and what was seen."""

from __future__ import annotations

from typing import Final, assert_never

from conform.cases.expectations import Raises
from conform.cases.model import Call, Case
from conform.observations import Crashed, Hung, Misspoke, Set, Skipped, StepOutcome
from conform.protocol import Raised, Returned, Unsupported
from conform.values import Value

_SHORT: Final = 60


def subject(case: Case, step: int) -> str:
    """What a step calls, to begin a sentence with."""
    done = case.steps[step]
    return done.operation if isinstance(done, Call) and done.operation else "The step"


def deed(outcome: StepOutcome) -> str:
    """What an outcome was, to go on with."""
    match outcome:
        case Returned(value=value):
            return f"returned {short(value)}"
        case Raised():
            return f"raised {described(outcome)}"
        case Unsupported(reason=reason):
            return f"does not exist in this release ({reason})"
        case Set():
            return "made settings"
        case Crashed(exit_code=code):
            return f"ended the process with exit code {code}"
        case Hung(seconds=seconds):
            return f"did not end within {seconds:g} seconds"
        case Misspoke(problem=problem):
            return f"broke the protocol ({problem})"
        case Skipped():
            return "was not reached"
        case _:
            assert_never(outcome)


def described(error: Raised) -> str:
    """An error with everything it carries, in one line."""
    details = [f"HTTP status {error.http_status}"] if error.http_status else []
    details += [f"type {error.api_type}"] if error.api_type else []
    carried = f" ({', '.join(details)})" if details else ""
    return f"{error.error}{carried}: {cut(error.message)}"


def wanted_error(expected: Raises) -> str:
    """The error that is expected, in one line."""
    details = [f"HTTP status {expected.http_status}"] if expected.http_status else []
    details += [f"type {expected.api_type}"] if expected.api_type else []
    details += [f"the message {expected.message!r}"] if expected.message else []
    details += [f"the class {' or '.join(expected.classes)}"] if expected.classes else []
    with_what = f" with {', '.join(details)}" if details else ""
    return f"an error of the SDK's own family{with_what}"


def kind(value: Value) -> str:
    """The kind of a value, with its article."""
    name = type(value).__name__.lower()
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def times(count: int) -> str:
    """A number of requests, to begin a sentence with."""
    return {0: "No request", 1: "One request"}.get(count, f"{count} requests")


def short(value: Value) -> str:
    """A value, cut to what a sentence can hold."""
    return cut(str(value))


def cut(text: str) -> str:
    """A text in one line, cut to what a sentence can hold."""
    line = " ".join(text.split())
    return line if len(line) <= _SHORT else f"{line[:_SHORT]}…"
