"""Sends requests to an adapter that is being checked, and requires the right answers."""

from __future__ import annotations

import json
from typing import Any, Final, Self, TypeVar

from conform.core import protocol
from conform.core.manifest import Naming
from conform.core.observations import Crashed, Hung, MemoryExceeded, ProtocolViolation, Trouble
from conform.core.protocol import (
    AdapterRequest,
    Call,
    Echo,
    ErrorResponse,
    Raised,
    Returned,
    Start,
    Started,
    Unsupported,
)
from conform.core.values import NULL, Argument
from conform.targets.adapter import decode, encode
from conform.targets.channel import Channel
from conform.targets.launch import Launch

ANSWER_SECONDS: Final = 30.0
"""Seconds that an adapter has for one answer, and also to end."""

_Answer = TypeVar("_Answer")


class BrokenRuleError(Exception):
    """The answer of the adapter breaks the rule."""


class NotTriedError(Exception):
    """The rule does not apply to this adapter."""


class CheckedAdapter:
    """One process of the adapter, and the requests that the rules send to it.

    Args:
        launch: how the adapter is started.
        naming: how its SDK spells names.
        base_url: an address that refuses connections.
        full: whether an object is made with options too.
    """

    def __init__(self, launch: Launch, naming: Naming, base_url: str, *, full: bool) -> None:
        self.channel = Channel(launch)
        self.base_url = base_url
        self.session = naming.spell("resource", "session")
        self.create = naming.spell("operation", "create")
        self.username = naming.spell("attribute", "username")
        self._full = full
        self._number = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.channel.__exit__(None, None, None)

    def send(self, line: str) -> Any:
        """Send a line as it is, and give the reply as plain JSON."""
        return _plain(self.channel.exchange(line.encode(), ANSWER_SECONDS))

    def raw(self, method: str, params: object) -> Any:
        """Send a request with parameters that may be wrong, and give the reply as plain JSON."""
        self._number += 1
        message = {"jsonrpc": "2.0", "id": self._number, "method": method, "params": params}
        reply = self.send(json.dumps(message))
        require(reply.get("id") == self._number, f"it answered with the id {reply.get('id')!r}")
        return reply

    def ask(self, request: AdapterRequest, answer: type[_Answer]) -> _Answer:
        """Send a valid request, and require an answer of one type."""
        given = self.answer(request)
        require(isinstance(given, answer), f"after {request.method}, it {described(given)}")
        assert isinstance(given, answer)
        return given

    def construct(self, named: dict[str, Argument], keep: str) -> Call:
        """The call that makes a session, as the READMEs write it."""
        return Call(
            resource=self.session,
            form="construct",
            named=named,
            options={} if self._full else None,
            keep=keep,
        )

    def answer(self, request: AdapterRequest) -> Any:
        """Send a valid request, and give whatever is answered, or the trouble instead."""
        self._number += 1
        return self._answer(request, encode(request, self._number))

    def echo(self, value: str) -> Any:
        """Send a value in JSON, and give whatever is answered, or the trouble instead."""
        self._number += 1
        head = f'{{"jsonrpc":"2.0","id":{self._number},"method":"echo"'
        line = f'{head},"params":{{"value":{value}}}}}'
        return self._answer(Echo(value=NULL), line.encode())

    def _answer(self, request: AdapterRequest, line: bytes) -> Any:
        reply = self.channel.exchange(line, ANSWER_SECONDS)
        return decode(reply, request, self._number) if isinstance(reply, bytes) else reply

    def require_error(self, code: int, reply: Any) -> None:
        """Require that a reply is the error with that code."""
        error = reply.get("error")
        given = error.get("code") if isinstance(error, dict) else None
        require(given == code, f"it answered {json.dumps(reply)[:200]} instead of the error {code}")

    def start(self) -> Started:
        """Start the SDK."""
        request = Start(protocol=protocol.VERSION, base_url=self.base_url)
        match self.answer(request):
            case ErrorResponse(code=protocol.OTHER_VERSION) as refusal:
                raise BrokenRuleError(f"it {refusal}; {protocol.MIGRATION}")
            case Started() as started:
                return started
            case answer:
                raise BrokenRuleError(f"after start, it {described(answer)}")

    def another_reply(self) -> Any:
        """Wait for one more reply, after a line that contained several requests."""
        return _plain(self.channel.another(ANSWER_SECONDS))

    def end(self) -> Trouble | None:
        """Close the input, and give what went wrong until the process ended."""
        return self.channel.end(ANSWER_SECONDS)

    def needs(self, form: protocol.Form, operation: str = "") -> None:
        """Start the SDK, and require a form of an operation of a session.

        Raises:
            NotTriedError: the adapter does not offer it.
        """
        found = (each for each in self.start().operations if each.resource == self.session)
        if not any(form in each.forms and operation in {"", each.operation} for each in found):
            raise NotTriedError(f"{self.session} has no {form} form of {operation or 'anything'}")


def require(condition: bool, problem: str) -> None:  # noqa: FBT001 - like an assertion
    """Raise :class:`BrokenRuleError` unless a condition is true."""
    if not condition:
        raise BrokenRuleError(problem)


def _plain(line: bytes | Trouble) -> Any:
    if not isinstance(line, bytes):
        raise BrokenRuleError("it " + described(line))
    try:
        reply = json.loads(line)
    except ValueError:
        reply = None
    if not isinstance(reply, dict) or reply.get("jsonrpc") != "2.0":
        raise BrokenRuleError(f"it answered with {line[:200]!r}")
    return reply


def described(given: object) -> str:
    """What an adapter did, as words that follow ``it``."""
    match given:
        case Crashed(last_words=words) if words.strip():
            return f"{given}: {words.strip()[-500:]}"
        case Crashed() | Hung() | MemoryExceeded() | ProtocolViolation() | ErrorResponse():
            return str(given)[:500]
        case Returned() | Raised() | Unsupported():
            return str(given)
        case _:
            return f"answered {given}"[:500]
