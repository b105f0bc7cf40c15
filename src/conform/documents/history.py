"""Finds which releases in an SDK's checkout ship which page.

A release is a tag with the name of a version, or a commit that changed the version file, if the
version has no tag. Ranges follow the order of versions, not the dates of commits.
"""

from __future__ import annotations

from itertools import groupby
from typing import Final

from msgspec import Struct
from packaging.version import InvalidVersion, Version

from conform.core.errors import DocumentError, UsageError
from conform.documents import extract, reader
from conform.documents.facts import Facts, ReleaseRange
from conform.documents.git import Repository
from conform.documents.meanings import Meanings
from conform.documents.page import Document

VERSION_FILE: Final = "_VERSION"
"""The file in every SDK's repository that contains the number of the release."""


class TaggedRelease(Struct, frozen=True, kw_only=True):
    """One release of an SDK in its repository."""

    version: Version
    revision: str
    """A tag or a commit."""


class SkippedRelease(Struct, frozen=True, kw_only=True):
    """A release whose page was not read."""

    release: str
    why: str


class History(Struct, frozen=True, kw_only=True):
    """All forms of one page in the releases of a checkout."""

    releases: int
    """How many releases the checkout has."""
    pages: tuple[tuple[Document, tuple[ReleaseRange, ...]], ...]
    """Each distinct page with the releases that ship it, in the order of first releases."""
    skipped: tuple[SkippedRelease, ...]

    def reasons(self) -> dict[str, list[str]]:
        """The releases whose page was not read, by reason."""
        found: dict[str, list[str]] = {}
        for each in self.skipped:
            found.setdefault(each.why, []).append(each.release)
        return found

    def facts(self, sdk: str, meanings: Meanings) -> tuple[Facts, ...]:
        """What each page states."""
        return tuple(
            extract.facts(document, sdk=sdk, releases=ranges, meanings=meanings)
            for document, ranges in self.pages
        )


def releases(repository: Repository) -> list[TaggedRelease]:
    """All releases in a checkout, in the order of their versions.

    Raises:
        UsageError: the checkout has no tag with the name of a version.
    """
    found: dict[Version, str] = {}
    for tag in repository.tags():
        version = _version(tag)
        if version is not None:
            found.setdefault(version, f"refs/tags/{tag}")
    if not found:
        raise UsageError(
            f"{repository.path} has no tag with the name of a release.",
            why="The clone is shallow." if repository.is_shallow else "The clone has no such tags.",
            fix="Run `git fetch --tags --unshallow` in it."
            if repository.is_shallow
            else "Run `git fetch --tags` in it.",
        )
    for version, commit in _untagged(repository):
        found.setdefault(version, commit)
    return [TaggedRelease(version=version, revision=found[version]) for version in sorted(found)]


def walk(repository: Repository, path: str) -> History:
    """Every distinct page at one path in the releases of a checkout.

    Raises:
        UsageError: the checkout has no releases, or none of them has the page.
    """
    known = releases(repository)
    blobs = repository.identify(f"{release.revision}:{path}" for release in known)
    contents = repository.read(blobs.values())
    documents: dict[str, Document | str] = {}
    for blob, content in contents.items():
        documents[blob] = _document(content, path)
    found: list[tuple[Version, Document | None]] = []
    skipped: list[SkippedRelease] = []
    for release in known:
        blob = blobs.get(f"{release.revision}:{path}", "")
        document = documents.get(blob) or _absence(repository, release, path)
        if isinstance(document, str):
            skipped.append(SkippedRelease(release=str(release.version), why=document))
            found.append((release.version, None))
        else:
            found.append((release.version, document))
    pages = _ranges(found)
    if not pages:
        raise UsageError(
            f"No release in {repository.path} has a valid page {path}.",
            why=skipped[0].why,
            fix="Name a checkout of the SDK that `--sdk` names.",
        )
    return History(releases=len(known), pages=pages, skipped=tuple(skipped))


def _version(name: str) -> Version | None:
    try:
        return Version(name)
    except InvalidVersion:
        return None


def _untagged(repository: Repository) -> list[tuple[Version, str]]:
    commits = repository.commits(VERSION_FILE)
    blobs = repository.identify(f"{commit}:{VERSION_FILE}" for commit in commits)
    contents = repository.read(blobs.values())
    named: list[tuple[Version, str]] = []
    for commit in commits:
        content = contents.get(blobs.get(f"{commit}:{VERSION_FILE}", ""), b"")
        version = _version(content.decode(errors="replace").strip())
        if version is not None:
            named.append((version, commit))
    return named


def _document(content: bytes, source: str) -> Document | str:
    try:
        return reader.parse(reader.decode(content, source), source)
    except DocumentError as error:
        return error.why


def _absence(repository: Repository, release: TaggedRelease, path: str) -> str:
    if repository.has_file(release.revision, path):
        return "The clone has the name of the page, but not its content."
    return "The release does not have the page."


def _ranges(
    found: list[tuple[Version, Document | None]],
) -> tuple[tuple[Document, tuple[ReleaseRange, ...]], ...]:
    pages: dict[str, tuple[Document, list[ReleaseRange]]] = {}
    for sha256, run in groupby(found, key=lambda each: each[1].sha256 if each[1] else ""):
        shipped = list(run)
        document = shipped[0][1]
        if document is None:
            continue
        between = ReleaseRange(first=str(shipped[0][0]), last=str(shipped[-1][0]))
        pages.setdefault(sha256, (document, []))[1].append(between)
    return tuple((document, tuple(ranges)) for document, ranges in pages.values())
