"""Installs nothing: for an adapter that is its own SDK, such as the reference client."""

from __future__ import annotations

from pathlib import Path

from conform.targets.installers.installer import InstalledSdk, Installer


class NoInstaller(Installer):
    """The SDK exists once, in the folder of its adapter."""

    def newest(self) -> str:
        """The empty text: there are no releases."""
        return ""

    def install(self, release: str, into: Path) -> None:  # noqa: ARG002 - the interface has them
        """Refuse any release."""
        raise self.only_one("releases")

    def checkout(self, source: Path, into: Path) -> None:  # noqa: ARG002 - the interface has them
        """Refuse any checkout."""
        raise self.only_one("checkouts")

    def installed(self) -> InstalledSdk:
        """Refuse to look in the environment."""
        raise self.only_one("installed form")
