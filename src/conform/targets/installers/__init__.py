"""Puts SDK releases into private folders, each with its ecosystem's own tool."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from conform.core.manifest import AdapterFolder, InstallerName
from conform.targets.installers.composer import Composer
from conform.targets.installers.gem import Gem
from conform.targets.installers.go import Go
from conform.targets.installers.installer import Found, Installer
from conform.targets.installers.maven import Maven
from conform.targets.installers.nothing import Nothing
from conform.targets.installers.npm import Npm
from conform.targets.installers.nuget import NuGet
from conform.targets.installers.uv import Uv

__all__ = ["INSTALLERS", "Found", "Installer", "installer_of"]

INSTALLERS: Final[Mapping[InstallerName, type[Installer]]] = MappingProxyType(
    {
        "composer": Composer,
        "gem": Gem,
        "go": Go,
        "maven": Maven,
        "none": Nothing,
        "npm": Npm,
        "nuget": NuGet,
        "uv": Uv,
    }
)
"""Every ecosystem that the suite can install from, by the name that ``adapter.toml`` uses."""


def installer_of(adapter: AdapterFolder) -> Installer:
    """What installs the SDK of an adapter."""
    return INSTALLERS[adapter.manifest.sdk.installer](adapter)
