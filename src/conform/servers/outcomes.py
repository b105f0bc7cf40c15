"""What an operation of the server can come to, and the documented types of errors."""

from __future__ import annotations

from typing import Any, Final, Literal

from msgspec import Struct

from conform.servers.accounts import User
from conform.servers.records import OpenSession

ErrorType = Literal[
    "bad-request/internal-general-error",
    "bad-request/invalid-body",
    "bad-request/invalid-oauth-provider",
    "bad-request/invalid-return-to-url",
    "bad-request/method-not-allowed",
    "bad-request/request-body-too-large",
    "bad-request/request-params-invalid",
    "bad-request/request-params-required",
    "bad-request/unsupported-media-type",
    "bad-request/user-id-invalid",
    "not-authenticated/api-key-sessions-not-supported",
    "not-authenticated/authentication-required",
    "not-authenticated/invalid-credentials",
    "not-authenticated/invalid-oauth",
    "not-authenticated/invalid-or-expired-code",
    "not-authenticated/invalid-session",
    "not-authenticated/invalid-username-or-password",
    "not-authenticated/one-time-password-incorrect",
    "not-authenticated/two-factor-authentication-error",
    "not-authorized/cannot-login-while-using-key",
    "not-authorized/password-change-not-required",
    "not-authorized/password-change-required",
    "not-authorized/site-admin-required",
    "not-found",
    "not-found/site-not-found",
    "not-found/user-not-found",
    "processing-failure/failed-to-change-password",
    "rate-limited/too-many-login-attempts",
    "rate-limited/too-many-requests",
    "service-unavailable/lock-operation-busy",
]
"""The types that this server sends. READMEs name a class for each; ``not-found`` is a whole group,
for what no type names."""

_STATUS_OF_GROUP: Final = {
    "bad-request": 400,
    "not-authenticated": 401,
    "not-authorized": 403,
    "not-found": 404,
    "processing-failure": 422,
    "rate-limited": 429,
    "service-unavailable": 503,
}
_STATUS: Final[dict[ErrorType, int]] = {
    "bad-request/internal-general-error": 500,
    "bad-request/method-not-allowed": 405,
    "bad-request/request-body-too-large": 413,
    "bad-request/unsupported-media-type": 415,
}
"""Where HTTP has a status of its own for the error (RFC 9110, section 15)."""


class Refused(Struct, frozen=True, kw_only=True):
    """The request was not carried out."""

    type: ErrorType
    message: str
    """One sentence that repeats nothing of the request."""
    data: dict[str, Any] | None = None
    retry_after: int | None = None
    """Seconds until another attempt makes sense."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        return _STATUS.get(self.type) or _STATUS_OF_GROUP[self.type.partition("/")[0]]

    @property
    def title(self) -> str:
        """The type in words, such as ``Invalid session``."""
        return self.type.rpartition("/")[2].replace("-", " ").capitalize()


class Opened(Struct, frozen=True, kw_only=True):
    """The answer is a session."""

    session_id: str
    session: OpenSession
    user: User


class Answered(Struct, frozen=True):
    """The answer is another object, a list, or None for an empty body."""

    body: Any = None


Outcome = Opened | Answered | Refused
