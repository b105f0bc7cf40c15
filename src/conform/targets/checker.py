"""Checks an adapter against every rule of the protocol."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
import json
from pathlib import Path
import re
import socket
from typing import Final

import msgspec
from msgspec import Struct

from conform.core.manifest import Naming
from conform.core.observations import Hung
from conform.core.protocol import (
    Call,
    Configure,
    Configured,
    Done,
    Echoed,
    ErrorResponse,
    Raised,
    Reset,
    Returned,
    Rig,
    Unsupported,
)
from conform.core.text import cut
from conform.core.values import Argument, Kept, from_json, same
from conform.targets import vectors
from conform.targets.checked_adapter import (
    BrokenRuleError,
    CheckedAdapter,
    NotTriedError,
    described,
    require,
)
from conform.targets.launch import Launch

UNICODE: Final = 'quote " backslash \\ newline \n é 漢 🎉 \u2028 \u0000'


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


def _starts(adapter: CheckedAdapter) -> None:
    started = adapter.start()
    for program in (started.adapter, started.sdk, started.runtime):
        require(bool(program.version), f"{program.name} has no version")
    three = re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", started.adapter.version)
    require(three is not None, f"its version {started.adapter.version!r} does not have 3 numbers")
    require(bool(started.error_families), "it names no error family")
    require(bool(started.operations), "it names no operation")
    for file in (started.loaded, *started.log_sinks):
        is_path = Path(file).is_absolute() or (file == "stderr" and file != started.loaded)
        require(is_path, f"{file!r} is not an absolute path")
    require(Path(started.loaded).exists(), f"it loaded the SDK from {started.loaded}: no such file")


def _wrong_parameters(adapter: CheckedAdapter) -> None:
    adapter.start()
    wrong = {"resource": adapter.session, "operation": adapter.create}
    for params in ({}, {**wrong, "named": "no object"}, {**wrong, "form": "no such form"}):
        adapter.require_error(-32602, adapter.raw("call", params))


def _values(adapter: CheckedAdapter) -> None:
    for vector in vectors.read().values:
        what = f"for {vector.rule}, it"
        match adapter.echo(vector.sent):
            case Echoed(value=value) if vector.alike is not None and same(value, vector.alike):
                pass
            case Echoed(value=value):
                require(same(value, vector.expected), f"{what} answered {cut(str(value))}")
            case ErrorResponse(code=-32602 | -32603 | -32700) if vector.or_refused:
                pass
            case answer:
                require(False, f"{what} {described(answer)}")


def _replayed(vector: vectors.LineVector, adapter: CheckedAdapter) -> None:
    expected = iter(vector.replies)
    for text in vector.send:
        reply = adapter.send(text)
        for more in range(text.count("\n") + 1):
            reply = adapter.another_reply() if more else reply
            wanted = next(expected)
            require(reply.get("id") == wanted.id, f"it answered with the id {reply.get('id')!r}")
            if isinstance(wanted.error, int):
                adapter.require_error(wanted.error, reply)
            else:
                require("result" in reply, f"it answered {cut(json.dumps(reply))}")


def _unsupported(adapter: CheckedAdapter) -> None:
    adapter.start()
    adapter.ask(Call(resource=adapter.session, operation="no_such_operation"), Unsupported)
    adapter.ask(Call(resource="no_such_resource", operation=adapter.create), Unsupported)


def _configure(adapter: CheckedAdapter) -> None:
    adapter.start()
    rig = Rig(attempts=1, connect_seconds=2, read_seconds=2, delay_seconds=0.1)
    unknown: dict[str, Argument] = {"no_such_setting": from_json("motor")}
    answer = adapter.ask(Configure(rig=rig, settings=unknown), Configured)
    asked = sorted([*msgspec.to_builtins(rig), *unknown])
    named = sorted([*answer.applied, *answer.unsupported])
    require(named == asked, f"for the settings {asked}, it named {named}")
    require("no_such_setting" in answer.unsupported, "it has a setting no_such_setting")


def _unknown_handle(adapter: CheckedAdapter) -> None:
    adapter.start()
    request = {"resource": adapter.session, "operation": adapter.create}
    nothing = {"kind": "kept", "handle": "nothing"}
    adapter.require_error(-32602, adapter.raw("call", {**request, "form": "read", "on": "nothing"}))
    adapter.require_error(-32602, adapter.raw("call", {**request, "named": {"id": nothing}}))
    adapter.require_error(-32602, adapter.raw("configure", {"settings": {"session": nothing}}))


def _constructs(adapter: CheckedAdapter) -> None:
    adapter.needs("construct")
    name: dict[str, Argument] = {"username": from_json(UNICODE)}
    made = adapter.ask(adapter.construct(name, keep="it"), Returned)
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


def _keeps(adapter: CheckedAdapter) -> None:
    adapter.needs("construct")
    name: dict[str, Argument] = {"username": from_json("motor")}
    copy: dict[str, Argument] = {"username": Kept(handle="it", attribute=adapter.username)}
    for handle, named in (("it", name), ("copy", copy)):
        adapter.ask(adapter.construct(named, keep=handle), Returned)
    read = Call(resource=adapter.session, form="read", on="copy", read=(adapter.username,))
    value = adapter.ask(read, Returned).attributes[adapter.username]
    require(same(value, from_json("motor")), f"the attribute of a kept object became {value}")


def _forgets(adapter: CheckedAdapter) -> None:
    adapter.needs("construct")
    adapter.ask(Call(resource=adapter.session, form="construct", keep="it"), Returned)
    adapter.ask(Reset(), Done)
    request = {"resource": adapter.session, "form": "read", "on": "it"}
    adapter.require_error(-32602, adapter.raw("call", request))


def _raises(adapter: CheckedAdapter) -> None:
    adapter.needs("static", adapter.create)
    adapter.ask(Configure(rig=Rig(attempts=1, connect_seconds=2, read_seconds=2)), Configured)
    name: dict[str, Argument] = {"username": from_json("motor"), "password": from_json("vroom")}
    login = Call(resource=adapter.session, operation=adapter.create, named=name)
    raised = adapter.ask(login, Raised)
    require(bool(raised.printed), "it says nothing of what the error prints")
    adapter.ask(Reset(), Done)


def _quiet(adapter: CheckedAdapter) -> None:
    started = adapter.start()
    if any(each.operation == adapter.create for each in started.operations):
        adapter.ask(Configure(rig=Rig(attempts=1)), Configured)
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
    **{vector.rule: partial(_replayed, vector) for vector in vectors.read().lines},
    "values come back as they were sent, whatever their kind, depth and size": _values,
    "start says what is here": _starts,
    "wrong parameters of a call are refused (-32602)": _wrong_parameters,
    "what a release does not have is unsupported": _unsupported,
    "configure names every setting as applied or unsupported": _configure,
    "an unknown handle is refused (-32602)": _unknown_handle,
    "attributes come back as they were sent, and missing ones as absent": _constructs,
    "a kept object and its attributes are arguments": _keeps,
    "reset drops the handles": _forgets,
    "an error of the SDK is an outcome, and the next request is answered": _raises,
    "nothing but replies is on stdout": _quiet,
    "stop is answered and ends it with exit code 0": _stops,
    "it ends when its input is closed": _ends_alone,
}
"""Every rule in words, and the function that tries it."""


def check(
    launch: Launch,
    naming: Naming,
    rules: Collection[str] = RULES.keys(),
    *,
    full: bool = False,
) -> Iterator[RuleResult]:
    """Try every rule, each with a new process of the adapter.

    Args:
        launch: how the adapter is started.
        naming: how its SDK spells names.
        rules: the rules to try; all by default.
        full: whether READMEs write the options of an object that is made, also if they are empty.

    Raises:
        TargetUnavailableError: the adapter cannot be started.
    """
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        base_url = f"http://127.0.0.1:{reserved.getsockname()[1]}"
        for rule in rules:
            with CheckedAdapter(launch, naming, base_url, full=full) as adapter:
                try:
                    RULES[rule](adapter)
                except BrokenRuleError as broken:
                    yield RuleBroken(rule, str(broken))
                except NotTriedError as not_tried:
                    yield RuleNotTried(rule, str(not_tried))
                else:
                    yield RuleKept(rule)
