"""One call of an operation, and who makes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from conform.servers import limits
from conform.servers.accounts import Accounts, User
from conform.servers.outcomes import Opened, Refused
from conform.servers.records import IssuedKey, OpenSession
from conform.servers.store import Records
from conform.servers.variant import ServedVariant


class ApiCall(Struct, frozen=True, kw_only=True):
    """Everything that an operation can know: the request, the accounts, and the records."""

    parameters: Mapping[str, Any]
    """The documented ones, with the documented types."""
    session_id: str | None
    """From the header ``X-FilesAPI-Auth``."""
    api_key: str | None
    """From the header ``X-FilesAPI-Key``."""
    origin: str
    now: float
    """Seconds since 1970."""
    variant: ServedVariant
    accounts: Accounts
    records: Records


class SessionCaller(Struct, frozen=True, kw_only=True):
    """A caller who sent a session."""

    user: User
    session_id: str
    session: OpenSession


class KeyCaller(Struct, frozen=True, kw_only=True):
    """A caller who sent an API key."""

    user: User


Caller = SessionCaller | KeyCaller


def caller(call: ApiCall) -> Caller | Refused:
    """Who makes a call; a session comes before an API key, and using a session keeps it open."""
    found = _identified(call)
    if isinstance(found, Refused):
        return found
    over = limits.spend(call.accounts, call.records, found.user, call.now)
    if over is not None:
        return limits.refused("rate-limited/too-many-requests", over)
    return found


def opened(
    call: ApiCall,
    user: User,
    *,
    impersonator_id: int | None = None,
    site_id: int | None = None,
) -> Opened:
    """Open a new session.

    Args:
        call: the call that opens it.
        user: the user of the session.
        impersonator_id: the administrator who represents the user.
        site_id: the child site that the session is for.
    """
    session_id = call.variant.new_session_id()
    session = OpenSession(
        user_id=user.id,
        expires_at=call.now + call.accounts.idle_of(user),
        impersonator_id=impersonator_id,
        site_id=site_id,
    )
    call.records.keep(session_id, session)
    return Opened(session_id=session_id, session=session, user=user)


def session_of(call: ApiCall, session_id: str) -> SessionCaller | Refused:
    """An open session with its user."""
    session = call.records.find(OpenSession, session_id)
    user = call.accounts.with_id(session.user_id) if session else None
    if session is None or user is None:
        return Refused(
            type="not-authenticated/invalid-session",
            message="The session does not exist, or has ended.",
        )
    used = replace(session, expires_at=call.now + call.accounts.idle_of(user))
    call.records.keep(session_id, used)
    return SessionCaller(user=user, session_id=session_id, session=used)


def _identified(call: ApiCall) -> Caller | Refused:
    if call.session_id is not None:
        return session_of(call, call.session_id)
    if call.api_key is None:
        return Refused(
            type="not-authenticated/authentication-required",
            message="The request needs a session or an API key.",
        )
    issued = call.records.find(IssuedKey, call.api_key)
    user = (
        call.accounts.with_id(issued.user_id)
        if issued
        else call.accounts.with_api_key(call.api_key)
    )
    if user is None:
        return Refused(
            type="not-authenticated/invalid-credentials", message="The API key does not exist."
        )
    return KeyCaller(user=user)
