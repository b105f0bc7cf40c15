"""Reads the parameters of a request: strictly decoded, and held against the documentation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from conform.schemas.decoding import Decoded, Undecodable, decode
from conform.schemas.validation import Validator
from conform.servers.outcomes import Refused

LARGEST_BODY: Final = 1024 * 1024
"""Bytes of the largest body that is read."""
_MOST_FIELDS: Final = 1000
_JSON: Final = "application/json"
_FORM: Final = "application/x-www-form-urlencoded"
_BOOLEANS: Final = {"true": True, "false": False}


def read(content_type: str, body: bytes, schema: Mapping[str, Any]) -> dict[str, Any] | Refused:
    """The parameters in the body of a request; an empty body has none.

    Args:
        content_type: the header field of the request; a body without it is JSON.
        body: the bytes.
        schema: the JSON Schema of the parameters.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if not body:
        return {}
    if media_type == _FORM:
        return _form(body, schema["properties"])
    if media_type in {"", _JSON}:
        return _json(body)
    return Refused(
        type="bad-request/unsupported-media-type", message=f"Send the body as {_JSON} or {_FORM}."
    )


def documented(
    parameters: Mapping[str, Any], schema: Mapping[str, Any]
) -> dict[str, Any] | Refused:
    """The parameters that an operation documents, with the documented types.

    Null is the same as absent. Parameters that no page mentions are ignored, since nothing says
    what a server does with them.

    Args:
        parameters: what was sent, in any part of the request.
        schema: the JSON Schema of the parameters.
    """
    known = {
        name: value
        for name, value in parameters.items()
        if name in schema["properties"] and value is not None
    }
    missing = [name for name in schema["required"] if known.get(name, "") == ""]
    if missing:
        return Refused(
            type="bad-request/request-params-required",
            message=f"Required, but not sent: {', '.join(missing)}.",
        )
    problems = Validator({**schema, "required": []}).value(known)
    if problems:
        sentence = ", ".join(f"{each.pointer.lstrip('/')} {each.what}" for each in problems)
        return Refused(type="bad-request/request-params-invalid", message=f"{sentence}.")
    return known


def _json(body: bytes) -> dict[str, Any] | Refused:
    match decode(body):
        case Undecodable(problem=problem):
            return _invalid_body(f"The body {problem.what}.")
        case Decoded(problems=(_, *_)):
            # The problems themselves name members, which the message must not repeat.
            return _invalid_body("The body repeats a member, or has a value beyond JSON.")
        case Decoded(value=dict() as members):
            return members
        case _:
            return _invalid_body("The body is not a JSON object.")


def _form(body: bytes, properties: Mapping[str, Any]) -> dict[str, Any] | Refused:
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        return _invalid_body("The body is not a form in UTF-8.")
    members = dict(pairs)
    if len(members) < len(pairs):
        return _invalid_body("The form repeats a field.")
    return {name: _typed(value, properties.get(name, {})) for name, value in members.items()}


def _typed(text: str, schema: Mapping[str, Any]) -> Any:
    """A field of a form, which is always text, as the documented type; text if it is not one."""
    return _BOOLEANS.get(text, text) if schema.get("type") == "boolean" else text


def _invalid_body(message: str) -> Refused:
    return Refused(type="bad-request/invalid-body", message=message)
