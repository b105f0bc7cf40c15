"""What the server remembers: immutable records, each of one user, some of them until a time."""

from __future__ import annotations

from hashlib import scrypt
from hmac import compare_digest
import secrets
from typing import Self

from msgspec import Struct
from msgspec.structs import replace


class _Record(Struct, frozen=True, kw_only=True, omit_defaults=True):
    user_id: int
    expires_at: float | None = None
    """When it is forgotten, in seconds since 1970; never without it."""


class OpenSession(_Record, frozen=True, kw_only=True):
    """A session that is logged in, by its id."""

    impersonator_id: int | None = None
    """The administrator who represents the user."""
    site_id: int | None = None
    """The child site that the session is for."""
    trusted: bool = False


class PartialSession(_Record, frozen=True, kw_only=True):
    """A login whose second step is missing, by its partial session id."""

    attempts: int
    """How many more codes may be tried."""

    def after_attempt(self) -> Self:
        """The same login with one attempt fewer."""
        return replace(self, attempts=self.attempts - 1)


class ResetCode(_Record, frozen=True, kw_only=True):
    """A code that was sent to a user who forgot the password."""


class UsedCode(_Record, frozen=True, kw_only=True):
    """A one-time code or a pairing key that must not work again."""


class PairingKey(_Record, frozen=True, kw_only=True):
    """A pairing key that the server issued."""


class IssuedKey(_Record, frozen=True, kw_only=True):
    """An API key that a paired device got."""


class RequestWindow(_Record, frozen=True, kw_only=True):
    """The requests of one user in the current window, by username."""

    requests: int


class ChangedPassword(_Record, frozen=True, kw_only=True):
    """The password that replaces the one of the users file, by user id."""

    salt: str
    digest: str

    @classmethod
    def of(cls, user_id: int, password: str) -> Self:
        """The record of a new password."""
        salt = secrets.token_hex(16)
        return cls(user_id=user_id, salt=salt, digest=_digest(password, salt))

    def matches(self, password: str) -> bool:
        """Whether this is the password."""
        return compare_digest(self.digest, _digest(password, self.salt))


Record = (
    OpenSession
    | PartialSession
    | ResetCode
    | UsedCode
    | PairingKey
    | IssuedKey
    | RequestWindow
    | ChangedPassword
)


def _digest(password: str, salt: str) -> str:
    return scrypt(password.encode(), salt=bytes.fromhex(salt), n=2**13, r=8, p=1).hex()
