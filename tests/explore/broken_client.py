"""A broken reference client: ``broken_client.py FOLDER-OF-THE-REFERENCE-CLIENT DEFECT...``."""

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


def change_objects(change: Callable[[Members], Members]) -> None:
    """Change every object in a response."""
    original = client.parsed

    def changed(status: int, body: bytes) -> Any:
        members = original(status, body)
        return change(members) if isinstance(members, dict) else members

    client.parsed = changed


def drops_long_texts() -> None:
    change_objects(lambda members: {k: v for k, v in members.items() if not is_long(v)})


def is_long(value: object) -> bool:
    return isinstance(value, str) and len(value) > 100


def rounds_through_double() -> None:
    change_objects(
        lambda members: {k: int(float(v)) if type(v) is int else v for k, v in members.items()}
    )


def refuses_odd_members() -> None:
    def checked(members: Members) -> Members:
        if odd := [name for name in members if not name.isidentifier()]:
            raise TypeError(f"{odd[0]!r} is an unexpected keyword argument")
        return members

    change_objects(checked)


def needs_a_type() -> None:
    def careless(status: int, body: bytes) -> Any:
        members = parsed(status, body) if body.startswith(b"{") else {"type": None}
        members["type"]
        return refused(status, body)

    client.refused = careless


def dies_of_server_errors() -> None:
    def fatal(status: int, body: bytes) -> Any:
        return os._exit(7) if status >= 500 else refused(status, body)

    client.refused = fatal


def trims_parameters() -> None:
    def trimming(self: Any, operation: Any, named: Members | None = None, *options: Any) -> Any:
        given = {k: v.strip() if isinstance(v, str) else v for k, v in (named or {}).items()}
        return call(self, operation, given, *options)

    client.Client.call = trimming


def invents_a_parameter() -> None:
    def inventive(self: Any, operation: Any, named: Members | None = None, *options: Any) -> Any:
        more = {"otp": ""} if operation.path == "/sessions" else {}
        return call(self, operation, more | (named or {}), *options)

    client.Client.call = inventive


def fails_once() -> None:
    def failing(*response: Any) -> Any:
        return client.Record({}) if next(calls) == 20 else taken(*response)

    client.taken = failing


def violates_the_protocol() -> None:
    wire.returned = lambda *_: {"outcome": "nonsense"}


for name in sys.argv[2:]:
    globals()[name]()
wire.serve(adapter.Adapter())
