"""Checks an adapter against every rule of the protocol."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
import json
import socket
from typing import Final

import msgspec
from msgspec import Struct

from conform.core import protocol
from conform.core.manifest import Naming
from conform.core.observations import Hung
from conform.core.protocol import (
    Call,
    Configure,
    Configured,
    Credentials,
    Done,
    Network,
    Raised,
    Reset,
    Returned,
    Unsupported,
)
from conform.core.values import Value, from_json, same
from conform.targets.adapter import encode
from conform.targets.checked_adapter import (
    BrokenRuleError,
    CheckedAdapter,
    NotTriedError,
    require,
)
from conform.targets.launch import Launch

UNICODE: Final = 'quote " backslash \\ newline \n é 漢 🎉 \u2028 \u0000'
BIG: Final = 4 * 1024 * 1024
"""Characters of the big message."""


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


def _before_start(adapter: CheckedAdapter) -> None:
    adapter.require_error(-32001, adapter.raw("reset", {}))


def _version(adapter: CheckedAdapter) -> None:
    params = {"protocol": protocol.VERSION + 1, "base_url": adapter.base_url}
    adapter.require_error(-32000, adapter.raw("start", params))


def _starts(adapter: CheckedAdapter) -> None:
    started = adapter.start()
    for program in (started.adapter, started.sdk, started.runtime):
        require(bool(program.version), f"{program.name} has no version")
    require(bool(started.error_families), "it names no error family")
    require(bool(started.operations), "it names no operation")


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
    require(reply.get("id") is None, "its error for an unreadable line has an id")
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
    others = [adapter.another_reply() for _ in requests[1:]]
    seen = [reply.get("id") for reply in (first, *others)]
    require(seen == [71, 72, 73], f"it answered the requests 71, 72, 73 in the order {seen}")


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
    require(named == asked, f"for the settings {asked}, it named {named}")


def _unknown_handle(adapter: CheckedAdapter) -> None:
    adapter.start()
    request = {"resource": adapter.session, "form": "read", "on": "nothing"}
    adapter.require_error(-32602, adapter.raw("call", request))


def _constructs(adapter: CheckedAdapter) -> None:
    adapter.needs("construct")
    name: dict[str, Value] = {"username": from_json(UNICODE)}
    made = adapter.ask(
        Call(resource=adapter.session, form="construct", parameters=name, keep="it"), Returned
    )
    require(not made.attributes, "it read attributes that were not requested")
    read = adapter.ask(
        Call(resource=adapter.session, form="read", on="it", read=(adapter.username, "no_such")),
        Returned,
    )
    require(
        set(read.attributes) == {adapter.username, "no_such"},
        f"it read the attributes {[*read.attributes]}",
    )
    value = read.attributes[adapter.username]
    require(same(value, from_json(UNICODE)), f"username came back as {value}")
    require(str(read.attributes["no_such"]) == "absent", "the attribute no_such is not absent")


def _forgets(adapter: CheckedAdapter) -> None:
    adapter.needs("construct")
    adapter.ask(Call(resource=adapter.session, form="construct", keep="it"), Returned)
    adapter.ask(Reset(), Done)
    request = {"resource": adapter.session, "form": "read", "on": "it"}
    adapter.require_error(-32602, adapter.raw("call", request))


def _raises(adapter: CheckedAdapter) -> None:
    adapter.needs("static", adapter.create)
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
    require(not adapter.channel.noise, f"stdout also has: {adapter.channel.output()[:200]}")


def _stops(adapter: CheckedAdapter) -> None:
    adapter.start()
    reply = adapter.raw("stop", {})
    require(reply.get("result") == {}, f"it answered stop with {json.dumps(reply)[:200]}")
    trouble = adapter.end()
    require(trouble is None, f"after its answer to stop, it {trouble}")


def _ends_alone(adapter: CheckedAdapter) -> None:
    adapter.start()
    is_running = isinstance(adapter.end(), Hung)
    require(not is_running, "it did not end when its input was closed")


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
                except BrokenRuleError as broken:
                    yield RuleBroken(rule, str(broken))
                except NotTriedError as not_tried:
                    yield RuleNotTried(rule, str(not_tried))
                else:
                    yield RuleKept(rule)
