"""The list of known failures: its form, and what it makes of a verdict."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from conform.core import manifest
from conform.core.errors import UsageError
from conform.core.identity import CaseId
from conform.core.yamlfile import YamlFile
from conform.verdicts import Fail, KnownFailure, OutdatedEntry, Pass, Verdict

Pattern = Annotated[str, Meta(pattern=r"^[a-z0-9_.*-]+(/[a-z0-9_.*-]+)*$")]
"""The id of a case, or of several with ``*`` for any text."""
Fingerprint = Annotated[str, Meta(pattern=r"^[0-9a-f]{12}$")]
SCHEMA: Final = 2
"""The version of the form of a list."""
_FORM: Final = "schemas/known/file.json is the form of such a file."


class KnownEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that is known to fail."""

    case: Pattern
    sdk: Annotated[str, Meta(min_length=1)]
    releases: str = ""
    """A range such as ``>=1.0.17,<1.1`` (PEP 440); empty for all of them."""
    reason: Annotated[str, Meta(min_length=1)]
    """Why it fails, in the words of whoever knows."""
    link: str = ""
    expires: date | None = None
    """The last day on which it is known."""
    failures: dict[CaseId, tuple[Fingerprint, ...]] = {}
    """Exactly what fails, by case; ``conform known update`` writes this."""

    def covers(self, sdk: str, release: str) -> bool:
        """Whether it is about a release of an SDK."""
        if sdk != self.sdk:
            return False
        try:
            version = Version(release)
        except InvalidVersion:
            return not self.releases
        return SpecifierSet(self.releases).contains(version, prereleases=True)

    def matches(self, case: CaseId) -> bool:
        """Whether it is about a case."""
        return fnmatchcase(case, self.case)

    @property
    def why(self) -> str:
        """The reason with its link."""
        return f"{self.reason} ({self.link})" if self.link else self.reason


class LocatedEntry(Struct, frozen=True):
    """An entry, and where it stands."""

    entry: KnownEntry
    place: str
    """Such as ``known.yaml, line 12``."""


class KnownFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a file of known failures holds."""

    schema: Literal[1, 2] = 1
    """2, since what a failure is known by is made from facts; 1 was made from sentences."""
    known: tuple[KnownEntry, ...] = ()


class KnownList(Struct, frozen=True, kw_only=True):
    """The entries of a list, or those that are about one target."""

    listed: tuple[LocatedEntry, ...] = ()

    def about(self, sdk: str, release: str) -> KnownList:
        """Those that are about one release of an SDK."""
        return KnownList(
            listed=tuple(each for each in self.listed if each.entry.covers(sdk, release))
        )

    def applied(self, case: CaseId, verdict: Verdict, today: date) -> Verdict:
        """What a verdict is, given what is known.

        A failure that is listed is known until its entry expires; another failure of the same case
        is not. A case that passes while the list says that it fails makes the list outdated.
        """
        for each in self._listing(case):
            match verdict:
                case Pass():
                    return OutdatedEntry(
                        place=each.place,
                        reason=f"It passes, and is listed as failing: {each.entry.why}",
                        failure=None,
                    )
                case Fail() if _is_listed(each.entry, case, verdict):
                    expires = each.entry.expires
                    if expires is None or today <= expires:
                        return KnownFailure(failure=verdict, why=each.entry.why)
                    return OutdatedEntry(
                        place=each.place,
                        reason=f"It was known until {expires}, and fails still: {verdict.reason}",
                        failure=verdict,
                    )
        return verdict

    def _listing(self, case: CaseId) -> Iterator[LocatedEntry]:
        return (each for each in self.listed if case in each.entry.failures)


def _is_listed(entry: KnownEntry, case: CaseId, failure: Fail) -> bool:
    return failure.fingerprint(case) in entry.failures[case]


def read(path: Path) -> KnownList:
    """The list in a file.

    Raises:
        UsageError: it is not a valid list, with file and line; or it is of an older schema.
    """
    file = opened(path)
    if file.convert(KnownFile).schema != SCHEMA and file.data:
        raise UsageError(
            f"{path} is a list of schema 1.",
            why="What a failure is known by has changed since.",
            fix=f"Run `conform known update {path} RESULTS` once; it keeps what people wrote.",
        )
    return listed(file, path.name)


def opened(path: Path) -> YamlFile:
    """The file of a list, its form not yet checked.

    Raises:
        UsageError: it cannot be read, or is no YAML.
    """
    return YamlFile(path, what="list of known failures", form=_FORM)


def listed(file: YamlFile, name: str) -> KnownList:
    """The entries of a file.

    Args:
        file: the file.
        name: how it is called in a report.

    Raises:
        UsageError: they are none; the error names file and line.
    """
    entries = file.convert(KnownFile).known
    known = manifest.known()
    seen: dict[tuple[str, str, str], int] = {}
    for index, entry in enumerate(entries):
        at = ("known", index)
        if entry.sdk not in known:
            choices = ", ".join(known)
            file.refuse(f"There is no SDK {entry.sdk!r}; there are {choices}", (*at, "sdk"))
        try:
            releases = SpecifierSet(entry.releases)
        except InvalidSpecifier:
            file.refuse(f"{entry.releases!r} is no range of releases", (*at, "releases"))
        for case in entry.failures:
            if not entry.matches(case):
                file.refuse(f"{case} is not one of {entry.case}", (*at, "failures", case))
        key = entry.case, entry.sdk, str(releases)
        if key in seen:
            file.refuse(f"The same is known in line {seen[key]} already", at)
        seen[key] = file.line(at)
    return KnownList(
        listed=tuple(
            LocatedEntry(entry, f"{name}, line {file.line(('known', index))}")
            for index, entry in enumerate(entries)
        )
    )
