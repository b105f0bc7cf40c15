"""Defines what every installer does, and the errors that installers share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
import os
from pathlib import Path
from typing import ClassVar, Final

from msgspec import Struct

from conform.core.errors import TargetUnavailableError, UsageError
from conform.core.manifest import AdapterFolder
from conform.targets.commands import Finished
from conform.targets.installers.phrases import Phrases, Trouble, registry_name

SUBSTITUTES: Final = "substitutes.txt"
"""A file beside an installed SDK: what is there instead of what the SDK requires, as a sentence."""
ALLOW_SUBSTITUTES: Final = "CONFORM_ALLOW_SUBSTITUTES"
"""The variable that allows packages that an SDK does not require, if it is ``1``."""


def allows_substitutes() -> bool:
    """Whether an SDK may be tested with other packages than it requires."""
    return os.environ.get(ALLOW_SUBSTITUTES) == "1"


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

    tool: ClassVar[str]
    """The name of the package manager, for messages."""
    phrases: ClassVar[Phrases]
    """How it words its errors."""
    usual_host: ClassVar[str]
    """The host that it asks when the user has set no other one."""

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

    @property
    def known_as(self) -> str:
        """The package as the tool spells it."""
        return self.sdk.package

    @abstractmethod
    def registries(self, finished: Finished) -> Iterable[str]:
        """The addresses that a command asked, as the user has set them."""

    def failed(
        self, finished: Finished, release: str = "", into: Path | None = None
    ) -> TargetUnavailableError:
        """The error for a release, or for the newest one, that cannot be had."""
        named = f"{self.sdk.package} {release}".strip()
        quoted = self.phrases.quoted(finished, [into] if into else [])
        other = f"Name another release, or {self.adapter.name} for the newest one."
        match self._trouble(finished, release):
            case Trouble.NO_RELEASE if release:
                what = f"{named} is not on {self._asked(finished)}."
                return TargetUnavailableError(what, why=quoted, fix=other)
            case Trouble.NO_RELEASE | Trouble.NO_PACKAGE:
                return TargetUnavailableError(
                    f"{self.sdk.package} is not on {self._asked(finished)}.",
                    why=quoted,
                    fix=f"Set {self.tool} to a registry that has it, "
                    f"or name a checkout: {self.adapter.name}@PATH.",
                )
            case Trouble.OTHER:
                what = f"{named} cannot be installed here."
                fix = other if release else "Name another release."
                return TargetUnavailableError(what, why=quoted, fix=fix)
            case trouble:
                return self._no_registry(trouble, finished, quoted)

    def checkout_failed(
        self, finished: Finished, source: Path, what: str = "cannot be installed here"
    ) -> TargetUnavailableError:
        """The error for a checkout that cannot be built or lacks its dependencies."""
        quoted = self.phrases.quoted(finished, [source])
        match self._trouble(finished):
            case (Trouble.NO_ACCESS | Trouble.NO_ANSWER) as trouble:
                return self._no_registry(trouble, finished, quoted)
            case _:
                return TargetUnavailableError(
                    f"The checkout of {self.sdk.package} {what}.",
                    why=quoted,
                    fix="Correct this in the checkout, or name a release.",
                )

    def _no_registry(
        self, trouble: Trouble, finished: Finished, quoted: str
    ) -> TargetUnavailableError:
        if trouble is Trouble.NO_ACCESS:
            return TargetUnavailableError(
                f"{self._asked(finished)} refuses access.",
                why=quoted,
                fix=f"Give {self.tool} valid credentials in its own settings, "
                "then run the command again.",
            )
        return TargetUnavailableError(
            f"{self._asked(finished)} cannot be reached.",
            why=quoted,
            fix=f"Check the network and the settings of {self.tool}, then run the command again.",
        )

    def _trouble(self, finished: Finished, release: str = "") -> Trouble:
        return self.phrases.trouble(finished, self.known_as, release)

    def _asked(self, finished: Finished) -> str:
        """The names of the registries that a command asked."""
        return " or ".join(dict.fromkeys(self._names(finished))) or self.sdk.registry

    def _names(self, finished: Finished) -> Iterator[str]:
        for url in self.registries(finished):
            yield registry_name(url, self.usual_host, self.sdk.registry)

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
