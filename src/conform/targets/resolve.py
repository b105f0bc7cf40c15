"""Turns the name of a target into a target that can be started."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
import platform
import sys
import tempfile
from typing import Final

import msgspec
from msgspec import Struct
from packaging.version import InvalidVersion, Version

from conform.core import manifest
from conform.core.errors import TargetUnavailableError, UsageError
from conform.core.manifest import AdapterFolder, BuildTable, Manifest
from conform.targets import cache
from conform.targets.commands import Finished, run
from conform.targets.installers import Installer, installer_of
from conform.targets.installers.installer import SUBSTITUTES, allows_substitutes
from conform.targets.launch import Launch, Places
from conform.targets.names import Checkout, Installed, Newest, Release, SdkName
from conform.targets.requirements import Present, find_programs

_CONTENT: Final = "2"
"""Changes when an installer puts something else into a folder, so that none is used again."""


class Target(Struct, frozen=True, kw_only=True):
    """An SDK that is in place, and how its adapter is started."""

    name: str
    """The same on every machine: ``python==2.0.4``, ``python@sha256:0123456789ab``."""
    manifest: Manifest
    release: str | None
    """None if only the SDK itself can say it, as for a checkout."""
    launch: Launch
    sdk: Path
    """The folder that the SDK is in."""
    substitutes: str = ""
    """What is there instead of what the SDK requires, as a sentence; empty if nothing is."""
    page: Path | None = None
    """The page of Session that the SDK comes with."""

    def contains(self, file: Path) -> bool:
        """Whether a file is in the folder of the SDK."""
        return file.resolve().is_relative_to(self.sdk.resolve())


def resolve(name: SdkName) -> Target:
    """The target of a name; it is installed and built if needed.

    Raises:
        UsageError: the name is that of something that does not exist.
        TargetUnavailableError: the target exists, but is not available here.
    """
    return resolve_with(manifest.named(name.sdk), name)


def resolve_with(adapter: AdapterFolder, name: SdkName) -> Target:
    """The same as :func:`resolve`, with the adapter in any folder."""
    programs = find_programs(adapter.manifest.adapter.language, adapter.manifest.requires)
    resolver = _Resolver(adapter, programs)
    match name.which:
        case Newest():
            return resolver.release(_newest(adapter, resolver.installer))
        case Release(version):
            return resolver.release(version)
        case Checkout(path):
            return resolver.checkout(path)
        case Installed():
            return resolver.installed()


def sorted_releases(releases: Iterable[str]) -> tuple[str, ...]:
    """Releases, the oldest first."""
    return tuple(sorted(releases, key=_order))


def _order(release: str) -> tuple[Version, str]:
    try:
        return Version(release), release
    except InvalidVersion:
        return Version("0"), release


def _preference(release: str) -> tuple[bool, tuple[Version, str]]:
    """Every final release comes after every pre-release."""
    order = _order(release)
    return not order[0].is_prerelease, order


def _newest(adapter: AdapterFolder, installer: Installer) -> str:
    try:
        return installer.newest()
    except TargetUnavailableError as error:
        cached = sorted(cache.releases(adapter.name), key=_preference)
        if not cached:
            raise
        raise TargetUnavailableError(
            error.what,
            why=error.why,
            fix=f"To test the release {cached[-1]}, which is installed here, "
            f"name {adapter.name}=={cached[-1]}.",
        ) from error


class _Resolver:
    """Puts the SDK of one adapter in place."""

    def __init__(self, adapter: AdapterFolder, programs: tuple[Present, ...]) -> None:
        self.adapter = adapter
        self.manifest = adapter.manifest
        self.programs = programs
        self.installer = installer_of(adapter)

    def release(self, release: str) -> Target:
        if not release:
            return self._target(self.adapter.name, None, self.adapter.folder, None)
        sdk = self._installed_once(
            "releases", release, make=lambda into: self.installer.install(release, into)
        )
        page = _page(sdk, self.manifest.pages.package)
        return self._target(f"{self.adapter.name}=={release}", release, sdk, page)

    def checkout(self, path: Path) -> Target:
        folder = self._checkout_folder(path)
        digest = cache.content(folder)

        def make(into: Path) -> None:
            with tempfile.TemporaryDirectory() as private:
                source = Path(private, "source")
                cache.copy(folder, source)
                if cache.content(source) != digest:
                    raise UsageError(
                        f"{folder} changed while it was read.",
                        why="A checkout is identified by its content.",
                        fix="Run the command again when no other program writes there.",
                    )
                self.installer.checkout(source, into)

        sdk = self._installed_once("checkouts", digest[:16], make=make)
        name = f"{self.adapter.name}@sha256:{digest[:12]}"
        return self._target(name, None, sdk, _page(folder, self.manifest.pages.checkout))

    def installed(self) -> Target:
        found = self.installer.installed()
        page = _page(found.folder, self.manifest.pages.package)
        return self._target(f"{self.adapter.name}:installed", found.release, found.folder, page)

    def _checkout_folder(self, path: Path) -> Path:
        folder = path.expanduser().resolve()
        if self.manifest.checkout is None:
            raise self.installer.only_one("checkouts")
        if not folder.is_dir():
            raise UsageError(
                f"There is no folder {folder}.",
                why=f"{self.adapter.name}@PATH names a folder with the source of the SDK.",
                fix=f"Clone {self.manifest.sdk.repository} and name that folder.",
            )
        if not (folder / self.manifest.checkout.contains).exists():
            raise UsageError(
                f"{folder} is not a checkout of {self.manifest.sdk.package}.",
                why=f"It does not contain {self.manifest.checkout.contains}.",
                fix=f"Name the top folder of a clone of {self.manifest.sdk.repository}.",
            )
        return folder

    def _installed_once(self, kind: str, name: str, make: Callable[[Path], None]) -> Path:
        sdk = self.manifest.sdk
        versions = (program.version for program in self.programs)
        substitutes = [SUBSTITUTES] if allows_substitutes() else []
        here = (sys.platform, platform.machine(), *versions, *substitutes)
        made_of = cache.key(_CONTENT, sdk.installer, sdk.package, *here)
        return cache.made(self.adapter.name, kind, name, made_of, make=make)

    def _target(self, name: str, release: str | None, sdk: Path, page: Path | None) -> Target:
        places = Places(runtime=self.programs[0].program, adapter=self.adapter.folder, sdk=sdk)
        if self.manifest.build is not None:
            built = self._built(self.manifest.build, places, release or "")
            places = msgspec.structs.replace(places, build=built)
        launch = Launch.of(self.manifest.start, places)
        return Target(
            name=name,
            manifest=self.manifest,
            release=release,
            launch=launch,
            sdk=sdk,
            substitutes=_read(sdk / SUBSTITUTES),
            page=page,
        )

    def _built(self, build: BuildTable, places: Places, release: str) -> Path:
        versions = (program.version for program in self.programs)
        made_of = cache.key(str(places.sdk), release, cache.content(places.adapter), *versions)

        def make(into: Path) -> None:
            cache.copy(places.adapter, into)
            inside = msgspec.structs.replace(places, build=into)
            for command in build.commands:
                finished = run(inside.fill(command), cwd=into)
                if not finished.ok:
                    raise self._not_built(finished, places.sdk, into)

        return cache.made(self.adapter.name, "builds", made_of, make=make)

    def _not_built(self, finished: Finished, sdk: Path, into: Path) -> TargetUnavailableError:
        """The error for an SDK or an adapter that its compiler refuses."""
        package = self.manifest.sdk.package
        is_sdk = str(sdk) in finished.stderr + finished.stdout
        return TargetUnavailableError(
            f"{package} does not compile."
            if is_sdk
            else f"The adapter {self.adapter.name} does not compile with this {package}.",
            why=self.installer.phrases.quoted(finished, [sdk, into]),
            fix="Correct this, or name another release.",
        )


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def _page(folder: Path, places: tuple[str, ...]) -> Path | None:
    return next((folder / place for place in places if (folder / place).is_file()), None)
