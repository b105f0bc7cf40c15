"""Reads a list of known failures, refuses one that is not valid, and applies it to verdicts."""

from __future__ import annotations

from collections.abc import Collection, Iterator
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
from conform.verdicts import Fail, Inconclusive, KnownFailure, OutdatedEntry, Pass, Verdict

Pattern = Annotated[str, Meta(pattern=r"^[a-z0-9_.*-]+(/[a-z0-9_.*-]+)*$")]
"""The id of a case, or a pattern for several ids, in which ``*`` matches any text."""
Fingerprint = Annotated[str, Meta(pattern=r"^[0-9a-f]{12}$")]
SCHEMA: Final = 2
"""The version of the form of a list of known failures."""
_FORM: Final = "Correct the file; schemas/known/file.json is its JSON Schema."


class KnownEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One known reason why cases fail."""

    case: Pattern
    sdk: Annotated[str, Meta(min_length=1)]
    releases: str = ""
    """A range such as ``>=1.0.17,<1.1`` (PEP 440); empty for all releases."""
    reason: Annotated[str, Meta(min_length=1)]
    """Why the cases fail, in the words of the user."""
    link: str = ""
    expires: date | None = None
    """The last day on which the failures are known."""
    failures: dict[CaseId, tuple[Fingerprint, ...]] = {}
    """The fingerprints of the failures, by case; ``conform known update`` writes them."""

    def covers(self, sdk: str, release: str) -> bool:
        """Whether the entry is about a release of an SDK."""
        if sdk != self.sdk:
            return False
        try:
            version = Version(release)
        except InvalidVersion:
            return not self.releases
        return SpecifierSet(self.releases).contains(version, prereleases=True)

    def matches(self, case: CaseId) -> bool:
        """Whether the entry is about a case."""
        return fnmatchcase(case, self.case)

    @property
    def why(self) -> str:
        """The reason, followed by its link."""
        return f"{self.reason} ({self.link})" if self.link else self.reason


class LocatedEntry(Struct, frozen=True):
    """An entry with its place in the file."""

    entry: KnownEntry
    place: str
    """Such as ``known.yaml, line 12``."""


class KnownFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The content of a file of known failures."""

    schema: Literal[1, 2] = 1
    """2: fingerprints are made from facts. 1: they were made from sentences."""
    known: tuple[KnownEntry, ...] = ()


class KnownList(Struct, frozen=True, kw_only=True):
    """The entries of a list, or only those about one target."""

    entries: tuple[LocatedEntry, ...] = ()

    def about(self, sdk: str, release: str) -> KnownList:
        """The entries about one release of an SDK."""
        return KnownList(
            entries=tuple(each for each in self.entries if each.entry.covers(sdk, release))
        )

    def check(self, cases: Collection[CaseId]) -> None:
        """Refuse entries about cases that do not exist.

        Args:
            cases: the ids of all cases that there are for the target.

        Raises:
            UsageError: an entry matches no case, or lists one that does not exist; the error
                names file and line.
        """
        for each in self.entries:
            if each.entry.case not in cases and not any(map(each.entry.matches, cases)):
                raise _no_case(each, each.entry.case)
            for case in each.entry.failures:
                if case not in cases:
                    raise _no_case(each, case)

    def applied(self, case: CaseId, verdict: Verdict, today: date) -> Verdict:
        """The verdict on a case, after the list is applied to it.

        A listed failure or inconclusive verdict is known until its entry expires. Another failure
        of the same case is not known. If a listed case passes, its entry is outdated.
        """
        for each in self._about_case(case):
            match verdict:
                case Pass():
                    return OutdatedEntry(
                        place=each.place,
                        reason=f"It passes, but is listed as failing: {each.entry.why}",
                        failure=None,
                    )
                case Fail() | Inconclusive() if _is_listed(each.entry, case, verdict):
                    expires = each.entry.expires
                    if expires is None or today <= expires:
                        return KnownFailure(failure=verdict, why=each.entry.why)
                    if isinstance(verdict, Inconclusive):
                        return verdict
                    return OutdatedEntry(
                        place=each.place,
                        reason=f"It was known until {expires}, but still fails: {verdict.reason}",
                        failure=verdict,
                    )
        return verdict

    def _about_case(self, case: CaseId) -> Iterator[LocatedEntry]:
        return (each for each in self.entries if case in each.entry.failures)


def _is_listed(entry: KnownEntry, case: CaseId, failure: Fail | Inconclusive) -> bool:
    return failure.fingerprint(case) in entry.failures[case]


def _no_case(entry: LocatedEntry, pattern: Pattern) -> UsageError:
    return UsageError(
        f"No case matches {pattern} ({entry.place}).",
        why="The entry could never apply.",
        fix="Correct its `case` and `failures`, or remove it; `conform cases` lists all cases.",
    )


def read(path: Path) -> KnownList:
    """The list in a file.

    Raises:
        UsageError: the file cannot be read, is not a valid list (the error names file and line),
            or has an older schema.
    """
    file = open_list(path)
    if file.convert(KnownFile).schema != SCHEMA and file.data:
        raise UsageError(
            f"{path} is a list of schema 1.",
            why="Since schema 2, the fingerprint of a failure is made from facts.",
            fix=f"Migrate it once with `conform known update {path} RESULTS`, "
            "which keeps reasons, links and comments.",
        )
    return parse(file, path.name)


def open_list(path: Path) -> YamlFile:
    """The YAML file of a list, which may not be a valid list.

    Raises:
        UsageError: the file cannot be read, or is not valid YAML.
    """
    return YamlFile(path, what="list of known failures", form=_FORM)


def parse(file: YamlFile, name: str) -> KnownList:
    """The entries of a file of any schema.

    Args:
        file: the file.
        name: the name of the file in reports.

    Raises:
        UsageError: an entry is not valid; the error names file and line.
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
            file.refuse(f"{entry.releases!r} is not a valid range of releases", (*at, "releases"))
        for case in entry.failures:
            if not entry.matches(case):
                file.refuse(f"{case} does not match {entry.case}", (*at, "failures", case))
        key = entry.case, entry.sdk, str(releases)
        if key in seen:
            file.refuse(f"The same case, SDK and releases are already in line {seen[key]}", at)
        seen[key] = file.line(at)
    return KnownList(
        entries=tuple(
            LocatedEntry(entry, f"{name}, line {file.line(('known', index))}")
            for index, entry in enumerate(entries)
        )
    )
