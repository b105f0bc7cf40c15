"""How a package manager words its errors, and what a user needs of what it printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path
import re
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

from conform.targets.commands import Finished

_MOST_LINES: Final = 5
_LONGEST_LINE: Final = 400
_NEVER: Final = r"(?!)"
_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_CREDENTIALS: Final = re.compile(r"(?<=://)[^/\s@]+@")


class Trouble(Enum):
    """What an error of a package manager is about."""

    NO_ACCESS = "the registry asks for credentials"
    NO_ANSWER = "the registry does not answer"
    NO_PACKAGE = "the registry does not have the package"
    NO_RELEASE = "the registry does not have this release of the package"
    OTHER = "anything else"


class Phrases(Struct, frozen=True, kw_only=True):
    """Regular expressions that recognise the errors of one package manager.

    ``{package}`` and ``{release}`` stand for those that were asked for.
    """

    no_access: str = _NEVER
    no_answer: str = _NEVER
    no_package: str = _NEVER
    no_release: str = _NEVER
    noise: str = _NEVER
    """What a line matches from its start that says nothing about the error."""
    ornament: str = _NEVER
    """What stands before the text of a line."""

    def trouble(self, finished: Finished, package: str, release: str) -> Trouble:
        """What the error of a command is about."""
        # A tool may break its lines to fit a terminal.
        printed = " ".join(f"{finished.stderr}\n{finished.stdout}".split())
        names = {"package": re.escape(package), "release": re.escape(release)}
        for phrase, trouble in (
            (self.no_access, Trouble.NO_ACCESS),
            (self.no_answer, Trouble.NO_ANSWER),
            (self.no_package, Trouble.NO_PACKAGE),
            (self.no_release, Trouble.NO_RELEASE),
        ):
            if re.search(_filled(phrase, names), printed):
                return trouble
        return Trouble.OTHER

    def quoted(self, finished: Finished, private: Iterable[Path] = ()) -> str:
        """The first lines about the error, without the paths of private folders."""
        printed = finished.stderr if finished.stderr.strip() else finished.stdout
        text = without_credentials(_COLOUR.sub("", printed))
        for folder in private:
            text = text.replace(f"{folder}/", "").replace(str(folder), ".")
        lines = list(dict.fromkeys(self._said(text)))
        more = [f"… and {len(lines) - _MOST_LINES} more lines"] if lines[_MOST_LINES:] else []
        said = "\n".join([*lines[:_MOST_LINES], *more])
        return said or f"It ended with exit code {finished.exit_code}."

    def _said(self, text: str) -> Iterator[str]:
        for line in text.splitlines():
            bare = re.sub(rf"^(?:{self.ornament})+", "", line).strip()
            if bare and not re.match(self.noise, bare):
                yield bare if len(bare) <= _LONGEST_LINE else f"{bare[: _LONGEST_LINE - 1]}…"


def without_credentials(text: str) -> str:
    """A text whose addresses have no user and no password."""
    return _CREDENTIALS.sub("", text)


def registry_name(url: str, usual: str, name: str) -> str:
    """What a registry is called: its name if it is the usual one of its language, else its URL."""
    return name if urlsplit(url).hostname == usual else without_credentials(url).rstrip("/")


def _filled(phrase: str, names: dict[str, str]) -> str:
    for name, value in names.items():
        phrase = phrase.replace(f"{{{name}}}", value)
    return phrase
