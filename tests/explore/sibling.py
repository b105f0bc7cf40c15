"""The control with deviations: ``sibling.py FOLDER-OF-THE-CONTROL DEVIATION...``."""

from collections.abc import Callable
import itertools
import os
import sys
from typing import Any

sys.path.insert(0, sys.argv[1])

import adapter
import client
import wire

Members = dict[str, Any]
taken, refused, parsed, call = client.taken, client.refused, client.parsed, client.Client.call
calls = itertools.count(1)


def reading(change: Callable[[Members], Members]) -> None:
    """Change every object on its way in."""
    before = client.parsed

    def changed(status: int, body: bytes) -> Any:
        said = before(status, body)
        return change(said) if isinstance(said, dict) else said

    client.parsed = changed


def drops_long_texts() -> None:
    reading(lambda said: {k: v for k, v in said.items() if not is_long(v)})


def is_long(value: object) -> bool:
    return isinstance(value, str) and len(value) > 100


def rounds_through_double() -> None:
    reading(lambda said: {k: int(float(v)) if type(v) is int else v for k, v in said.items()})


def refuses_odd_members() -> None:
    def checked(said: Members) -> Members:
        if odd := [name for name in said if not name.isidentifier()]:
            raise TypeError(f"{odd[0]!r} is an unexpected keyword argument")
        return said

    reading(checked)


def needs_a_type() -> None:
    def careless(status: int, body: bytes) -> Any:
        said = parsed(status, body) if body.startswith(b"{") else {"type": None}
        said["type"]
        return refused(status, body)

    client.refused = careless


def dies_of_server_errors() -> None:
    def fatal(status: int, body: bytes) -> Any:
        return os._exit(7) if status >= 500 else refused(status, body)

    client.refused = fatal


def trims_parameters() -> None:
    def trimming(self: Any, operation: Any, parameters: Members, options: Members) -> Any:
        given = {k: v.strip() if isinstance(v, str) else v for k, v in parameters.items()}
        return call(self, operation, given, options)

    client.Client.call = trimming


def invents_a_parameter() -> None:
    def inventive(self: Any, operation: Any, parameters: Members, options: Members) -> Any:
        more = {"otp": ""} if operation.path == "/sessions" else {}
        return call(self, operation, more | parameters, options)

    client.Client.call = inventive


def stumbles_once() -> None:
    def stumbling(*answered: Any) -> Any:
        return client.Record({}) if next(calls) == 20 else taken(*answered)

    client.taken = stumbling


def misspeaks() -> None:
    wire.returned = lambda *_: {"outcome": "nonsense"}


for name in sys.argv[2:]:
    globals()[name]()
wire.serve(adapter.Adapter())
