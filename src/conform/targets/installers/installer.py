"""What every ecosystem's installer can do, and the sentences they share when they cannot."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path

from msgspec import Struct

from conform.core.errors import TargetUnavailableError, UsageError
from conform.core.manifest import AdapterFolder
from conform.targets.commands import Ran


class Found(Struct, frozen=True):
    """An SDK that the current environment has."""

    release: str
    folder: Path
    """What ``{sdk}`` stands for, as after :meth:`Installer.install`."""


class Installer(ABC):
    """One ecosystem's own tool, asked for one SDK.

    Every method raises ``TargetUnavailableError`` with the tool's own reason in ``why``. Nothing
    is ever written outside the folder that a method is given and the tool's own cache.

    Args:
        adapter: whose SDK it is.
    """

    def __init__(self, adapter: AdapterFolder) -> None:
        self.adapter = adapter
        self.sdk = adapter.manifest.sdk

    @abstractmethod
    def newest(self) -> str:
        """The newest release that can be installed here, asked of the registry each time.

        The empty text says that there are no releases: the SDK is what is in the adapter's folder.
        """

    @abstractmethod
    def install(self, release: str, into: Path) -> None:
        """Put a release with all that it depends on into an empty folder.

        The folder is renamed when this returns: what is put there must not hold its path.
        """

    @abstractmethod
    def checkout(self, source: Path, into: Path) -> None:
        """Put the SDK whose source is in a folder, with its dependencies, into an empty folder.

        ``source`` is a private copy of the checkout: it may be built in.
        """

    @abstractmethod
    def installed(self) -> Found:
        """The SDK that the current environment has."""

    def no_such_release(self, release: str, ran: Ran) -> TargetUnavailableError:
        """The registry answered, and has no such release."""
        return TargetUnavailableError(
            f"{self.sdk.package} {release} is not on {self.sdk.registry}.",
            why=ran.reason,
            fix=f"Name another release, or {self.adapter.name} for the newest one.",
        )

    def no_registry(self, ran: Ran) -> TargetUnavailableError:
        """The registry did not answer."""
        return TargetUnavailableError(
            f"{self.sdk.registry} cannot be reached.",
            why=ran.reason,
            fix="Check the network and the settings of the registry, then run the command again.",
        )

    def not_installed(self, what: str, ran: Ran) -> TargetUnavailableError:
        """The tool could not install what there is."""
        return TargetUnavailableError(
            f"{what} cannot be installed here.",
            why=ran.reason,
            fix=f"Name another release, or {self.adapter.name} for the newest that can be had.",
        )

    def not_here(self, where: str, why: str = "") -> TargetUnavailableError:
        """The current environment has no such SDK."""
        return TargetUnavailableError(
            f"{self.sdk.package} is not installed in {where}.",
            why=why,
            fix=f"Install it there, or name {self.adapter.name} to have it installed privately.",
        )

    def only_one(self, what: str) -> UsageError:
        """The target has no such form."""
        return UsageError(
            f"{self.adapter.name} has no {what}.",
            why=f"{self.adapter.name} is not installed from anywhere: there is only one of it.",
            fix=f"Name it as {self.adapter.name}.",
        )
