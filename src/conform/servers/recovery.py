"""Lets a user who forgot the password choose a new one."""

from __future__ import annotations

from typing import Final

from conform.servers import login
from conform.servers.accounts import HOUR, User
from conform.servers.calls import ApiCall
from conform.servers.outcomes import Answered, Outcome, Refused
from conform.servers.records import ResetCode

_INVALID: Final = Refused(
    type="not-authenticated/invalid-or-expired-code",
    message="The code does not exist, or has expired.",
)


def forgot(call: ApiCall) -> Outcome:
    """Send a user the code; the answer does not show whether the user exists."""
    match call.parameters:
        case {"username": name} if name:
            user = call.accounts.named(name)
        case {"email": name} if name:
            user = call.accounts.with_email(name)
        case {"username_or_email": name} if name:
            user = call.accounts.named(name) or call.accounts.with_email(name)
        case _:
            return Refused(
                type="bad-request/request-params-required",
                message="Name the user: send username or email.",
            )
    if user is not None and user.reset_code is not None:
        call.records.keep(user.reset_code, ResetCode(user_id=user.id, expires_at=call.now + HOUR))
    return Answered()


def validate(call: ApiCall) -> Outcome:
    """Say whether a code works; it still works afterwards."""
    return Answered() if _owner(call) else _INVALID


def reset(call: ApiCall) -> Outcome:
    """Choose a new password with a code, which then stops working."""
    user = _owner(call)
    if user is None:
        return _INVALID
    password, confirmation = call.parameters["password"], call.parameters.get("confirm_password")
    refused = login.mismatch(password, confirmation) or login.second_factor(call, user)
    if refused is not None:
        return refused
    login.change_password(call, user, password)
    call.records.remove(ResetCode, call.parameters["code"])
    return Answered()


def _owner(call: ApiCall) -> User | None:
    code = call.records.find(ResetCode, call.parameters["code"])
    return call.accounts.with_id(code.user_id) if code else None
