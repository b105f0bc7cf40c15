"""Holds any adapter against the protocol, one rule of it after the other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
import json
import socket
from typing import Any, Final, Self, TypeVar

import msgspec
from msgspec import Struct

from conform.core import protocol
from conform.core.manifest import Naming
from conform.core.observations import Crashed, Hung, ProtocolViolation, Trouble
from conform.core.protocol import (
    AdapterRequest,
    Call,
    Configure,
    Configured,
    Credentials,
    Done,
    ErrorResponse,
    Network,
    Raised,
    Reset,
    Returned,
    Start,
    Started,
    Unsupported,
)
from conform.core.values import Value, from_json, same
from conform.targets.adapter import decode, encode
from conform.targets.channel import Channel
from conform.targets.launch import Launch

PATIENCE: Final = 30.0
"""Seconds that an adapter has for one answer, and to end."""
UNICODE: Final = 'quote " backslash \\ newline \n é 漢 🎉 \u2028 \u0000'
BIG: Final = 4 * 1024 * 1024
"""Characters of the big message."""

_Answer = TypeVar("_Answer")


class RuleKept(Struct, frozen=True):
    """The adapter keeps a rule."""

    rule: str


class RuleBroken(Struct, frozen=True):
    """The adapter breaks a rule."""

    rule: str
    problem: str


class RuleNotTried(Struct, frozen=True):
    """A rule is about something that the adapter does not claim to have."""

    rule: str
    reason: str


RuleResult = RuleKept | RuleBroken | RuleNotTried


class _BrokenError(Exception):
    """What an adapter said is not what the rule asks for."""


class _UntriedError(Exception):
    """The rule does not apply to this adapter."""


class Talk:
    """A conversation with one process of the adapter.

    Args:
        launch: how the adapter is started.
        naming: how its SDK spells names.
        base_url: an address where nobody listens.
    """

    def __init__(self, launch: Launch, naming: Naming, base_url: str) -> None:
        self.channel = Channel(launch)
        self.base_url = base_url
        self.session = naming.spell("resource", "session")
        self.create = naming.spell("operation", "create")
        self.username = naming.spell("attribute", "username")
        self._number = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.channel.__exit__(None, None, None)

    def say(self, line: str) -> Any:
        """Send a line as it is and take the reply as plain JSON."""
        return _plain(self.channel.exchange(line.encode(), PATIENCE))

    def raw(self, method: str, params: object) -> Any:
        """Ask with parameters that need not make sense, and take the reply as plain JSON."""
        self._number += 1
        message = {"jsonrpc": "2.0", "id": self._number, "method": method, "params": params}
        reply = self.say(json.dumps(message))
        _require(reply.get("id") == self._number, f"answered with id {reply.get('id')!r}")
        return reply

    def ask(self, request: AdapterRequest, answer: type[_Answer]) -> _Answer:
        """Ask what makes sense, and take an answer of one kind only."""
        self._number += 1
        line = self.channel.exchange(encode(request, self._number), PATIENCE)
        given = decode(line, request, self._number) if isinstance(line, bytes) else line
        _require(isinstance(given, answer), f"{request.method} was answered with {_words(given)}")
        assert isinstance(given, answer)
        return given

    def refused(self, code: int, reply: Any) -> None:
        """Hold a reply to be the refusal with that code."""
        error = reply.get("error")
        given = error.get("code") if isinstance(error, dict) else None
        _require(given == code, f"expected the error {code}, got {json.dumps(reply)[:200]}")

    def start(self) -> Started:
        """Start the SDK."""
        return self.ask(Start(protocol=protocol.VERSION, base_url=self.base_url), Started)


def _before_start(talk: Talk) -> None:
    talk.refused(-32001, talk.raw("reset", {}))


def _version(talk: Talk) -> None:
    params = {"protocol": protocol.VERSION + 1, "base_url": talk.base_url}
    talk.refused(-32000, talk.raw("start", params))


def _starts(talk: Talk) -> None:
    started = talk.start()
    for program in (started.adapter, started.sdk, started.runtime):
        _require(bool(program.version), f"{program.name} has no version")
    _require(bool(started.error_families), "it names no error family")
    _require(bool(started.operations), "it names no operation")


def _unknown_method(talk: Talk) -> None:
    talk.start()
    talk.refused(-32601, talk.raw("no_such_method", {}))


def _wrong_parameters(talk: Talk) -> None:
    talk.start()
    talk.refused(-32602, talk.raw("call", {}))
    talk.refused(-32602, talk.raw("call", {"resource": talk.session, "parameters": "no object"}))


def _not_json(talk: Talk) -> None:
    talk.start()
    reply = talk.say('{"jsonrpc": "2.0", "id": 1, "method": ')
    talk.refused(-32700, reply)
    _require(reply.get("id") is None, "it answered a line that it cannot read with an id")
    talk.ask(Reset(), Done)


def _no_request(talk: Talk) -> None:
    talk.start()
    for line in ("[]", "7", '{"jsonrpc": "2.0"}'):
        talk.refused(-32600, talk.say(line))
    talk.ask(Reset(), Done)


def _order(talk: Talk) -> None:
    talk.start()
    requests = [encode(Reset(), number).decode() for number in (71, 72, 73)]
    first = talk.say("\n".join(requests))
    others = [_plain(talk.channel.another(PATIENCE)) for _ in requests[1:]]
    seen = [reply.get("id") for reply in (first, *others)]
    _require(seen == [71, 72, 73], f"it answered the requests 71, 72, 73 as {seen}")


def _unsupported(talk: Talk) -> None:
    talk.start()
    talk.ask(Call(resource=talk.session, operation="no_such_operation"), Unsupported)
    talk.ask(Call(resource="no_such_resource", operation=talk.create), Unsupported)


def _unicode(talk: Talk) -> None:
    talk.start()
    talk.ask(Call(resource=talk.session, operation=UNICODE), Unsupported)


def _big(talk: Talk) -> None:
    talk.start()
    big: dict[str, Value] = {"username": from_json("漢" * BIG)}
    talk.ask(Call(resource=talk.session, operation="no_such", parameters=big), Unsupported)


def _configure(talk: Talk) -> None:
    talk.start()
    wanted = Configure(
        credentials=Credentials(session_id="abc", api_key="def"),
        network=Network(
            attempts=1,
            connect_seconds=2,
            read_seconds=2,
            first_delay_seconds=0.1,
            longest_delay_seconds=0.2,
        ),
    )
    said = talk.ask(wanted, Configured)
    asked = {*msgspec.to_builtins(wanted.credentials), *msgspec.to_builtins(wanted.network)}
    told = sorted([*said.applied, *said.unsupported])
    _require(told == sorted(asked), f"asked for {sorted(asked)}, it told of {told}")


def _no_handle(talk: Talk) -> None:
    talk.start()
    request = {"resource": talk.session, "form": "read", "on": "nothing"}
    talk.refused(-32602, talk.raw("call", request))


def _constructs(talk: Talk) -> None:
    _needs(talk, talk.start(), "construct")
    name: dict[str, Value] = {"username": from_json(UNICODE)}
    made = talk.ask(
        Call(resource=talk.session, form="construct", parameters=name, keep="it"), Returned
    )
    _require(not made.attributes, "it read attributes that were not asked for")
    read = talk.ask(
        Call(resource=talk.session, form="read", on="it", read=(talk.username, "no_such")), Returned
    )
    _require(set(read.attributes) == {talk.username, "no_such"}, f"it read {[*read.attributes]}")
    value = read.attributes[talk.username]
    _require(same(value, from_json(UNICODE)), f"username came back as {value}")
    _require(str(read.attributes["no_such"]) == "absent", "no_such is not absent")


def _forgets(talk: Talk) -> None:
    _needs(talk, talk.start(), "construct")
    talk.ask(Call(resource=talk.session, form="construct", keep="it"), Returned)
    talk.ask(Reset(), Done)
    request = {"resource": talk.session, "form": "read", "on": "it"}
    talk.refused(-32602, talk.raw("call", request))


def _raises(talk: Talk) -> None:
    _needs(talk, talk.start(), "static", talk.create)
    talk.ask(Configure(network=Network(attempts=1, connect_seconds=2, read_seconds=2)), Configured)
    name: dict[str, Value] = {"username": from_json("motor"), "password": from_json("vroom")}
    talk.ask(Call(resource=talk.session, operation=talk.create, parameters=name), Raised)
    talk.ask(Reset(), Done)


def _quiet(talk: Talk) -> None:
    started = talk.start()
    if any(each.operation == talk.create for each in started.operations):
        talk.ask(Configure(network=Network(attempts=1)), Configured)
        talk.ask(Call(resource=talk.session, operation=talk.create), Raised)
    _require(not talk.channel.noise, f"stdout has more than replies: {talk.channel.output()[:200]}")


def _stops(talk: Talk) -> None:
    talk.start()
    reply = talk.raw("stop", {})
    _require(reply.get("result") == {}, f"stop was answered with {json.dumps(reply)[:200]}")
    code = talk.channel.end(PATIENCE)
    _require(code == 0, f"it ended with exit code {code}" if code is not None else "it went on")


def _ends_alone(talk: Talk) -> None:
    talk.start()
    _require(talk.channel.end(PATIENCE) is not None, "it went on when its input was closed")


RULES: Final[dict[str, Callable[[Talk], None]]] = {
    "start comes before everything else (-32001)": _before_start,
    "another version of the protocol is refused (-32000)": _version,
    "start says what is here": _starts,
    "an unknown method is refused (-32601)": _unknown_method,
    "wrong parameters are refused (-32602)": _wrong_parameters,
    "a line that is no JSON is refused (-32700), and the next one answered": _not_json,
    "JSON that is no request is refused (-32600), and the next one answered": _no_request,
    "requests are answered in their order": _order,
    "what a release does not have is unsupported": _unsupported,
    "every character arrives": _unicode,
    "a big message is answered": _big,
    "configure tells what it did of everything it was asked": _configure,
    "a handle that nothing is kept under is refused (-32602)": _no_handle,
    "values come back as they were sent, and absent ones as absent": _constructs,
    "reset drops the handles": _forgets,
    "an error of the SDK is an outcome, and the next request is answered": _raises,
    "nothing but replies is on stdout": _quiet,
    "stop is answered and ends it with exit code 0": _stops,
    "it ends when its input is closed": _ends_alone,
}
"""Every rule in words, and what tries it."""


def check(
    launch: Launch, naming: Naming, rules: Collection[str] = RULES.keys()
) -> Iterator[RuleResult]:
    """Try every rule on a process of its own, and say of each one what was seen.

    Args:
        launch: how the adapter is started.
        naming: how its SDK spells names.
        rules: those to try, all of them by default.

    Raises:
        TargetUnavailableError: it cannot be started.
    """
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        base_url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        for rule in rules:
            with Talk(launch, naming, base_url) as talk:
                try:
                    RULES[rule](talk)
                except _BrokenError as broken:
                    yield RuleBroken(rule, str(broken))
                except _UntriedError as untried:
                    yield RuleNotTried(rule, str(untried))
                else:
                    yield RuleKept(rule)


def _require(holds: bool, problem: str) -> None:  # noqa: FBT001 - what is required, and else
    if not holds:
        raise _BrokenError(problem)


def _needs(talk: Talk, started: Started, form: protocol.Form, name: str | None = None) -> None:
    found = (each for each in started.operations if each.resource == talk.session)
    if not any(form in each.forms and name in {None, each.operation} for each in found):
        raise _UntriedError(f"{talk.session} has no {form} form of {name or 'anything'}")


def _plain(line: bytes | Trouble) -> Any:
    if not isinstance(line, bytes):
        raise _BrokenError(_words(line))
    try:
        reply = json.loads(line)
    except ValueError:
        reply = None
    if not isinstance(reply, dict) or reply.get("jsonrpc") != "2.0":
        raise _BrokenError(f"it answered with {line[:200]!r}")
    return reply


def _words(given: object) -> str:
    match given:
        case Crashed(exit_code=code, last_words=words):
            return f"its end, exit code {code}: {words.strip()[-500:] or 'it said nothing'}"
        case Hung(seconds=seconds):
            return f"nothing within {seconds:g} seconds"
        case ProtocolViolation(problem=problem):
            return problem
        case ErrorResponse(code=code, message=message):
            return f"the error {code}: {message}"
        case _:
            return str(given)[:500]
