"""Speaks the suite's protocol, version 1: one JSON-RPC message a line, values tagged.

Nothing here knows an SDK. Every adapter that is written in Python uses this file.
"""

import base64
from collections.abc import Callable, Sequence
from decimal import Decimal
import json
import os
from pathlib import Path
import sys
from typing import Any

PROTOCOL = 1
METHODS = ("start", "reset", "configure", "call", "run", "stop")
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
    except ValueError as error:
        return {"id": None, "error": {"code": -32700, "message": f"not JSON: {error}"}}, False
    if not isinstance(request, dict) or not {"id", "method"} <= request.keys():
        return {"id": None, "error": {"code": -32600, "message": "not a request"}}, False
    number, method = request["id"], request["method"]
    try:
        result = chosen(adapter, method)(**request.get("params", {}))
    except FaultError as fault:
        return {"id": number, "error": {"code": fault.code, "message": str(fault)}}, False
    except Exception as error:  # what the SDK raises is a result and never gets here
        text = f"{type(error).__name__}: {error}"
        return {"id": number, "error": {"code": -32602, "message": text}}, False
    return {"id": number, "result": result}, method == "stop"


def chosen(adapter: Any, method: object) -> Callable[..., dict[str, Any]]:
    """What an adapter does for a method of the protocol."""
    if method not in METHODS or not hasattr(adapter, method):
        raise FaultError(-32601, f"there is no method {method!r}")
    if not adapter.started and method not in {"start", "stop"}:
        raise FaultError(-32001, "start comes first")
    return getattr(adapter, method)


def returned(value: object, read: Sequence[str] = ()) -> dict[str, Any]:
    """The outcome of a call that returned, with the attributes that were asked for."""
    missing = object()
    attributes = {name: getattr(value, name, missing) for name in read}
    return {
        "outcome": "returned",
        "value": encode(value),
        "attributes": {k: ABSENT if v is missing else encode(v) for k, v in attributes.items()},
    }


def raised(
    error: BaseException, http_status: object = None, api_type: object = None
) -> dict[str, Any]:
    """The outcome of a call that raised."""
    try:
        message = str(error)
    except Exception:  # a traceback says the same
        message = "<exception str() failed>"
    return {
        "outcome": "raised",
        "error": class_name(type(error)),
        "ancestors": [class_name(cls) for cls in type(error).__mro__[1:-1]],
        "message": message,
        "http_status": http_status if type(http_status) is int else None,
        "api_type": api_type if isinstance(api_type, str) else None,
    }


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


def decode(value: dict[str, Any]) -> Any:
    """A tagged value as the Python value that a caller would write."""
    match value:
        case {"kind": "null"}:
            return None
        case {"kind": "boolean", "text": text}:
            return text == "true"
        case {"kind": "integer", "text": text}:
            return int(text)
        case {"kind": "number", "text": text}:
            return float(text)
        case {"kind": "string", "text": text}:
            return text
        case {"kind": "bytes", "base64": text}:
            return base64.b64decode(text)
        case {"kind": "list"}:
            return [decode(item) for item in value.get("items", ())]
        case {"kind": "map"}:
            return {entry["key"]: decode(entry["value"]) for entry in value.get("entries", ())}
    raise FaultError(-32602, f"Python has no value for {value!r}")


def decode_all(values: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Named values without the absent ones, which a caller would not write."""
    return {name: decode(value) for name, value in values.items() if value != ABSENT}
