"""A variant and accounts come in; a real server of the documented API goes out."""

from conform.servers.accounts import Accounts, RateLimit, User
from conform.servers.app import reference_app
from conform.servers.running import ListenAt, RunningServer, running, serving
from conform.servers.variant import ServedVariant

__all__ = [
    "Accounts",
    "ListenAt",
    "RateLimit",
    "RunningServer",
    "ServedVariant",
    "User",
    "reference_app",
    "running",
    "serving",
]
