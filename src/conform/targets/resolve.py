"""Turns the name of a target into a target that can be started."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
import platform
import sys
import tempfile

import msgspec
from msgspec import Struct
from packaging.version import InvalidVersion, Version

from conform.core import manifest
from conform.core.errors import TargetUnavailableError, UsageError
from conform.core.manifest import AdapterFolder, BuildTable, Manifest
from conform.targets import cache
from conform.targets.commands import run
from conform.targets.installers import Installer, installer_of
from conform.targets.launch import Launch, Places
from conform.targets.names import Checkout, Installed, Newest, Release, SdkName
from conform.targets.requirements import Present, look_for_all


class Target(Struct, frozen=True, kw_only=True):
    """An SDK that is in place, and how its adapter is started."""

    name: str
    """What it is, wherever it is: ``python==2.0.4``, ``python@sha256:0123456789ab``."""
    manifest: Manifest
    release: str | None
    """Absent where only the SDK itself can say, as for a checkout."""
    launch: Launch
    page: Path | None = None
    """The page of Session that came with it."""


def resolve(name: SdkName) -> Target:
    """The target of a name, installed and built where that is needed.

    Raises:
        UsageError: the name is of something that does not exist.
        TargetUnavailableError: it exists and cannot be had here.
    """
    return resolve_with(manifest.named(name.sdk), name)


def resolve_with(adapter: AdapterFolder, name: SdkName) -> Target:
    """As :func:`resolve`, with an adapter that lies anywhere."""
    programs = look_for_all(adapter.manifest.adapter.language, adapter.manifest.requires)
    place = _Place(adapter, programs)
    match name.which:
        case Newest():
            release = _newest(adapter, place.installer)
            return place.released(release)
        case Release(version):
            return place.released(version)
        case Checkout(path):
            return place.checked_out(path)
        case Installed():
            return place.installed()


def _newest(adapter: AdapterFolder, installer: Installer) -> str:
    try:
        return installer.newest()
    except TargetUnavailableError as error:
        here = in_order(cache.releases(adapter.name))
        if not here:
            raise
        raise TargetUnavailableError(
            error.what,
            why=error.why,
            fix=f"{here[-1]} is installed here: name {adapter.name}=={here[-1]} to test that.",
        ) from error


def in_order(releases: Iterable[str]) -> tuple[str, ...]:
    """Releases, the oldest first."""
    return tuple(sorted(releases, key=_order))


def _order(release: str) -> tuple[Version, str]:
    try:
        return Version(release), release
    except InvalidVersion:
        return Version("0"), release


class _Place:
    """Puts one SDK in place for one adapter."""

    def __init__(self, adapter: AdapterFolder, programs: tuple[Present, ...]) -> None:
        self.adapter = adapter
        self.manifest = adapter.manifest
        self.programs = programs
        self.installer = installer_of(adapter)

    def released(self, release: str) -> Target:
        if not release:
            return self._target(self.adapter.name, None, self.adapter.folder, None)
        sdk = self._installed_once(
            "releases", release, make=lambda into: self.installer.install(release, into)
        )
        page = _page(sdk, self.manifest.pages.package)
        return self._target(f"{self.adapter.name}=={release}", release, sdk, page)

    def checked_out(self, path: Path) -> Target:
        folder = self._checkout(path)
        digest = cache.content(folder)

        def make(into: Path) -> None:
            with tempfile.TemporaryDirectory() as private:
                source = Path(private, "source")
                cache.copy(folder, source)
                if cache.content(source) != digest:
                    raise UsageError(
                        f"{folder} changed while it was read.",
                        why="A checkout is identified by its content.",
                        fix="Run the command again when nothing writes there.",
                    )
                self.installer.checkout(source, into)

        sdk = self._installed_once("checkouts", digest[:16], make=make)
        name = f"{self.adapter.name}@sha256:{digest[:12]}"
        return self._target(name, None, sdk, _page(folder, self.manifest.pages.checkout))

    def installed(self) -> Target:
        found = self.installer.installed()
        page = _page(found.folder, self.manifest.pages.package)
        return self._target(f"{self.adapter.name}:installed", found.release, found.folder, page)

    def _checkout(self, path: Path) -> Path:
        folder = path.expanduser().resolve()
        if self.manifest.checkout is None:
            raise self.installer.only_one("checkouts")
        if not folder.is_dir():
            raise UsageError(
                f"There is no folder {folder}.",
                why=f"{self.adapter.name}@PATH names a folder with the SDK's source.",
                fix=f"Clone {self.manifest.sdk.repository} and name that folder.",
            )
        if not (folder / self.manifest.checkout.contains).exists():
            raise UsageError(
                f"{folder} is no checkout of {self.manifest.sdk.package}.",
                why=f"It has no {self.manifest.checkout.contains}.",
                fix=f"Name the top folder of a clone of {self.manifest.sdk.repository}.",
            )
        return folder

    def _installed_once(self, kind: str, what: str, make: Callable[[Path], None]) -> Path:
        sdk = self.manifest.sdk
        versions = (program.version for program in self.programs)
        made_of = cache.key(sdk.installer, sdk.package, sys.platform, platform.machine(), *versions)
        return cache.made(self.adapter.name, kind, what, made_of, make=make)

    def _target(self, name: str, release: str | None, sdk: Path, page: Path | None) -> Target:
        places = Places(runtime=self.programs[0].program, adapter=self.adapter.folder, sdk=sdk)
        if self.manifest.build is not None:
            built = self._built(self.manifest.build, places, release or "")
            places = msgspec.structs.replace(places, build=built)
        launch = Launch.of(self.manifest.start, places)
        return Target(name=name, manifest=self.manifest, release=release, launch=launch, page=page)

    def _built(self, build: BuildTable, places: Places, release: str) -> Path:
        versions = (program.version for program in self.programs)
        made_of = cache.key(str(places.sdk), release, cache.content(places.adapter), *versions)

        def make(into: Path) -> None:
            cache.copy(places.adapter, into)
            inside = msgspec.structs.replace(places, build=into)
            for command in build.commands:
                ran = run(inside.fill(command), cwd=into)
                if not ran.ok:
                    raise self.installer.not_installed(f"The adapter {self.adapter.name}", ran)

        return cache.made(self.adapter.name, "builds", made_of, make=make)


def _page(folder: Path, places: tuple[str, ...]) -> Path | None:
    return next((folder / place for place in places if (folder / place).is_file()), None)
