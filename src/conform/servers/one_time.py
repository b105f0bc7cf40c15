"""Checks one-time codes, and says what a right one uses up."""

from __future__ import annotations

from base64 import b32decode
import binascii
from collections.abc import Iterable
from hashlib import sha1
import hmac
from typing import Final

from msgspec import Struct

STEP: Final = 30
"""Seconds of one time step (RFC 6238, section 4)."""
_DIGITS: Final = 6
_DRIFT: Final = (0, -1, 1)
"""The steps that are accepted around the current one (RFC 6238, section 5.2)."""


class Accepted(Struct, frozen=True):
    """A right code."""

    use: str
    """What the code uses up: nothing else of the same user has the same name."""
    until: float | None
    """When the code stops being right by itself; None if it never does."""


def totp(secret: str, code: str, now: float) -> Accepted | None:
    """Check the code of an authenticator app.

    Args:
        secret: the secret in Base32.
        code: the code as it was sent.
        now: seconds since 1970.
    """
    key = key_of(secret)
    if key is None:
        return None
    current = int(now // STEP)
    right = [
        step
        for step in (current + drift for drift in _DRIFT)
        if step >= 0 and hmac.compare_digest(_code(key, step).encode(), code.encode())
    ]
    if not right:
        return None
    return Accepted(f"totp {right[0]}", (right[0] + len(_DRIFT)) * float(STEP))


def listed(codes: Iterable[str], code: str) -> Accepted | None:
    """Check a code of a list; every code is compared, in constant time."""
    right = [each for each in codes if hmac.compare_digest(each.encode(), code.encode())]
    return Accepted(f"code {right[0]}", None) if right else None


def key_of(secret: str) -> bytes | None:
    """The bytes of a secret in Base32, with or without spaces and padding; None if it is not."""
    letters = secret.replace(" ", "").rstrip("=").upper()
    try:
        return b32decode(letters + "=" * (-len(letters) % 8)) or None
    except (binascii.Error, ValueError):
        return None


def _code(key: bytes, step: int) -> str:
    """The code of one time step (RFC 4226, section 5.3)."""
    digest = hmac.digest(key, step.to_bytes(8), sha1)
    at = digest[-1] & 0xF
    number = int.from_bytes(digest[at : at + 4]) & 0x7FFFFFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}}"
