"""Shows users to callers; the read-only operations that a session is used for."""

from __future__ import annotations

from typing import Any

from conform.servers import calls
from conform.servers.accounts import User
from conform.servers.calls import ApiCall
from conform.servers.outcomes import Answered, Outcome, Refused


def find(call: ApiCall) -> Outcome:
    """Show one user: the caller, or any user to an administrator."""
    caller = calls.caller(call)
    if isinstance(caller, Refused):
        return caller
    user = call.accounts.with_written_id(call.parameters["id"])
    if user is not caller.user and not caller.user.site_admin:
        return Refused(
            type="not-authorized/site-admin-required",
            message="Only a site administrator sees other users.",
        )
    if user is None:
        return Refused(type="not-found/user-not-found", message="The user does not exist.")
    return Answered(_shown(user))


def every(call: ApiCall) -> Outcome:
    """Show all users that the caller may see."""
    caller = calls.caller(call)
    if isinstance(caller, Refused):
        return caller
    seen = call.accounts.users if caller.user.site_admin else (caller.user,)
    return Answered([_shown(user) for user in seen])


def _shown(user: User) -> dict[str, Any]:
    return {"id": user.id, "username": user.username, "email": user.email}
