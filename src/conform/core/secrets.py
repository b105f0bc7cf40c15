"""Masks secrets in an observation, in every spelling that an SDK can write."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable
import json
from typing import Any, Final
from urllib.parse import quote, quote_plus

from msgspec import Struct, structs

from conform.core.observations import Observation

MASK: Final = "[redacted]"
SECRET_NAMES: Final = frozenset(
    {"password", "confirm_password", "otp", "partial_session_id", "code", "key", "session_id"}
)
"""Parameters whose values are secrets."""


def redacted(observation: Observation, secrets: Iterable[str]) -> Observation:
    """The observation with every spelling of every secret masked.

    Args:
        observation: the observation.
        secrets: the values to mask; an empty one masks nothing.
    """
    found = {each for secret in secrets if secret for each in spellings(secret)}
    longest_first = sorted(found, key=len, reverse=True)
    masked: Observation = _masked(observation, longest_first)
    return masked


def spellings(secret: str) -> tuple[str, ...]:
    """A secret unchanged, escaped for a URL or JSON, in base64, and as bytes are printed."""
    raw = secret.encode("utf-8", "surrogatepass")
    in_json = json.dumps(secret)[1:-1]
    written = (
        secret,
        quote(secret, safe="", errors="surrogatepass"),
        quote_plus(secret, errors="surrogatepass"),
        in_json,
        json.dumps(secret, ensure_ascii=False)[1:-1],
        *(encode(raw).decode().rstrip("=") for encode in (b64encode, urlsafe_b64encode)),
        *(repr(each)[2:-1] for each in (raw, in_json.encode())),
    )
    return tuple(dict.fromkeys(written))


def _masked(value: Any, spelled: list[str]) -> Any:
    match value:
        case str():
            for each in spelled:
                value = value.replace(each, MASK)
            return value
        case bytes():
            for each in spelled:
                value = value.replace(each.encode("utf-8", "surrogatepass"), MASK.encode())
            return value
        case tuple():
            return tuple(_masked(each, spelled) for each in value)
        case dict():
            return {name: _masked(each, spelled) for name, each in value.items()}
        case Struct():
            return structs.replace(
                value,
                **{
                    name: _masked(getattr(value, name), spelled) for name in value.__struct_fields__
                },
            )
        case _:
            return value
