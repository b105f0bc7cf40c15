"""Installs nothing: for an adapter that is its own SDK, such as the reference client."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from conform.targets.commands import Finished
from conform.targets.installers.installer import InstalledSdk, Installer
from conform.targets.installers.phrases import Phrases


class NoInstaller(Installer):
    """The SDK exists once, in the folder of its adapter."""

    tool = usual_host = ""
    phrases = Phrases()

    def newest(self) -> str:
        """The empty text: there are no releases."""
        return ""

    def install(self, release: str, into: Path) -> None:  # noqa: ARG002 - the interface has them
        """Refuse any release."""
        raise self.only_one("releases")

    def checkout(self, source: Path, into: Path) -> None:  # noqa: ARG002 - the interface has them
        """Refuse any checkout."""
        raise self.only_one("checkouts")

    def registries(self, finished: Finished) -> Iterable[str]:  # noqa: ARG002 - the same
        """None."""
        return ()

    def installed(self) -> InstalledSdk:
        """Refuse to look in the environment."""
        raise self.only_one("installed form")
