"""Installs nothing: for adapters that are their own SDK, such as the control."""

from __future__ import annotations

from pathlib import Path

from conform.targets.installers.installer import Found, Installer


class Nothing(Installer):
    """There is one state of it, the one in the adapter's folder."""

    def newest(self) -> str:
        """No release: the adapter's folder is all there is."""
        return ""

    def install(self, release: str, into: Path) -> None:  # noqa: ARG002 - an installer's shape
        """Refuse a named release."""
        raise self.only_one("releases")

    def checkout(self, source: Path, into: Path) -> None:  # noqa: ARG002 - an installer's shape
        """Refuse a checkout."""
        raise self.only_one("checkouts")

    def installed(self) -> Found:
        """Refuse to look anywhere else."""
        raise self.only_one("state of the environment")
