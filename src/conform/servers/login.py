"""Logs in, in one step or in two, and logs out."""

from __future__ import annotations

from hmac import compare_digest
import secrets
from typing import Any, Final

from conform.servers import calls, limits
from conform.servers.accounts import User
from conform.servers.calls import ApiCall, KeyCaller, SessionCaller
from conform.servers.outcomes import Answered, Outcome, Refused
from conform.servers.records import ChangedPassword, OpenSession, PartialSession, UsedCode

CREATE: Final = "session.create"
PARTIAL_SECONDS: Final = 600.0
"""How long a login waits for its second step."""
ATTEMPTS: Final = 5
"""How many codes the second step of one login may try."""

_WRONG: Final = Refused(
    type="not-authenticated/invalid-username-or-password",
    message="The username or the password is wrong.",
)
_WRONG_CODE: Final = Refused(
    type="not-authenticated/one-time-password-incorrect",
    message="The one-time code is wrong, or was used before.",
)


def create(call: ApiCall) -> Outcome:
    """Log in."""
    if call.api_key is not None:
        return Refused(
            type="not-authorized/cannot-login-while-using-key",
            message="A login is sent without an API key.",
        )
    match call.parameters:
        case {"partial_session_id": partial} if partial:
            return _second_step(call, partial)
        case {"username": username, "password": password}:
            return _first_step(call, username, password)
        case {"oauth_provider": _}:
            return Refused(
                type="not-authenticated/invalid-oauth",
                message="No provider confirms the OAuth code.",
            )
        case _:
            return Refused(
                type="bad-request/request-params-required",
                message="A login needs username and password, or partial_session_id and otp.",
            )


def delete(call: ApiCall) -> Outcome:
    """Log out."""
    match calls.caller(call):
        case SessionCaller(session_id=session_id):
            call.records.remove(OpenSession, session_id)
            return Answered()
        case KeyCaller():
            return Refused(
                type="not-authenticated/api-key-sessions-not-supported",
                message="An API key has no session that could end.",
            )
        case Refused() as refused:
            return refused


def second_factor(call: ApiCall, user: User) -> Refused | None:
    """Check the one-time code of a call, and use it up; None if it is right or none is needed."""
    code = call.parameters.get("otp")
    if not user.has_second_factor:
        return None
    if not code:
        return _code_needed(None)
    accepted = user.accepted(code, call.now)
    if accepted is None:
        return _WRONG_CODE
    use = f"{user.id} {accepted.use}"
    if call.records.find(UsedCode, use):
        return _WRONG_CODE
    call.records.keep(use, UsedCode(user_id=user.id, expires_at=accepted.until))
    return None


def mismatch(password: str, confirmation: str | None) -> Refused | None:
    """What to say about a new password and its confirmation; None if they agree."""
    if confirmation is None or _same(password, confirmation):
        return None
    return Refused(
        type="processing-failure/failed-to-change-password",
        message="The password and its confirmation differ.",
    )


def change_password(call: ApiCall, user: User, password: str) -> None:
    """Change a password, and end all sessions of its user."""
    call.records.keep(str(user.id), ChangedPassword.of(user.id, password))
    call.records.remove_of_user(OpenSession, user.id)
    call.records.remove_of_user(PartialSession, user.id)


def _first_step(call: ApiCall, username: str, password: str) -> Outcome:
    user = call.accounts.named(username)
    if user is None:
        # As slow as for a user who exists.
        _same(password, secrets.token_hex())
        return _WRONG
    over = limits.spend(call.accounts, call.records, user, call.now)
    if over is not None:
        return limits.refused("rate-limited/too-many-login-attempts", over)
    if not _is_password(call, user, password):
        return _WRONG
    if user.has_second_factor and not call.parameters.get("otp"):
        return _code_needed(_partial(call, user))
    return second_factor(call, user) or _enter(call, user)


def _second_step(call: ApiCall, partial_id: str) -> Outcome:
    partial = call.records.find(PartialSession, partial_id)
    user = call.accounts.with_id(partial.user_id) if partial else None
    if partial is None or user is None:
        return Refused(
            type="not-authenticated/invalid-session",
            message="The partial session does not exist, or has ended.",
        )
    refused = second_factor(call, user)
    if refused is None or partial.attempts == 1:
        call.records.remove(PartialSession, partial_id)
    else:
        call.records.keep(partial_id, partial.after_attempt())
    return refused or _enter(call, user)


def _enter(call: ApiCall, user: User) -> Outcome:
    """Open the session of a user whose credentials are right, and change the password if asked."""
    new_password = call.parameters.get("change_password")
    is_required = user.password_change_required and not call.records.find(
        ChangedPassword, str(user.id)
    )
    match new_password, is_required:
        case str(), False:
            return Refused(
                type="not-authorized/password-change-not-required",
                message="The password need not be changed.",
            )
        case None | "", True:
            return Refused(
                type="not-authorized/password-change-required",
                message="The password must be changed with this login: send change_password.",
            )
        case str(), True:
            confirmation = call.parameters.get("change_password_confirmation", "")
            if refused := mismatch(new_password, confirmation):
                return refused
            change_password(call, user, new_password)
    return calls.opened(call, user)


def _partial(call: ApiCall, user: User) -> dict[str, Any] | None:
    """A new partial session as the data of an error; None if the variant documents none."""
    if not call.variant.documents(CREATE, "partial_session_id"):
        return None
    partial_id = secrets.token_hex(16)
    call.records.keep(
        partial_id,
        PartialSession(user_id=user.id, expires_at=call.now + PARTIAL_SECONDS, attempts=ATTEMPTS),
    )
    return {"partial_session_id": partial_id}


def _code_needed(data: dict[str, Any] | None) -> Refused:
    return Refused(
        type="not-authenticated/two-factor-authentication-error",
        message="The user has a second factor: send a one-time code as otp.",
        data=data,
    )


def _is_password(call: ApiCall, user: User, password: str) -> bool:
    if new := call.records.find(ChangedPassword, str(user.id)):
        return new.matches(password)
    return _same(password, user.password)


def _same(left: str, right: str) -> bool:
    return compare_digest(left.encode(), right.encode())
