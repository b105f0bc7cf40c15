"""Finds secrets and masks them, however they are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, AnyStr, Final

from msgspec import Struct, structs

from conform.core.encodings import pattern
from conform.core.observations import Observation

MASK: Final = "[redacted]"
SECRET_NAMES: Final = frozenset(
    {
        "api_key",
        "aws_secret_key",
        "change_password",
        "change_password_confirmation",
        "code",
        "confirm_password",
        "key",
        "login_token",
        "oauth_code",
        "oauth_state",
        "otp",
        "partial_session_id",
        "password",
        "session",
        "session_id",
        "state",
    }
)
"""Parameters and attributes whose values are secrets, on any page."""

_SHORTEST: Final = 4
"""The length from which a secret is also found inside of words."""

Span = tuple[int, int]
"""Where a part of a text begins and ends."""


class Secret(Struct, frozen=True):
    """A value that must not be shown, and is not part of its own ``repr``."""

    text: str

    def __repr__(self) -> str:
        return f"{type(self).__name__}({MASK})"

    def found_in(self, text: str) -> Span | None:
        """Where a text has the secret first, in any spelling; None if it does not have it.

        An empty secret is nowhere.
        """
        return next(self.spans(text), None)

    def spans(self, text: str) -> Iterator[Span]:
        """Every place where a text has the secret; places can overlap.

        A very short secret counts only where it is not a part of a word.
        """
        at = 0
        while self.text and (found := pattern(self.text).search(text, at)):
            if len(self.text) >= _SHORTEST or _stands_alone(text, found.span()):
                yield found.span()
            at = found.start() + 1


def _stands_alone(text: str, span: Span) -> bool:
    first, last = span
    before, after = text[max(0, first - 1) : first], text[last : last + 1]
    return not (before.isalnum() or after.isalnum())


def masked(text: AnyStr, secrets: Iterable[Secret]) -> AnyStr:
    """A text, or bytes, with every spelling of every secret masked."""
    if isinstance(text, bytes):
        return masked(text.decode("latin-1"), secrets).encode("latin-1")
    shown: list[str] = []
    end = 0
    for first, last in sorted(span for secret in secrets for span in secret.spans(text)):
        if first >= end:
            shown += [text[end:first], MASK]
        end = max(end, last)
    return "".join((*shown, text[end:]))


def redacted(observation: Observation, secrets: Iterable[Secret]) -> Observation:
    """The observation with every secret masked, in the names of its values, too."""
    masked_observation: Observation = _redacted(observation, tuple(secrets))
    return masked_observation


def _redacted(value: Any, secrets: tuple[Secret, ...]) -> Any:
    match value:
        case str():
            return masked(value, secrets)
        case bytes():
            return masked(value, secrets)
        case tuple():
            return tuple(_redacted(each, secrets) for each in value)
        case dict():
            return {
                _redacted(name, secrets): _redacted(each, secrets) for name, each in value.items()
            }
        case Struct():
            fields = structs.asdict(value).items()
            return structs.replace(
                value, **{name: _redacted(each, secrets) for name, each in fields}
            )
        case _:
            return value
