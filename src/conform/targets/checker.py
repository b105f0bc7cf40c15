"""Checks an adapter against every rule of the protocol."""

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

ANSWER_SECONDS: Final = 30.0
"""Seconds that an adapter has for one answer, and also to end."""
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
    """The rule is about a feature that the adapter does not offer."""

    rule: str
    reason: str


RuleResult = RuleKept | RuleBroken | RuleNotTried


class _BrokenError(Exception):
    """The answer of the adapter breaks the rule."""


class _NotTriedError(Exception):
    """The rule does not apply to this adapter."""


class CheckedAdapter:
    """One process of the adapter, and the requests that the rules send to it.

    Args:
        launch: how the adapter is started.
        naming: how its SDK spells names.
        base_url: an address that refuses connections.
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

    def send(self, line: str) -> Any:
        """Send a line as it is, and give the reply as plain JSON."""
        return _plain(self.channel.exchange(line.encode(), ANSWER_SECONDS))

    def raw(self, method: str, params: object) -> Any:
        """Send a request with parameters that may be wrong, and give the reply as plain JSON."""
        self._number += 1
        message = {"jsonrpc": "2.0", "id": self._number, "method": method, "params": params}
        reply = self.send(json.dumps(message))
        _require(reply.get("id") == self._number, f"it answered with the id {reply.get('id')!r}")
        return reply

    def ask(self, request: AdapterRequest, answer: type[_Answer]) -> _Answer:
        """Send a valid request, and require an answer of one type."""
        self._number += 1
        line = self.channel.exchange(encode(request, self._number), ANSWER_SECONDS)
        given = decode(line, request, self._number) if isinstance(line, bytes) else line
        _require(isinstance(given, answer), f"after {request.method}, it {_described(given)}")
        assert isinstance(given, answer)
        return given

    def require_error(self, code: int, reply: Any) -> None:
        """Require that a reply is the error with that code."""
        error = reply.get("error")
        given = error.get("code") if isinstance(error, dict) else None
        _require(
            given == code, f"it answered {json.dumps(reply)[:200]} instead of the error {code}"
        )

    def start(self) -> Started:
        """Start the SDK."""
        return self.ask(Start(protocol=protocol.VERSION, base_url=self.base_url), Started)


def _before_start(adapter: CheckedAdapter) -> None:
    adapter.require_error(-32001, adapter.raw("reset", {}))


def _version(adapter: CheckedAdapter) -> None:
    params = {"protocol": protocol.VERSION + 1, "base_url": adapter.base_url}
    adapter.require_error(-32000, adapter.raw("start", params))


def _starts(adapter: CheckedAdapter) -> None:
    started = adapter.start()
    for program in (started.adapter, started.sdk, started.runtime):
        _require(bool(program.version), f"{program.name} has no version")
    _require(bool(started.error_families), "it names no error family")
    _require(bool(started.operations), "it names no operation")


def _unknown_method(adapter: CheckedAdapter) -> None:
    adapter.start()
    adapter.require_error(-32601, adapter.raw("no_such_method", {}))


def _wrong_parameters(adapter: CheckedAdapter) -> None:
    adapter.start()
    adapter.require_error(-32602, adapter.raw("call", {}))
    adapter.require_error(
        -32602, adapter.raw("call", {"resource": adapter.session, "parameters": "no object"})
    )


def _not_json(adapter: CheckedAdapter) -> None:
    adapter.start()
    reply = adapter.send('{"jsonrpc": "2.0", "id": 1, "method": ')
    adapter.require_error(-32700, reply)
    _require(reply.get("id") is None, "its error for an unreadable line has an id")
    adapter.ask(Reset(), Done)


def _not_a_request(adapter: CheckedAdapter) -> None:
    adapter.start()
    for line in ("[]", "7", '{"jsonrpc": "2.0"}'):
        adapter.require_error(-32600, adapter.send(line))
    adapter.ask(Reset(), Done)


def _order(adapter: CheckedAdapter) -> None:
    adapter.start()
    requests = [encode(Reset(), number).decode() for number in (71, 72, 73)]
    first = adapter.send("\n".join(requests))
    others = [_plain(adapter.channel.another(ANSWER_SECONDS)) for _ in requests[1:]]
    seen = [reply.get("id") for reply in (first, *others)]
    _require(seen == [71, 72, 73], f"it answered the requests 71, 72, 73 in the order {seen}")


def _unsupported(adapter: CheckedAdapter) -> None:
    adapter.start()
    adapter.ask(Call(resource=adapter.session, operation="no_such_operation"), Unsupported)
    adapter.ask(Call(resource="no_such_resource", operation=adapter.create), Unsupported)


def _unicode(adapter: CheckedAdapter) -> None:
    adapter.start()
    adapter.ask(Call(resource=adapter.session, operation=UNICODE), Unsupported)


def _big(adapter: CheckedAdapter) -> None:
    adapter.start()
    big: dict[str, Value] = {"username": from_json("漢" * BIG)}
    adapter.ask(Call(resource=adapter.session, operation="no_such", parameters=big), Unsupported)


def _configure(adapter: CheckedAdapter) -> None:
    adapter.start()
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
    answer = adapter.ask(wanted, Configured)
    asked = sorted({*msgspec.to_builtins(wanted.credentials), *msgspec.to_builtins(wanted.network)})
    named = sorted([*answer.applied, *answer.unsupported])
    _require(named == asked, f"for the settings {asked}, it named {named}")


def _unknown_handle(adapter: CheckedAdapter) -> None:
    adapter.start()
    request = {"resource": adapter.session, "form": "read", "on": "nothing"}
    adapter.require_error(-32602, adapter.raw("call", request))


def _constructs(adapter: CheckedAdapter) -> None:
    _needs(adapter, adapter.start(), "construct")
    name: dict[str, Value] = {"username": from_json(UNICODE)}
    made = adapter.ask(
        Call(resource=adapter.session, form="construct", parameters=name, keep="it"), Returned
    )
    _require(not made.attributes, "it read attributes that were not requested")
    read = adapter.ask(
        Call(resource=adapter.session, form="read", on="it", read=(adapter.username, "no_such")),
        Returned,
    )
    _require(
        set(read.attributes) == {adapter.username, "no_such"},
        f"it read the attributes {[*read.attributes]}",
    )
    value = read.attributes[adapter.username]
    _require(same(value, from_json(UNICODE)), f"username came back as {value}")
    _require(str(read.attributes["no_such"]) == "absent", "the attribute no_such is not absent")


def _forgets(adapter: CheckedAdapter) -> None:
    _needs(adapter, adapter.start(), "construct")
    adapter.ask(Call(resource=adapter.session, form="construct", keep="it"), Returned)
    adapter.ask(Reset(), Done)
    request = {"resource": adapter.session, "form": "read", "on": "it"}
    adapter.require_error(-32602, adapter.raw("call", request))


def _raises(adapter: CheckedAdapter) -> None:
    _needs(adapter, adapter.start(), "static", adapter.create)
    adapter.ask(
        Configure(network=Network(attempts=1, connect_seconds=2, read_seconds=2)), Configured
    )
    name: dict[str, Value] = {"username": from_json("motor"), "password": from_json("vroom")}
    adapter.ask(Call(resource=adapter.session, operation=adapter.create, parameters=name), Raised)
    adapter.ask(Reset(), Done)


def _quiet(adapter: CheckedAdapter) -> None:
    started = adapter.start()
    if any(each.operation == adapter.create for each in started.operations):
        adapter.ask(Configure(network=Network(attempts=1)), Configured)
        adapter.ask(Call(resource=adapter.session, operation=adapter.create), Raised)
    _require(not adapter.channel.noise, f"stdout also has: {adapter.channel.output()[:200]}")


def _stops(adapter: CheckedAdapter) -> None:
    adapter.start()
    reply = adapter.raw("stop", {})
    _require(reply.get("result") == {}, f"it answered stop with {json.dumps(reply)[:200]}")
    code = adapter.channel.end(ANSWER_SECONDS)
    _require(code == 0, f"it ended with exit code {code}" if code is not None else "it did not end")


def _ends_alone(adapter: CheckedAdapter) -> None:
    adapter.start()
    _require(
        adapter.channel.end(ANSWER_SECONDS) is not None, "it did not end when its input was closed"
    )


RULES: Final[dict[str, Callable[[CheckedAdapter], None]]] = {
    "start comes before everything else (-32001)": _before_start,
    "another version of the protocol is refused (-32000)": _version,
    "start says what is here": _starts,
    "an unknown method is refused (-32601)": _unknown_method,
    "wrong parameters are refused (-32602)": _wrong_parameters,
    "a line that is not JSON is refused (-32700), and the next one answered": _not_json,
    "JSON that is not a request is refused (-32600), and the next one answered": _not_a_request,
    "requests are answered in their order": _order,
    "what a release does not have is unsupported": _unsupported,
    "every character arrives": _unicode,
    "a big message is answered": _big,
    "configure names every setting as applied or unsupported": _configure,
    "an unknown handle is refused (-32602)": _unknown_handle,
    "values come back as they were sent, and missing ones as absent": _constructs,
    "reset drops the handles": _forgets,
    "an error of the SDK is an outcome, and the next request is answered": _raises,
    "nothing but replies is on stdout": _quiet,
    "stop is answered and ends it with exit code 0": _stops,
    "it ends when its input is closed": _ends_alone,
}
"""Every rule in words, and the function that tries it."""


def check(
    launch: Launch, naming: Naming, rules: Collection[str] = RULES.keys()
) -> Iterator[RuleResult]:
    """Try every rule, each with a new process of the adapter.

    Args:
        launch: how the adapter is started.
        naming: how its SDK spells names.
        rules: the rules to try; all by default.

    Raises:
        TargetUnavailableError: the adapter cannot be started.
    """
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        base_url = f"http://127.0.0.1:{reserved.getsockname()[1]}"
        for rule in rules:
            with CheckedAdapter(launch, naming, base_url) as adapter:
                try:
                    RULES[rule](adapter)
                except _BrokenError as broken:
                    yield RuleBroken(rule, str(broken))
                except _NotTriedError as not_tried:
                    yield RuleNotTried(rule, str(not_tried))
                else:
                    yield RuleKept(rule)


def _require(condition: bool, problem: str) -> None:  # noqa: FBT001 - like an assertion
    if not condition:
        raise _BrokenError(problem)


def _needs(
    adapter: CheckedAdapter, started: Started, form: protocol.Form, name: str | None = None
) -> None:
    found = (each for each in started.operations if each.resource == adapter.session)
    if not any(form in each.forms and name in {None, each.operation} for each in found):
        raise _NotTriedError(f"{adapter.session} has no {form} form of {name or 'anything'}")


def _plain(line: bytes | Trouble) -> Any:
    if not isinstance(line, bytes):
        raise _BrokenError("it " + _described(line))
    try:
        reply = json.loads(line)
    except ValueError:
        reply = None
    if not isinstance(reply, dict) or reply.get("jsonrpc") != "2.0":
        raise _BrokenError(f"it answered with {line[:200]!r}")
    return reply


def _described(given: object) -> str:
    match given:
        case Crashed(last_words=words) if words.strip():
            return f"{given}: {words.strip()[-500:]}"
        case Crashed() | Hung() | ProtocolViolation() | ErrorResponse():
            return str(given)[:500]
        case Returned() | Raised() | Unsupported():
            return str(given)
        case _:
            return f"answered {given}"[:500]
