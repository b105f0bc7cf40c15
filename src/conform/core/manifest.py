"""Reads ``adapter.toml``: everything that the suite knows about an adapter and its SDK."""

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
    """One table of the file; an unknown key is an error."""


class AdapterTable(_Table, frozen=True):
    """``[adapter]``: the adapter itself."""

    name: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]*$")]
    """The first part of the name of a target; the same as the name of the folder."""
    language: Text
    """The language as people write it, such as ``JavaScript``."""
    untried: str = ""
    """What the adapter has never been tested with, as a sentence; empty if nothing."""


class SdkTable(_Table, frozen=True):
    """``[sdk]``: the SDK of the adapter, and where its releases are."""

    package: Text
    """The name in the registry, such as ``Files.com``."""
    installer: InstallerName
    registry: str = ""
    """The name of the registry, such as ``PyPI``."""
    repository: str = ""
    """The repository of its source, such as ``Files-com/files-sdk-python``."""


class CheckoutTable(_Table, frozen=True):
    """``[checkout]``: how to recognise a checkout of the SDK."""

    contains: RelativePath
    """A file or folder that every checkout has; a folder without it is refused."""


class PagesTable(_Table, frozen=True):
    """``[pages]``: where the page of Session is, and what is special about the SDK's pages."""

    checkout: tuple[RelativePath, ...] = ()
    """Paths below a checkout; the first one that exists counts."""
    package: tuple[RelativePath, ...] = ()
    """Paths below the folder of an installed release, for packages that contain pages."""
    variant: str = ""
    """The variant that an SDK without pages is checked against, by convention."""
    title: str = ""
    """The prefix of the resource in the title of a page, such as ``FilesCom.Models.``."""
    notation: Literal["json", "python"] = "json"
    """The notation of examples: JSON, or literals of Python."""
    sign: str = ""
    """A regular expression that matches only samples of this SDK."""


class StartTable(_Table, frozen=True):
    """``[start]``: how to start the adapter's process; placeholders are filled in."""

    command: Command
    environment: dict[Text, str] = {}
    """Variables to add to the clean environment that every adapter gets."""
    inherit: tuple[Text, ...] = ()
    """Variables of the user's environment that the runtime needs."""


class BuildTable(_Table, frozen=True):
    """``[build]``: how to build a compiled adapter, once for each SDK release and adapter."""

    commands: Annotated[tuple[Command, ...], Meta(min_length=1)]
    """Run in order in ``{build}``, a private copy of the adapter's folder; it is kept."""


class NameExceptions(_Table, frozen=True):
    """``[naming.exceptions]``: names that do not follow the style, by the name in the API."""

    resource: dict[Text, Text] = {}
    operation: dict[Text, Text] = {}
    attribute: dict[Text, Text] = {}


class Naming(_Table, frozen=True):
    """``[naming]``: how the SDK spells names that are ``snake_case`` in the API."""

    resource: NamingStyle
    operation: NamingStyle
    attribute: NamingStyle
    exceptions: NameExceptions = NameExceptions()

    def spell(self, kind: NameKind, name: str) -> str:
        """The SDK's own spelling of a name such as ``site_id``."""
        exceptions: dict[str, str] = getattr(self.exceptions, kind)
        style: NamingStyle = getattr(self, kind)
        return exceptions.get(name) or _styled(name, style)


class CallTable(_Table, frozen=True):
    """``[calls."user.find"]``: how READMEs write a call that no page shows."""

    positional: tuple[Text, ...] = ()
    """The parameters that are passed by position."""
    lone_options: bool = False
    """Whether options are written alone, since the operation takes no parameters."""
    full: bool = False
    """Whether parameters and options are always written, also where they are empty."""


class GetCommands(_Table, frozen=True):
    """``[requires.get]``: commands that install a missing program, or a page that explains it."""

    any: Text
    debian: str = ""
    macos: str = ""


class Requirement(_Table, frozen=True):
    """``[[requires]]``: a program that the adapter or its installer needs."""

    program: Text
    """Its name on the PATH, or ``{python}`` for the Python that runs the suite."""
    version: tuple[Text, ...]
    """The arguments that print its version."""
    minimum: Annotated[str, Meta(pattern=r"^[0-9]+(\.[0-9]+)*$")]
    get: GetCommands


class Manifest(_Table, frozen=True):
    """One ``adapter.toml``."""

    adapter: AdapterTable
    sdk: SdkTable
    start: StartTable
    naming: Naming
    requires: Annotated[tuple[Requirement, ...], Meta(min_length=1)]
    """The first program is the runtime, ``{runtime}`` in commands."""
    checkout: CheckoutTable | None = None
    pages: PagesTable = PagesTable()
    build: BuildTable | None = None
    calls: dict[Annotated[str, Meta(pattern=r"^[a-z0-9_]+\.[a-z0-9_]+$")], CallTable] = {}

    @property
    def constructs_fully(self) -> bool:
        """Whether an object is made with options, also if they are empty."""
        return self.calls.get("session.new", CallTable()).full


class AdapterFolder(Struct, frozen=True):
    """A folder with its manifest."""

    folder: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        """The first part of the name of a target."""
        return self.manifest.adapter.name


def read(folder: Path) -> AdapterFolder:
    """The adapter in a folder.

    Raises:
        UsageError: the folder has no ``adapter.toml``, or one that is not valid.
    """
    path = folder / FILE
    try:
        manifest = msgspec.toml.decode(path.read_bytes(), type=Manifest)
    except (OSError, UnicodeDecodeError, msgspec.MsgspecError) as error:
        raise UsageError(
            f"{folder} does not contain a valid adapter.",
            why=f"{FILE}: {getattr(error, 'strerror', None) or error}",
            fix="docs/adapters.md describes the folder of an adapter.",
        ) from error
    return AdapterFolder(folder.resolve(), manifest)


@cache
def shipped() -> Mapping[str, AdapterFolder]:
    """The adapters that come with the suite, by name.

    They are read once. A program that starts threads calls this first: the interpreter crashes if
    two threads decode the first manifest at the same time.
    """
    folders = (path.parent for path in sorted(paths.adapters().glob(f"*/{FILE}")))
    return {folder.name: read(folder) for folder in folders}


def known() -> tuple[str, ...]:
    """The names of the adapters that come with the suite."""
    return tuple(shipped())


def named(name: str) -> AdapterFolder:
    """The adapter of that name that comes with the suite."""
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
