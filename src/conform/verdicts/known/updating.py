"""Updates a list of known failures with the results of a run, and keeps what people wrote in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
import json
from math import inf
from operator import itemgetter
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
from conform.verdicts.known.entries import SCHEMA, KnownEntry, KnownFile, open_list, parse, read

_HEADER: Final = (
    "# What is known to fail, and why. `conform known update` writes the failures and\n"
    "# leaves everything else as people wrote it.\n"
)
Failures = dict[CaseId, tuple[str, ...]]


class Update(Struct, frozen=True, kw_only=True):
    """An updated list, and what changed in it."""

    text: str
    """The new content of the file."""
    added: tuple[str, ...] = ()
    """Failures that were added, as ``python==1.0.17 session.create/…``."""
    removed: tuple[str, ...] = ()
    """Failures that were removed because their cases pass."""
    unused: tuple[str, ...] = ()
    """Entries that have no failures left, as ``known.yaml, line 12``."""
    lost: tuple[str, ...] = ()
    """Failures of a list of schema 1 that were removed because the results do not have them."""


class _Result(Struct, frozen=True, kw_only=True):
    """The result of one case in a run."""

    target: str
    sdk: str
    release: str
    case: CaseId
    fingerprint: str
    """The fingerprint of the failure; empty if the case passed."""
    reason: str


def update(path: Path, lines: Iterable[Line], *, strict: bool = False) -> Update:
    """Update a list with the results of a run.

    Args:
        path: the file of the list; if it does not exist, the list is empty.
        lines: the results.
        strict: whether failures of conventions are added, too.

    Raises:
        UsageError: the file is not a valid list.
    """
    results = tuple(_results(lines, strict=strict))
    if not path.exists():
        new = tuple(_new_entries(results, results))
        text = f"{_HEADER}schema: {SCHEMA}\nknown:{_rendered(new)}\n"
        update = Update(text=text, added=tuple(f"{e.sdk} {c}" for e in new for c in e.failures))
    else:
        update = _ListUpdate(open_list(path), path.name, results).made()
    _check(update.text)
    return update


def _check(text: str) -> None:
    """Read an updated list as ``conform run --known`` would read it.

    Raises:
        SuiteError: it is not a valid list.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder, "known.yaml")
        path.write_text(text, "utf-8")
        try:
            read(path)
        except UsageError as error:
            raise SuiteError(
                "The update would make the list of known failures invalid.",
                why=error.reason,
                fix="Write each entry on separate lines, and report this defect of conform.",
            ) from error


def _results(lines: Iterable[Line], *, strict: bool) -> Iterator[_Result]:
    runs: dict[str, RunLine] = {}
    for line in lines:
        match line:
            case RunLine():
                runs[line.target] = line
            case CaseLine(verdict="pass" | "fail" | "inconclusive" | "known-failure"):
                is_new = line.verdict in {"fail", "inconclusive"}
                counts = strict or line.level != "convention" or not is_new
                if counts and line.blame not in {"suite", "server"}:
                    yield _result(line, runs[line.target])


def _result(line: CaseLine, run: RunLine) -> _Result:
    sdk, release = split(line.target)
    is_release = release.startswith("==")
    failed = line.verdict != "pass" and line.blame != "list"
    return _Result(
        target=line.target,
        sdk=sdk,
        release=release.removeprefix("==") if is_release else run.sdk.version if run.sdk else "",
        case=line.case,
        fingerprint=line.fingerprint if failed else "",
        reason=line.reason,
    )


class _ListUpdate:
    """An update of a list that exists."""

    def __init__(self, file: YamlFile, name: str, results: tuple[_Result, ...]) -> None:
        self._file = file
        self._located = parse(file, name).entries
        self._results = results
        self._is_old = file.convert(KnownFile).schema != SCHEMA
        self._entries = tuple(each.entry for each in self._located)
        self._added: list[str] = []
        self._removed: list[str] = []
        self._lost: list[str] = []

    def made(self) -> Update:
        """The updated list."""
        edits: list[tuple[int, int, str]] = []
        unused: list[str] = []
        owners = {each: self._owner(each) for each in self._results if each.fingerprint}
        for index, entry in enumerate(self._entries):
            lost = self._lost_of(entry)
            self._lost += [f"{entry.sdk} {case}" for case in lost]
            failures = self._failures(index, entry, owners)
            if failures != entry.failures:
                edits.append(self._edit(index, entry, failures))
            if not failures and not lost:
                unused.append(self._located[index].place)
        unowned = [each for each, owner in owners.items() if owner is None]
        new = tuple(_new_entries(unowned, self._results))
        self._added += [f"{entry.sdk} {case}" for entry in new for case in entry.failures]
        if new:
            edits.append(self._appended(new))
        if self._is_old:
            edits.append(self._versioned())
        text = self._file.text
        for start, end, new_text in sorted(edits, key=itemgetter(0), reverse=True):
            text = text[:start] + new_text + text[end:]
        return Update(
            text=text,
            added=tuple(self._added),
            removed=tuple(self._removed),
            unused=tuple(unused),
            lost=tuple(self._lost),
        )

    def _owner(self, result: _Result) -> int | None:
        """The index of the entry for a failure; an entry that lists the case comes first."""
        about = [
            index
            for index, entry in enumerate(self._entries)
            if entry.covers(result.sdk, result.release) and entry.matches(result.case)
        ]
        listing = [index for index in about if result.case in self._entries[index].failures]
        return next(iter(listing or about), None)

    def _lost_of(self, entry: KnownEntry) -> tuple[CaseId, ...]:
        """The cases whose fingerprints of schema 1 cannot be replaced."""
        return tuple(
            case for case in entry.failures if self._is_old and not self._results_of(entry, case)
        )

    def _results_of(self, entry: KnownEntry, case: CaseId) -> list[_Result]:
        return [
            each
            for each in self._results
            if each.case == case and entry.covers(each.sdk, each.release)
        ]

    def _failures(
        self, index: int, entry: KnownEntry, owners: dict[_Result, int | None]
    ) -> Failures:
        """The failures of an entry after the run."""
        failures: Failures = {} if self._is_old else dict(entry.failures)
        for case in entry.failures:
            about = self._results_of(entry, case)
            if about and not any(each.fingerprint for each in about):
                failures.pop(case, None)
                self._removed.append(f"{entry.sdk} {case}")
            elif about and entry.releases.startswith("==") and not self._is_old:
                # The entry is about one release, and the results have all its failures.
                failures[case] = ()
        for each, owner in owners.items():
            if owner != index:
                continue
            before = failures.get(each.case, ())
            # A fingerprint of schema 1 says only that the case was listed.
            listed = entry.failures.get(each.case, ())
            if not listed if self._is_old else each.fingerprint not in listed:
                self._added.append(f"{each.target} {each.case}")
            failures[each.case] = tuple(dict.fromkeys((*before, each.fingerprint)))
        return failures

    def _edit(self, index: int, entry: KnownEntry, failures: Failures) -> tuple[int, int, str]:
        """The edit of the text that writes the failures of an entry: start, end, new text."""
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
        """The edit of the text that writes the version of the schema."""
        if "schema" in self._file.data:
            span = self._file.span(("schema",))
            return span.start, span.end, str(SCHEMA)
        start = self._file.span(()).start
        return start, start, f"schema: {SCHEMA}\n"

    def _appended(self, new: Iterable[KnownEntry]) -> tuple[int, int, str]:
        """The edit of the text that adds new entries."""
        end = len(self._file.text)
        if not self._file.data:
            return end, end, f"known:{_rendered(new)}\n"
        if "known" not in self._file.data:
            return end, end, f"\nknown:{_rendered(new)}\n"
        span = self._file.span(("known",))
        if not self._entries:
            return span.start, span.end, _rendered(new)
        if span.inline:
            raise UsageError(
                "No entry can be added to the list of known failures.",
                why="Its entries are in brackets on one line.",
                fix="Write each entry on separate lines that begin with a dash.",
            )
        return span.end, span.end, _rendered(new, column=span.column)


def _new_entries(failed: Iterable[_Result], results: Iterable[_Result]) -> Iterator[KnownEntry]:
    """An entry for each case of an SDK that failed, with the releases in which it failed."""
    failed = [each for each in failed if each.fingerprint]
    everything = tuple(results)
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


def _ranges(failed: list[_Result], passed: set[str]) -> Iterator[tuple[str, list[_Result]]]:
    """Ranges of releases that contain every failure and no release that passed."""
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
    """Entries as items of a YAML list, on new lines after its key."""
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
