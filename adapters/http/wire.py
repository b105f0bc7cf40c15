"""Speaks the suite's protocol, version 2: one JSON-RPC message a line, values tagged.

Nothing here knows an SDK. Every adapter that is written in Python uses this file.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
import inspect
import json
import os
from pathlib import Path
import sys
import traceback
from typing import Any

PROTOCOL = 2
METHODS = ("start", "reset", "configure", "call", "run", "echo", "stop")
FORMS = ("static", "instance", "construct", "read")
ABSENT = {"kind": "absent"}
DEEPEST = 64
"""How many lists and maps inside each other are shown; whoever reads them has a limit too."""


class FaultError(Exception):
    """The adapter cannot do what it was asked; the SDK has no part in it."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def serve(adapter: Any) -> None:
    """Answer requests with the methods of an adapter until it has stopped or nobody asks.

    The SDK gets a standard input that is empty and a standard output that is standard error, so
    that nothing it reads or prints comes between requests and replies.
    """
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    for line in requests:
        reply, stopped = answer(adapter, line)
        text = json.dumps({"jsonrpc": "2.0", **reply}, ensure_ascii=False)
        replies.write(text.encode("utf-8", "replace") + b"\n")
        replies.flush()
        if stopped:
            return


def answer(adapter: Any, line: bytes) -> tuple[dict[str, Any], bool]:
    """The reply to one line, and whether it is the last."""
    try:
        request = json.loads(line)
    except (ValueError, RecursionError) as error:
        return refused(None, -32700, f"not JSON: {error}"), False
    match request:
        case {"id": int(number), "method": str(method)}:
            pass
        case _:
            return refused(None, -32600, "not a request"), False
    try:
        result = chosen(adapter, method, request.get("params", {}))()
    except FaultError as fault:
        return refused(number, fault.code, str(fault)), False
    except Exception as error:  # what the SDK raises is a result and never gets here
        return refused(number, -32603, f"{type(error).__name__}: {error}"), False
    return {"id": number, "result": result}, method == "stop"


def refused(number: int | None, code: int, message: str) -> dict[str, Any]:
    """The reply to a request that cannot be carried out."""
    return {"id": number, "error": {"code": code, "message": message}}


def chosen(adapter: Any, method: str, params: Any) -> Callable[[], dict[str, Any]]:
    """What an adapter does for a method of the protocol, with its parameters."""
    function = echo if method == "echo" else getattr(adapter, method, None)
    if method not in METHODS or function is None:
        raise FaultError(-32601, f"there is no method {method!r}")
    if not adapter.started and method not in {"start", "echo", "stop"}:
        raise FaultError(-32001, "start comes first")
    try:
        arguments = inspect.signature(function).bind(**params)
    except TypeError as error:
        raise FaultError(-32602, f"{method}: {error}") from None
    return lambda: function(*arguments.args, **arguments.kwargs)


def echo(value: dict[str, Any]) -> dict[str, Any]:
    """What Python makes of a value."""
    return {"value": encode(decode(value))}


def returned(value: object, read: Sequence[str] = ()) -> dict[str, Any]:
    """The outcome of a call that returned, with the attributes that were asked for."""
    attributes = {}
    for name in read:
        try:
            attributes[name] = encode(getattr(value, name))
        except AttributeError:
            attributes[name] = ABSENT
        except BaseException as error:
            attributes[name] = {"kind": "raised", **described(error)}
    return {"outcome": "returned", "value": encode(value), "attributes": attributes}


def raised(
    error: BaseException, http_status: object = None, api_type: object = None
) -> dict[str, Any]:
    """The outcome of a call that raised."""
    return {
        "outcome": "raised",
        **described(error),
        "ancestors": [class_name(cls) for cls in type(error).__mro__[1:-1]],
        "printed": "".join(traceback.format_exception_only(error)).rstrip("\n"),
        "members": {name: encode(value) for name, value in members(error).items()},
        "http_status": http_status if type(http_status) is int else None,
        "api_type": api_type if isinstance(api_type, str) else None,
    }


def described(error: BaseException) -> dict[str, str]:
    """The class and the message of an error."""
    try:
        message = str(error)
    except Exception:  # a traceback says the same
        message = "<exception str() failed>"
    return {"error": class_name(type(error)), "message": message}


def members(error: BaseException) -> dict[str, Any]:
    """The public attributes and properties of an error."""
    properties = inspect.getmembers_static(type(error), lambda each: isinstance(each, property))
    names = [*vars(error), *(name for name, _ in properties)]
    found = {}
    for name in names:
        try:
            found[name] = getattr(error, name)
        except Exception:  # noqa: S112 - it cannot be seen by a caller either
            continue
    return {name: value for name, value in found.items() if not name.startswith("_")}


def unsupported(reason: str) -> dict[str, Any]:
    """The outcome of a call of something that does not exist."""
    return {"outcome": "unsupported", "reason": reason}


def class_name(cls: type) -> str:
    """The name of a class with its module, as a traceback prints it."""
    return cls.__name__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"


def encode(value: object, depth: int = 0) -> dict[str, Any]:
    """A Python value as a tagged one."""
    match value:
        case None:
            tagged = {"kind": "null"}
        case bool():
            tagged = {"kind": "boolean", "text": str(value).lower()}
        case int():
            tagged = {"kind": "integer", "text": int.__repr__(value)}
        case float() | Decimal():
            tagged = {"kind": "number", "text": str(value)}
        case str():
            try:
                value.encode()
                tagged = {"kind": "string", "text": str(value)}
            except UnicodeEncodeError:
                tagged = encode(value.encode("utf-8", "surrogatepass"))
        case bytes():
            tagged = {"kind": "bytes", "base64": base64.b64encode(value).decode()}
        case list() | tuple() if depth < DEEPEST:
            tagged = {"kind": "list", "items": [encode(item, depth + 1) for item in value]}
        case dict() if depth < DEEPEST:
            entries = [{"key": str(k), "value": encode(v, depth + 1)} for k, v in value.items()]
            tagged = {"kind": "map", "entries": entries}
        case _:
            prints_itself = type(value).__str__ is not object.__str__ and depth < DEEPEST
            tagged = {"kind": "other", "text": str(value) if prints_itself else ""}
    return {**tagged, "native": class_name(type(value))}


def decode(value: dict[str, Any], kept: Mapping[str, Any] | None = None) -> Any:
    """A tagged value as the Python value that a caller would write.

    Args:
        value: the tagged value.
        kept: what a caller has kept, by its handle.
    """
    try:
        return decoded(value, kept or {})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FaultError(-32602, f"{type(error).__name__}: {error}") from None


def decoded(value: dict[str, Any], kept: Mapping[str, Any]) -> Any:
    """The same, with the errors of Python where there is no such value."""
    match value:
        case {"kind": "null"}:
            return None
        case {"kind": "boolean", "text": "true" | "false" as text}:
            return text == "true"
        case {"kind": "integer", "text": text}:
            return int(text)
        case {"kind": "number", "text": text}:
            return float(text)
        case {"kind": "string", "text": str(text)}:
            return text
        case {"kind": "bytes", "base64": text}:
            return base64.b64decode(text)
        case {"kind": "list"}:
            return [decoded(item, kept) for item in value.get("items", ())]
        case {"kind": "map"}:
            entries = value.get("entries", ())
            return {entry["key"]: decoded(entry["value"], kept) for entry in entries}
        case {"kind": "kept", "handle": handle}:
            attribute = value.get("attribute")
            return getattr(kept[handle], attribute) if attribute else kept[handle]
    raise ValueError(f"Python has no value for {str(value)[:200]}")


def decode_all(
    values: dict[str, dict[str, Any]], kept: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Named values without the absent ones, which a caller would not write."""
    if not isinstance(values, dict):
        raise FaultError(-32602, f"{values!r} is not an object")
    return {name: decode(value, kept) for name, value in values.items() if value != ABSENT}


def arguments(kept: Mapping[str, Any], asked: Mapping[str, Any]) -> list[Any]:
    """The arguments of a call: those by position, then the two dictionaries, as far as given."""
    dictionaries = (asked[name] for name in ("named", "options") if name in asked)
    return [
        *(decode(each, kept) for each in asked.get("positional", ())),
        *(decode_all(each, kept) for each in dictionaries),
    ]
