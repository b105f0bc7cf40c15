"""The function of each operation, by its name in the tables of endpoints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from conform.servers import delegation, login, recovery, users
from conform.servers.calls import ApiCall
from conform.servers.outcomes import Outcome

OPERATIONS: Final[dict[str, Callable[[ApiCall], Outcome]]] = {
    login.CREATE: login.create,
    "session.delete": login.delete,
    "session.forgot": recovery.forgot,
    "session.forgot_validate": recovery.validate,
    "session.forgot_reset": recovery.reset,
    "session.pairing_key": delegation.pairing_key,
    "session.oauth": delegation.oauth,
    "session.subdomain": delegation.subdomain,
    "session.as_user": delegation.as_user,
    "session.trusted": delegation.trusted,
    "session.public_hosting": delegation.public_hosting,
    "user.find": users.find,
    "user.list": users.every,
}
