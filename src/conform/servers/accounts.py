"""Knows who can log in, and what else the server is told when it starts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from hmac import compare_digest
from pathlib import Path
from typing import Annotated, Any, Final

from msgspec import Meta, Struct

from conform.core.errors import UsageError
from conform.core.yamlfile import KeyPath, YamlFile
from conform.servers import one_time

HOUR: Final = 3600.0

_FORM: Final = "docs/servers.md describes the form of the file."
_Seconds = Annotated[float, Meta(gt=0, le=1e9)]
_Text = Annotated[str, Meta(min_length=1)]
_HeaderText = Annotated[str, Meta(pattern=r"^[!-~]+$")]
_Address = Annotated[str, Meta(pattern=r"^https?://[^/?#]+")]
_Int64 = Annotated[int, Meta(ge=1, le=2**63 - 1)]


class RateLimit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many requests one user may make in a window of time."""

    requests: Annotated[int, Meta(ge=1)]
    seconds: _Seconds
    """The length of the window, which begins with its first request."""


class User(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One user, as people write it; its ``repr`` has no secret."""

    id: _Int64
    username: _Text
    password: _Text
    email: str = ""
    language: str = "en"
    site_admin: bool = False
    """Whether the user may see and represent other users."""
    api_keys: tuple[_HeaderText, ...] = ()
    totp_secret: str | None = None
    """The secret of an authenticator app, in Base32 (RFC 6238)."""
    one_time_codes: tuple[_Text, ...] = ()
    """Codes of the second factor; each of them works once."""
    reset_code: _Text | None = None
    """The code that a user who forgot the password gets; without it the password stays."""
    pairing_keys: tuple[_Text, ...] = ()
    """Keys that pair a device; each of them works once."""
    password_change_required: bool = False
    """Whether the first login must change the password."""
    idle_seconds: _Seconds | None = None
    rate_limit: RateLimit | None = None
    attributes: dict[str, Any] = {}
    """Attributes of this user's sessions; any other one has the value of the page's example."""

    def __repr__(self) -> str:
        return f"User(id={self.id})"

    @property
    def has_second_factor(self) -> bool:
        """Whether a login needs a one-time code."""
        return bool(self.totp_secret or self.one_time_codes)

    def accepted(self, code: str, now: float) -> one_time.Accepted | None:
        """What a one-time code uses up if it is right; None if it is wrong."""
        if self.totp_secret and (found := one_time.totp(self.totp_secret, code, now)):
            return found
        return one_time.listed(self.one_time_codes, code)


class Accounts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """All users, and the settings that they share: the form of a users file."""

    users: Annotated[tuple[User, ...], Meta(min_length=1)]
    idle_seconds: _Seconds = HOUR
    """Seconds after which a session that is not used ends."""
    rate_limit: RateLimit | None = None
    child_sites: dict[str, _Int64] = {}
    """The ids of the child sites, by subdomain."""
    oauth_providers: dict[str, _Address] = {}
    """The addresses where people log in, by provider."""

    def named(self, username: str) -> User | None:
        """The user with a username."""
        return self._named.get(username)

    def with_id(self, user_id: int) -> User | None:
        """The user with an id."""
        return self._with_id.get(user_id)

    def with_written_id(self, text: str) -> User | None:
        """The user with an id in decimal digits, of any length."""
        return next((user for user in self.users if str(user.id) == text), None)

    def with_email(self, email: str) -> User | None:
        """The first user with an e-mail address."""
        return next((user for user in self.users if email and user.email == email), None)

    def with_api_key(self, key: str) -> User | None:
        """The user with an API key; every key is compared, in constant time."""
        return self._owner(key, lambda user: user.api_keys)

    def with_pairing_key(self, key: str) -> User | None:
        """The user with a pairing key; every key is compared, in constant time."""
        return self._owner(key, lambda user: user.pairing_keys)

    def limit_of(self, user: User | None) -> RateLimit | None:
        """The rate limit of a user; None if there is none."""
        return (user and user.rate_limit) or self.rate_limit

    def idle_of(self, user: User) -> float:
        """Seconds after which an unused session of a user ends."""
        return user.idle_seconds or self.idle_seconds

    def problems(self) -> Iterator[tuple[KeyPath, str]]:
        """What is wrong beyond the types: each place with a sentence that shows no secret."""
        for name in ("id", "username", "reset_code", "api_keys", "pairing_keys"):
            yield from _repeated(self._values(name))
        for n, each in enumerate(self.users):
            if each.totp_secret is not None and one_time.key_of(each.totp_secret) is None:
                yield ("users", n, "totp_secret"), "A TOTP secret is letters and digits in Base32"

    def _values(self, name: str) -> Iterator[tuple[KeyPath, Any]]:
        for n, user in enumerate(self.users):
            match getattr(user, name):
                case tuple() as keys:
                    for at, key in enumerate(keys):
                        yield ("users", n, name, at), key
                case value:
                    yield ("users", n, name), value

    @cached_property
    def _named(self) -> dict[str, User]:
        return {user.username: user for user in self.users}

    @cached_property
    def _with_id(self) -> dict[int, User]:
        return {user.id: user for user in self.users}

    def _owner(self, given: str, keys_of: Callable[[User], tuple[str, ...]]) -> User | None:
        found = [
            user
            for user in self.users
            for key in keys_of(user)
            if compare_digest(key.encode(), given.encode())
        ]
        return found[0] if found else None


DEFAULT: Final = Accounts(
    users=(
        User(
            id=7,
            username="motor",
            password="vroom",
            email="motor@example.com",
            site_admin=True,
            api_keys=("45c48cce2e2d7fbdea1afc51c7c6ad26",),
            reset_code="abc123",
            pairing_keys=("d3d9446802a44259755d38e6d163e820",),
        ),
        User(id=2, username="passenger", password="vroom", email="passenger@example.com"),
    ),
    child_sites={"child_site": 2},
    oauth_providers={"okta": "https://provider.example.com/authorize"},
)
"""The synthetic users and credentials that the cases and the pages' samples use."""

AttributeProblems = Callable[[User], Iterator[tuple[str, str]]]
"""Gives each attribute of a user that the variant does not allow, with a sentence."""


def load(path: Path, attribute_problems: AttributeProblems) -> Accounts:
    """The accounts in a YAML file.

    Raises:
        UsageError: the file cannot be read, or is not valid; the error names line and column.
    """
    file = YamlFile(path, what="users file", form=_FORM, columns=True)
    accounts = file.convert(Accounts)
    for place, problem in _all_problems(accounts, attribute_problems):
        file.refuse(problem, place)
    return accounts


def verified(accounts: Accounts, attribute_problems: AttributeProblems) -> Accounts:
    """Accounts of a program, checked as those in a file are.

    Raises:
        UsageError: they are not valid.
    """
    for place, problem in _all_problems(accounts, attribute_problems):
        where = ".".join(map(str, place))
        raise UsageError("The accounts are not valid.", why=f"{where}: {problem}.", fix=_FORM)
    return accounts


def _all_problems(
    accounts: Accounts, attribute_problems: AttributeProblems
) -> Iterator[tuple[KeyPath, str]]:
    yield from accounts.problems()
    for n, user in enumerate(accounts.users):
        for name, problem in attribute_problems(user):
            yield ("users", n, "attributes", name), problem


def _repeated(values: Iterable[tuple[KeyPath, Any]]) -> Iterator[tuple[KeyPath, str]]:
    seen: set[Any] = set()
    for place, value in values:
        if value is not None and value in seen:
            yield place, "This value is already used above"
        seen.add(value)
