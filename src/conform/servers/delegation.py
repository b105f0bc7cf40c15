"""Opens sessions and issues keys for others: users, sites, browsers, and devices."""

from __future__ import annotations

import secrets
from typing import Final
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit

from msgspec.structs import replace

from conform.servers import calls
from conform.servers.accounts import User
from conform.servers.calls import ApiCall, SessionCaller
from conform.servers.outcomes import Answered, Opened, Outcome, Refused
from conform.servers.records import IssuedKey, PairingKey, UsedCode
from conform.servers.variant import instant

PAIRING_SECONDS: Final = 600.0
"""How long a pairing key of ``public_hosting`` works."""


def subdomain(call: ApiCall) -> Outcome:
    """Open a session of the caller on a child site."""
    caller = calls.caller(call)
    if isinstance(caller, Refused):
        return caller
    site_id = call.accounts.child_sites.get(call.parameters["subdomain"])
    if site_id is None:
        return Refused(type="not-found/site-not-found", message="The site does not exist.")
    return calls.opened(call, caller.user, site_id=site_id)


def as_user(call: ApiCall) -> Outcome:
    """Open a session in which an administrator represents a user."""
    caller = calls.caller(call)
    if isinstance(caller, Refused):
        return caller
    if not caller.user.site_admin:
        return Refused(
            type="not-authorized/site-admin-required",
            message="Only a site administrator represents other users.",
        )
    user_id = call.parameters["user_id"]
    if not (user_id.isascii() and user_id.isdecimal()):
        return Refused(type="bad-request/user-id-invalid", message="The user id is not a number.")
    user = call.accounts.with_written_id(user_id)
    if user is None:
        return Refused(type="not-found/user-not-found", message="The user does not exist.")
    return calls.opened(call, user, impersonator_id=caller.user.id)


def trusted(call: ApiCall) -> Outcome:
    """Make a session a trusted one; it keeps its id."""
    match calls.session_of(call, call.parameters["session_id"]):
        case SessionCaller(user=user, session_id=session_id, session=session):
            session = replace(session, trusted=True)
            call.records.keep(session_id, session)
            return Opened(session_id=session_id, session=session, user=user)
        case Refused() as refused:
            return refused


def public_hosting(call: ApiCall) -> Outcome:
    """Issue a pairing key, and say where to go with it."""
    caller = calls.caller(call)
    if isinstance(caller, Refused):
        return caller
    key = secrets.token_hex(16)
    redirect = _redirect(call.parameters["return_to"], call.origin, pairing_key=key)
    if redirect is None:
        return Refused(
            type="bad-request/invalid-return-to-url",
            message="The address to return to is not one of http or https.",
        )
    ends = call.now + PAIRING_SECONDS
    call.records.keep(key, PairingKey(user_id=caller.user.id, expires_at=ends))
    return Answered({"pairing_key": key, "redirect_uri": redirect, "expires_at": instant(ends)})


def pairing_key(call: ApiCall) -> Outcome:
    """Give a device an API key for its pairing key, which then stops working."""
    key = call.parameters["key"]
    user = _paired(call, key)
    if user is None:
        return Refused(
            type="not-authenticated/invalid-or-expired-code",
            message="The pairing key does not exist, was used before, or has expired.",
        )
    api_key = secrets.token_hex(32)
    call.records.keep(api_key, IssuedKey(user_id=user.id))
    server = urlsplit(call.origin).netloc
    username = f"@api-{user.id}"
    return Answered(
        {
            "server": server,
            "username": username,
            "password": api_key,
            "nickname": f"{username} @ {server}",
        }
    )


def oauth(call: ApiCall) -> Outcome:
    """Say where a person logs in at an OAuth provider."""
    address = call.accounts.oauth_providers.get(call.parameters["provider"])
    state = call.parameters.get("state") or secrets.token_urlsafe(16)
    redirect = _redirect(address, call.origin, state=state) if address else None
    if redirect is None:
        return Refused(
            type="bad-request/invalid-oauth-provider", message="The provider is not known."
        )
    return Answered({"redirect_uri": redirect})


def _paired(call: ApiCall, key: str) -> User | None:
    """The user of a pairing key, which is used up."""
    if issued := call.records.find(PairingKey, key):
        call.records.remove(PairingKey, key)
        return call.accounts.with_id(issued.user_id)
    user = call.accounts.with_pairing_key(key)
    use = f"pairing {key}"
    if user is None or call.records.find(UsedCode, use):
        return None
    call.records.keep(use, UsedCode(user_id=user.id))
    return user


def _redirect(address: str, base: str, **parameters: str) -> str | None:
    """An address with more parameters in its query; None if it is not one of HTTP.

    Args:
        address: the address, absolute or relative.
        base: what a relative address is relative to.
        **parameters: the parameters.
    """
    try:
        parts = urlsplit(urljoin(base, address))
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return None
    query = "&".join(filter(None, (parts.query, urlencode(parameters))))
    return urlunsplit(parts._replace(query=query))
