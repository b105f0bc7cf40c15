"""Counts the requests of each user, and says when there are too many."""

from __future__ import annotations

from math import ceil

from msgspec.structs import replace

from conform.servers.accounts import Accounts, User
from conform.servers.outcomes import ErrorType, Refused
from conform.servers.records import RequestWindow
from conform.servers.store import Records


def spend(accounts: Accounts, records: Records, user: User, now: float) -> int | None:
    """Count one request of a user.

    Returns:
        The seconds to wait if it is one too many; None if it is not.
    """
    limit = accounts.limit_of(user)
    if limit is None:
        return None
    window = records.find(RequestWindow, user.username) or RequestWindow(
        user_id=user.id, expires_at=now + limit.seconds, requests=0
    )
    if window.requests >= limit.requests:
        return max(1, ceil((window.expires_at or now) - now))
    records.keep(user.username, replace(window, requests=window.requests + 1))
    return None


def refused(kind: ErrorType, seconds: int) -> Refused:
    """The outcome of a request that is one too many.

    Args:
        kind: the type of the error.
        seconds: how long to wait.
    """
    return Refused(type=kind, message="The rate limit of the user is reached.", retry_after=seconds)
