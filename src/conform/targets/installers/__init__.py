"""Puts SDK releases into private folders, with the package manager of each language."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from conform.core.manifest import AdapterFolder, InstallerName
from conform.targets.installers.composer import Composer
from conform.targets.installers.gem import Gem
from conform.targets.installers.go import Go
from conform.targets.installers.installer import InstalledSdk, Installer
from conform.targets.installers.maven import Maven
from conform.targets.installers.no_installer import NoInstaller
from conform.targets.installers.npm import Npm
from conform.targets.installers.nuget import NuGet
from conform.targets.installers.uv import Uv

__all__ = ["INSTALLERS", "InstalledSdk", "Installer", "installer_of"]

INSTALLERS: Final[Mapping[InstallerName, type[Installer]]] = MappingProxyType(
    {
        "composer": Composer,
        "gem": Gem,
        "go": Go,
        "maven": Maven,
        "none": NoInstaller,
        "npm": Npm,
        "nuget": NuGet,
        "uv": Uv,
    }
)
"""The installers, by the name that ``adapter.toml`` uses."""


def installer_of(adapter: AdapterFolder) -> Installer:
    """The installer of an adapter's SDK."""
    return INSTALLERS[adapter.manifest.sdk.installer](adapter)
