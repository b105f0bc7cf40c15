"""Gives a package manager a home of its own, where only its settings and downloads are the user's.

An installer can run code of a package. What that writes to its home is removed with the home.
"""

from __future__ import annotations

from contextlib import suppress
import os
from pathlib import Path
from typing import Final

from msgspec import Struct

_COMMON: Final = (".netrc", ".gitconfig", ".config/git", ".git-credentials")
"""Settings of git and of HTTP clients, which every package manager may use."""


class Home(Struct, frozen=True, kw_only=True):
    """What of the user's home one package manager needs, as paths below the home."""

    settings: tuple[str, ...]
    """Files and folders that need not exist."""
    downloads: str
    """The folder of what it has downloaded, which is shared by all projects of the user."""

    def make(self, folder: Path) -> None:
        """Make the home, with links to everything that can be read."""
        folder.mkdir()
        try:
            user = Path.home().absolute()
        except RuntimeError:  # A user of a container can be without a home.
            return
        with suppress(OSError):  # A home can be missing or read-only.
            (user / self.downloads).mkdir(parents=True, exist_ok=True)
        for name in (*_COMMON, *self.settings, self.downloads):
            if os.access(user / name, os.R_OK):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).symlink_to(user / name)


COMPOSER: Final = Home(
    settings=(".composer", ".config/composer", "Library/Caches/composer"),
    downloads=".cache/composer",
)
GEM: Final = Home(settings=(".gemrc", ".config/gem", ".gem"), downloads=".cache/gem")
NPM: Final = Home(settings=(".npmrc",), downloads=".npm")
UV: Final = Home(
    settings=(
        ".config/uv",
        ".local/share/uv",
        ".config/python_keyring",
        ".local/share/python_keyring",
        "Library/Keychains",
    ),
    downloads=".cache/uv",
)
