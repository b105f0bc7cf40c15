"""Brings a list of known failures up to what a run has found; what people wrote in it stays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
import json
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from msgspec import Struct
from packaging.version import InvalidVersion, Version
import yaml

from conform.core.errors import SuiteError, UsageError
from conform.core.identity import CaseId
from conform.core.results import CaseLine, Line, RunLine
from conform.core.yamlfile import YamlFile
from conform.targets.names import split
from conform.verdicts.known.entries import SCHEMA, KnownEntry, KnownFile, listed, opened, read

_HEADER: Final = (
    "# What is known to fail, and why. `conform known update` writes the failures and\n"
    "# leaves everything else as people wrote it.\n"
)
Failures = dict[CaseId, tuple[str, ...]]


class Update(Struct, frozen=True, kw_only=True):
    """What became of a list."""

    text: str
    """The new content of the file."""
    added: tuple[str, ...] = ()
    """Failures that are listed now, as ``python==1.0.17 session.create/…``."""
    removed: tuple[str, ...] = ()
    """Failures that are no longer listed, since they pass."""
    unused: tuple[str, ...] = ()
    """Entries whose failures all pass now, as ``known.yaml, line 12``."""
    lost: tuple[str, ...] = ()
    """Failures of a list of schema 1 that these results do not cover."""


class _Found(Struct, frozen=True, kw_only=True):
    """What a run found of one case."""

    target: str
    sdk: str
    release: str
    case: CaseId
    fingerprint: str
    """Of the failure; empty where the case passed."""
    reason: str


def update(path: Path, lines: Iterable[Line], *, strict: bool = False) -> Update:
    """The list in a file as the results of a run would have it.

    Args:
        path: the file; a missing one is an empty list.
        lines: the results.
        strict: list conventions that are not followed too.

    Raises:
        UsageError: the file is no list.
    """
    found = tuple(_found(lines, strict=strict))
    if not path.exists():
        fresh = tuple(_new(found, found))
        text = f"{_HEADER}schema: {SCHEMA}\nknown:{_rendered(fresh)}\n"
        made = Update(text=text, added=tuple(f"{e.sdk} {c}" for e in fresh for c in e.failures))
    else:
        made = _List(opened(path), path.name, found).updated()
    _check(made.text)
    return made


def _check(text: str) -> None:
    """Refuse to hand out what could not be read back.

    Raises:
        SuiteError: it could not.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder, "known.yaml")
        path.write_text(text, "utf-8")
        try:
            read(path)
        except UsageError as error:
            raise SuiteError(
                "The list of known failures would be broken by its update.",
                why=f"{error.what} {error.why}",
                fix="Write each entry on lines of its own, and report this.",
            ) from error


def _found(lines: Iterable[Line], *, strict: bool) -> Iterator[_Found]:
    runs: dict[str, RunLine] = {}
    for line in lines:
        match line:
            case RunLine():
                runs[line.target] = line
            case CaseLine(verdict="pass" | "fail" | "known-failure"):
                counts = strict or line.level != "convention" or line.verdict != "fail"
                if counts and line.blame not in {"suite", "server"}:
                    yield _of(line, runs[line.target])


def _of(line: CaseLine, run: RunLine) -> _Found:
    sdk, release = split(line.target)
    is_release = release.startswith("==")
    failed = line.verdict != "pass" and line.blame != "list"
    return _Found(
        target=line.target,
        sdk=sdk,
        release=release.removeprefix("==") if is_release else run.sdk.version if run.sdk else "",
        case=line.case,
        fingerprint=line.fingerprint if failed else "",
        reason=line.reason,
    )


class _List:
    """A list that is being brought up to date."""

    def __init__(self, file: YamlFile, name: str, found: tuple[_Found, ...]) -> None:
        self._file = file
        self._listed = listed(file, name).listed
        self._found = found
        self._is_old = file.convert(KnownFile).schema != SCHEMA
        self._entries = tuple(each.entry for each in self._listed)
        self._added: list[str] = []
        self._removed: list[str] = []
        self._lost: list[str] = []

    def updated(self) -> Update:
        """The list as it should be."""
        edits: list[tuple[int, int, str]] = []
        unused: list[str] = []
        homes = {each: self._home(each) for each in self._found if each.fingerprint}
        for index, entry in enumerate(self._entries):
            failures = self._failures(index, entry, homes)
            if failures != entry.failures:
                edits.append(self._edit(index, entry, failures))
            if not failures and not self._is_old:
                unused.append(self._listed[index].place)
        fresh = tuple(_new([each for each, home in homes.items() if home is None], self._found))
        self._added += [f"{entry.sdk} {case}" for entry in fresh for case in entry.failures]
        if fresh:
            edits.append(self._appended(fresh))
        if self._is_old:
            edits.append(self._versioned())
        text = self._file.text
        for start, end, instead in sorted(edits, reverse=True):
            text = text[:start] + instead + text[end:]
        return Update(
            text=text,
            added=tuple(self._added),
            removed=tuple(self._removed),
            unused=tuple(unused),
            lost=tuple(self._lost),
        )

    def _home(self, found: _Found) -> int | None:
        """The entry that a failure belongs to: one that lists its case, or one that is about it."""
        about = [
            index
            for index, entry in enumerate(self._entries)
            if entry.covers(found.sdk, found.release) and entry.matches(found.case)
        ]
        listing = [index for index in about if found.case in self._entries[index].failures]
        return next(iter(listing or about), None)

    def _failures(self, index: int, entry: KnownEntry, homes: dict[_Found, int | None]) -> Failures:
        """What an entry lists once the run is known."""
        failures: Failures = {} if self._is_old else dict(entry.failures)
        for case in entry.failures:
            about = [
                each
                for each in self._found
                if each.case == case and entry.covers(each.sdk, each.release)
            ]
            if self._is_old and not about:
                self._lost.append(f"{entry.sdk} {case}")
            elif about and not any(each.fingerprint for each in about):
                failures.pop(case, None)
                self._removed.append(f"{entry.sdk} {case}")
            elif about and entry.releases.startswith("==") and not self._is_old:
                # Of one release everything is known now.
                failures[case] = ()
        for each, home in homes.items():
            if home != index:
                continue
            before = failures.get(each.case, ())
            is_listed = each.case if self._is_old else each.fingerprint
            if is_listed not in (
                entry.failures if self._is_old else entry.failures.get(each.case, ())
            ):
                self._added.append(f"{each.target} {each.case}")
            failures[each.case] = tuple(dict.fromkeys((*before, each.fingerprint)))
        return failures

    def _edit(self, index: int, entry: KnownEntry, failures: Failures) -> tuple[int, int, str]:
        """Where in the text the failures of an entry are written, and what."""
        at = ("known", index)
        whole = self._file.span(at)
        if "failures" in self._file.data["known"][index]:
            span = self._file.span((*at, "failures"))
            if span.inline or not failures:
                return span.start, span.end, _inline(failures)
            return span.start, span.end, _block(failures, span.column)
        assert not entry.failures
        if whole.inline:
            return whole.end - 1, whole.end - 1, f", failures: {_inline(failures)}"
        inner = " " * (whole.column + 2)
        block = _block(failures, whole.column + 2)
        return whole.end, whole.end, f"\n{inner[:-2]}failures:\n{inner}{block}"

    def _versioned(self) -> tuple[int, int, str]:
        """Where in the text the version of its form is written, and what."""
        if "schema" in self._file.data:
            span = self._file.span(("schema",))
            return span.start, span.end, str(SCHEMA)
        start = self._file.span(()).start
        return start, start, f"schema: {SCHEMA}\n"

    def _appended(self, fresh: Iterable[KnownEntry]) -> tuple[int, int, str]:
        """Where in the text new entries are written, and what."""
        end = len(self._file.text)
        if not self._file.data:
            return end, end, f"known:{_rendered(fresh)}\n"
        if "known" not in self._file.data:
            return end, end, f"\nknown:{_rendered(fresh)}\n"
        span = self._file.span(("known",))
        if not self._entries:
            return span.start, span.end, _rendered(fresh)
        if span.inline:
            raise UsageError(
                "The list of known failures cannot be added to.",
                why="It stands in brackets on one line.",
                fix="Write each entry on lines of its own, after a dash.",
            )
        return span.end, span.end, _rendered(fresh, column=span.column)


def _new(failed: Iterable[_Found], found: Iterable[_Found]) -> Iterator[KnownEntry]:
    """An entry for each case of an SDK that failed, with the releases in which it did."""
    failed = [each for each in failed if each.fingerprint]
    everything = tuple(found)
    for sdk, case in dict.fromkeys((each.sdk, each.case) for each in failed):
        own = [each for each in failed if (each.sdk, each.case) == (sdk, case)]
        passed = {
            each.release
            for each in everything
            if (each.sdk, each.case, each.fingerprint) == (sdk, case, "")
        }
        for releases, part in _ranges(own, passed):
            yield KnownEntry(
                case=case,
                sdk=sdk,
                releases=releases,
                reason=part[0].reason,
                failures={case: tuple(dict.fromkeys(each.fingerprint for each in part))},
            )


def _ranges(failed: list[_Found], passed: set[str]) -> Iterator[tuple[str, list[_Found]]]:
    """Ranges of releases that hold every failure and no release that passed."""
    versions = {each: _version(each.release) for each in failed}
    good = [version for each in passed if (version := _version(each)) is not None]
    if None in versions.values():
        yield "", failed
        return
    known = sorted(version for version in versions.values() if version is not None)
    later = sorted(version for version in good if version > known[0])
    if not later:
        yield f">={known[0]}", failed
    elif later[0] > known[-1]:
        yield f">={known[0]},<{later[0]}", failed
    else:
        for version in dict.fromkeys(known):
            yield f"=={version}", [each for each in failed if versions[each] == version]


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _rendered(entries: Iterable[KnownEntry], column: int = 2) -> str:
    """Entries as the items of a list, from the line after the one that opens it."""
    lines = [line for entry in entries for line in _lines(entry)]
    return "".join(f"\n{' ' * column}{line}" for line in lines) if lines else " []"


def _lines(entry: KnownEntry) -> Iterator[str]:
    yield f"- case: {entry.case}"
    yield f"  sdk: {entry.sdk}"
    yield f"  releases: {json.dumps(entry.releases)}"
    yield f"  reason: {_quoted(entry.reason)}"
    yield '  link: ""'
    yield "  failures:"
    for case, prints in entry.failures.items():
        yield f"    {case}: {json.dumps(prints)}"


def _quoted(text: str) -> str:
    written: str = yaml.safe_dump(text, default_style='"', allow_unicode=True, width=inf)
    return written.strip()


def _block(failures: Failures, column: int) -> str:
    lines = (f"{case}: {json.dumps(prints)}" for case, prints in failures.items())
    return ("\n" + " " * column).join(lines)


def _inline(failures: Failures) -> str:
    return f"{{{', '.join(f'{c}: {json.dumps(prints)}' for c, prints in failures.items())}}}"
