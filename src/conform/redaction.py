"""Takes the caller's secrets out of an observation, however they were encoded on the way."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
import json
from typing import Any, Final
from urllib.parse import quote, quote_plus

from msgspec import Struct, structs

from conform.observations import Observation

MASK: Final = "[redacted]"
SECRET_NAMES: Final = frozenset(
    {"password", "confirm_password", "otp", "partial_session_id", "code", "key", "session_id"}
)
"""Parameters whose values are secrets."""


def redacted(observation: Observation, secrets: Iterable[str]) -> Observation:
    """The observation with every secret masked: as it is, escaped, quoted or in base64.

    Args:
        observation: what was seen.
        secrets: values to mask; an empty one masks nothing.
    """
    forms = {form for secret in secrets if secret for form in _forms(secret)}
    longest_first = sorted(forms, key=len, reverse=True)
    masked: Observation = _masked(observation, longest_first)
    return masked


def _forms(secret: str) -> Iterator[str]:
    yield secret
    yield quote(secret, safe="")
    yield quote_plus(secret)
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    raw = secret.encode("utf-8", "surrogatepass")
    for encoded in (b64encode(raw), urlsafe_b64encode(raw)):
        yield encoded.decode().rstrip("=")


def _masked(value: Any, forms: list[str]) -> Any:
    match value:
        case str():
            for form in forms:
                value = value.replace(form, MASK)
            return value
        case bytes():
            for form in forms:
                value = value.replace(form.encode("utf-8", "surrogatepass"), MASK.encode())
            return value
        case tuple():
            return tuple(_masked(each, forms) for each in value)
        case dict():
            return {name: _masked(each, forms) for name, each in value.items()}
        case Struct():
            return structs.replace(
                value,
                **{name: _masked(getattr(value, name), forms) for name in value.__struct_fields__},
            )
        case _:
            return value
