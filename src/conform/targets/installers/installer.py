"""Defines what every installer does, and the errors that installers share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path

from msgspec import Struct

from conform.core.errors import TargetUnavailableError, UsageError
from conform.core.manifest import AdapterFolder
from conform.targets.commands import Finished


class InstalledSdk(Struct, frozen=True):
    """An SDK in the current environment."""

    release: str
    folder: Path
    """The value of ``{sdk}``, as after :meth:`Installer.install`."""


class Installer(ABC):
    """The package manager of one language, used for one SDK.

    Every method raises ``TargetUnavailableError`` with the tool's own reason in ``why``. A method
    writes only to the folder that it is given and to the tool's own cache.

    Args:
        adapter: the adapter of the SDK.
    """

    def __init__(self, adapter: AdapterFolder) -> None:
        self.adapter = adapter
        self.sdk = adapter.manifest.sdk

    @abstractmethod
    def newest(self) -> str:
        """The newest release that can be installed here; the registry is asked each time.

        The empty text means that there are no releases: the SDK is in the folder of the adapter.
        """

    @abstractmethod
    def install(self, release: str, into: Path) -> None:
        """Put a release with all its dependencies into an empty folder.

        The folder is renamed later, so its files must not contain its path.
        """

    @abstractmethod
    def checkout(self, source: Path, into: Path) -> None:
        """Put the SDK from a folder of source, with its dependencies, into an empty folder.

        ``source`` is a private copy of the checkout, so a build may write there.
        """

    @abstractmethod
    def installed(self) -> InstalledSdk:
        """The SDK in the current environment."""

    def no_such_release(self, release: str, finished: Finished) -> TargetUnavailableError:
        """The registry answered that it has no such release."""
        return TargetUnavailableError(
            f"{self.sdk.package} {release} is not on {self.sdk.registry}.",
            why=finished.reason,
            fix=f"Name another release, or {self.adapter.name} for the newest one.",
        )

    def no_registry(self, finished: Finished) -> TargetUnavailableError:
        """The registry did not answer."""
        return TargetUnavailableError(
            f"{self.sdk.registry} cannot be reached.",
            why=finished.reason,
            fix="Check the network and the settings of the registry, then run the command again.",
        )

    def not_installed(self, what: str, finished: Finished) -> TargetUnavailableError:
        """The tool failed to install something that exists."""
        return TargetUnavailableError(
            f"{what} cannot be installed here.",
            why=finished.reason,
            fix=f"Name another release, or {self.adapter.name} for the newest available one.",
        )

    def not_in_environment(self, where: str, why: str = "") -> TargetUnavailableError:
        """The current environment does not have the SDK."""
        return TargetUnavailableError(
            f"{self.sdk.package} is not installed in {where}.",
            why=why,
            fix=f"Install it there, or name {self.adapter.name} to install it privately.",
        )

    def only_one(self, what: str) -> UsageError:
        """The target does not exist in this form."""
        return UsageError(
            f"{self.adapter.name} has no {what}.",
            why=f"{self.adapter.name} is part of the suite and exists only once.",
            fix=f"Name it as {self.adapter.name}.",
        )
