"""Reads ``adapter.toml``: all that the suite has to know about an adapter and its SDK."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from conform.core import paths
from conform.core.errors import UsageError

FILE: Final = "adapter.toml"

Text = Annotated[str, Meta(min_length=1)]
RelativePath = Annotated[str, Meta(pattern=r"^[^/\\].*$")]
Command = Annotated[tuple[Text, ...], Meta(min_length=1)]
NamingStyle = Literal["snake", "camel", "pascal"]
NameKind = Literal["resource", "operation", "attribute"]
InstallerName = Literal["uv", "npm", "gem", "composer", "nuget", "go", "maven", "none"]


class _Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of the file; a key that is not listed here is an error."""


class AdapterTable(_Table, frozen=True):
    """``[adapter]``: the adapter itself."""

    name: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]*$")]
    """As it is typed in the name of a target; the same as its folder's name."""
    language: Text
    """As people write it, such as ``JavaScript``."""
    untried: str = ""
    """What the adapter has not been tried with, as a sentence; empty where there is nothing."""


class SdkTable(_Table, frozen=True):
    """``[sdk]``: the SDK that the adapter drives, and where its releases are."""

    package: Text
    """As the registry spells it, such as ``Files.com``."""
    installer: InstallerName
    registry: str = ""
    """As people call it, such as ``PyPI``."""
    repository: str = ""
    """Where its source is, such as ``Files-com/files-sdk-python``."""


class CheckoutTable(_Table, frozen=True):
    """``[checkout]``: what a folder with the SDK's source looks like."""

    contains: RelativePath
    """A file or folder that every checkout has; without it a folder is refused."""


class PagesTable(_Table, frozen=True):
    """``[pages]``: where the page of Session is found, tried in order."""

    checkout: tuple[RelativePath, ...] = ()
    """Below a checkout."""
    package: tuple[RelativePath, ...] = ()
    """Below the folder that the SDK was installed into, for packages that carry pages."""
    variant: str = ""
    """The documented variant that an SDK without pages is checked against, by convention."""
    title: str = ""
    """What stands before the resource in a page's title, such as ``FilesCom.Models.``."""
    notation: Literal["json", "python"] = "json"
    """How examples are written: as JSON, or as Python's literals."""
    sign: str = ""
    """A regular expression that only samples of this SDK match."""


class StartTable(_Table, frozen=True):
    """``[start]``: how the adapter's process is started; placeholders are filled in."""

    command: Command
    environment: dict[Text, str] = {}
    """Variables beside the clean environment that every adapter gets."""
    inherit: tuple[Text, ...] = ()
    """Variables of the user's own environment that the runtime cannot do without."""


class BuildTable(_Table, frozen=True):
    """``[build]``: how a compiled adapter is built, once for each SDK release and adapter."""

    commands: Annotated[tuple[Command, ...], Meta(min_length=1)]
    """Run in order in ``{build}``, a private copy of the adapter's folder that is kept."""


class Exceptions(_Table, frozen=True):
    """``[naming.exceptions]``: names that do not follow the style, by the name on the wire."""

    resource: dict[Text, Text] = {}
    operation: dict[Text, Text] = {}
    attribute: dict[Text, Text] = {}


class Naming(_Table, frozen=True):
    """``[naming]``: how the SDK spells what travels as ``snake_case``."""

    resource: NamingStyle
    operation: NamingStyle
    attribute: NamingStyle
    exceptions: Exceptions = Exceptions()

    def spell(self, kind: NameKind, name: str) -> str:
        """The SDK's own spelling of a name such as ``site_id``."""
        exceptions: dict[str, str] = getattr(self.exceptions, kind)
        style: NamingStyle = getattr(self, kind)
        return exceptions.get(name) or _styled(name, style)


class Get(_Table, frozen=True):
    """``[requires.get]``: the commands, or the page, that get a missing program."""

    any: Text
    debian: str = ""
    macos: str = ""


class Requirement(_Table, frozen=True):
    """``[[requires]]``: a program that the adapter or its installer cannot do without."""

    program: Text
    """Its name on the PATH, or ``{python}`` for the Python that runs the suite."""
    version: tuple[Text, ...]
    """The arguments that make it print its version."""
    minimum: Annotated[str, Meta(pattern=r"^[0-9]+(\.[0-9]+)*$")]
    get: Get


class Manifest(_Table, frozen=True):
    """One ``adapter.toml``."""

    adapter: AdapterTable
    sdk: SdkTable
    start: StartTable
    naming: Naming
    requires: Annotated[tuple[Requirement, ...], Meta(min_length=1)]
    """The first one is the runtime, ``{runtime}`` in commands."""
    checkout: Source | None = None
    pages: Pages = Pages()
    build: Build | None = None


class AdapterFolder(Struct, frozen=True):
    """A folder with its manifest."""

    folder: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        """As it is typed in the name of a target."""
        return self.manifest.adapter.name


def read(folder: Path) -> AdapterFolder:
    """The adapter in a folder.

    Raises:
        UsageError: the folder has no ``adapter.toml``, or one that cannot be understood.
    """
    path = folder / FILE
    try:
        manifest = msgspec.toml.decode(path.read_bytes(), type=Manifest)
    except (OSError, UnicodeDecodeError, msgspec.MsgspecError) as error:
        raise UsageError(
            f"{folder} holds no adapter that can be used.",
            why=f"{FILE}: {getattr(error, 'strerror', None) or error}",
            fix="docs/adapters.md says what an adapter's folder holds.",
        ) from error
    return AdapterFolder(folder.resolve(), manifest)


@cache
def shipped() -> Mapping[str, AdapterFolder]:
    """The adapters that come with the suite, by name.

    They are read once, by whoever starts threads before it does so: two threads that decode the
    first manifest together crash the interpreter.
    """
    folders = (path.parent for path in sorted(paths.adapters().glob(f"*/{FILE}")))
    return {folder.name: read(folder) for folder in folders}


def known() -> tuple[str, ...]:
    """The names of the SDKs that have an adapter here."""
    return tuple(shipped())


def named(name: str) -> AdapterFolder:
    """The adapter of that name among those that come with the suite."""
    return shipped()[name]


def _styled(name: str, style: NamingStyle) -> str:
    first, *others = name.split("_")
    rest = "".join(word[:1].upper() + word[1:] for word in others)
    match style:
        case "snake":
            return name
        case "camel":
            return first + rest
        case "pascal":
            return first[:1].upper() + first[1:] + rest
