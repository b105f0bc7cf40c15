"""Judges kept observations with the suite at hand, without the SDK and without its runtime.

A case is judged again if what is done in it is still the same. A case that is new, or that does
something else now, was not observed: its verdict is ``unavailable``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
import time
from typing import Final

from msgspec import Struct
from msgspec.structs import replace
from packaging.version import Version

from conform import __version__
from conform.cases.model import Case, Planned
from conform.cases.plan import plan
from conform.core import manifest
from conform.core.errors import UsageError
from conform.core.identity import CaseId
from conform.core.manifest import AdapterFolder
from conform.core.results import CaseLine, Line, RunLine
from conform.engine.digests import CaseDigests
from conform.engine.events import (
    CaseEnded,
    Event,
    Listener,
    RunBegan,
    RunEnded,
    TargetBegan,
    TargetEnded,
)
from conform.engine.kept import KeptRun, KeptVerdict, kept_files, read
from conform.engine.lines import Seen, TargetJudge
from conform.engine.spelling import Spelling
from conform.schemas.catalog import Catalog
from conform.verdicts import known
from conform.verdicts.known import KnownList

_NEW: Final = "The case is new, and was not observed."
_CHANGED: Final = "What is done in the case has changed since it was observed."
_OBSERVE: Final = "Run the target again with --keep."


class KeptSelection(Struct, frozen=True, kw_only=True):
    """Which kept cases are judged, and with which list."""

    suites: tuple[str, ...] = ()
    """Names of suites; none means all."""
    part: str = ""
    """A part of the ids of the cases."""
    known: Path | None = None
    """The file of known failures."""

    def has(self, case: Planned) -> bool:
        """Whether a case is selected."""
        return self.part in case.id and (not self.suites or case.suite in self.suites)


class Difference(Struct, frozen=True, kw_only=True):
    """A verdict that is not the verdict of the run."""

    before: KeptVerdict
    line: CaseLine
    """The line of the case now, without a list of known failures."""

    def __str__(self) -> str:
        reason = self.line.reason or f"before: {self.before.reason}"
        if self.before.name == self.line.verdict:
            return f"{self.line.case}: another failure: {reason}"
        return f"{self.line.case}: {self.before.name} → {self.line.verdict}: {reason}"


class Rejudged(Struct, frozen=True, kw_only=True):
    """The verdicts on the kept observations of one target."""

    run: RunLine
    """The first line of its results."""
    lines: tuple[CaseLine, ...]
    """The cases in the order of the run; those that were not observed come last."""
    differences: tuple[Difference, ...] = ()
    new: tuple[CaseId, ...] = ()
    """Cases that the target did not have in the run; they were not observed."""
    changed: tuple[CaseId, ...] = ()
    """Cases in which something else is done now; they count as not observed."""
    removed: tuple[CaseId, ...] = ()
    """Observed cases that there are no longer."""


def rejudge(
    folder: Path, selection: KeptSelection, listeners: Iterable[Listener]
) -> tuple[Rejudged, ...]:
    """Judge everything that was kept in a folder, and tell the listeners as a run does.

    Args:
        folder: where runs kept observations.
        selection: which cases.
        listeners: told in the order given, after everything is judged.

    Raises:
        UsageError: nothing is kept there, a file is incomplete or was changed, a suite is unknown,
            or the list of known failures is not valid.
    """
    began = time.monotonic()
    catalog = Catalog.load()
    listed = known.read(selection.known) if selection.known else KnownList()
    judged: dict[str, Rejudged] = {}
    for path in kept_files(folder):
        each = _TargetRejudging(read(path), catalog, listed).rejudged(selection)
        if each.run.target in judged:
            raise UsageError(
                f"Two files in {folder} have observations of {each.run.target}.",
                why=f"One of them is {path.name}.",
                fix="Remove one of them.",
            )
        judged[each.run.target] = each
    every = tuple(judged.values())
    told = tuple(listeners)
    for event in _events(every, began):
        for listener in told:
            listener(event)
    return every


def _events(judged: tuple[Rejudged, ...], began: float) -> Iterator[Event]:
    yield RunBegan(targets=tuple(each.run.target for each in judged))
    lines: list[Line] = []
    for each in judged:
        yield TargetBegan(run=each.run)
        yield from (CaseEnded(line=line) for line in each.lines)
        yield TargetEnded(target=each.run.target)
        lines += (each.run, *each.lines)
    yield RunEnded(lines=tuple(lines), seconds=time.monotonic() - began)


class _TargetRejudging:
    """What was kept of one target, and its cases in the suite at hand."""

    def __init__(self, kept: KeptRun, catalog: Catalog, listed: KnownList) -> None:
        profile = kept.target.profile
        adapter = _adapter(profile.sdk)
        documentation = profile.documentation(adapter.manifest, catalog)
        self._planned = {case.id: case for case in plan(catalog, documentation)}
        spelling = Spelling.of(adapter.manifest, documentation)
        known_failures = listed.about(profile.sdk, profile.release)
        known_failures.check(self._planned)
        self._kept = {each.case: each for each in kept.cases}
        self._places = {case: place for place, case in enumerate(self._kept)}
        self._left_out = kept.left_out
        self._as_of = kept.target.run.cases_as_of
        self._digests = CaseDigests(documentation, spelling, catalog)
        self._judge = TargetJudge(kept.target.run.target, adapter, spelling, known_failures)
        self._run = replace(
            kept.target.run,
            suite_version=__version__,
            checked_against=documentation.sentence,
            variant=documentation.variant,
            newer_cases=sum(map(self._is_newer, self._planned.values())),
        )

    def rejudged(self, selection: KeptSelection) -> Rejudged:
        """The verdicts on the selected cases.

        Raises:
            UsageError: a suite is unknown.
        """
        _check_suites(selection, {case.suite for case in self._planned.values()})
        wanted = filter(self._is_wanted, filter(selection.has, self._planned.values()))
        in_order = sorted(wanted, key=self._place)
        unobserved = {case.id: why for case in in_order if (why := self._unobserved(case))}
        lines: list[CaseLine] = []
        differences: list[Difference] = []
        for case in in_order:
            if case.id in unobserved:
                line = CaseLine.opening(self._run.target, case)
                lines.append(replace(line, verdict="unavailable", reason=unobserved[case.id]))
                continue
            kept = self._kept.get(case.id)
            seen = kept.seen if kept and isinstance(case, Case) else Seen()
            judged = self._judge.judged(case, seen)
            lines.append(judged.line)
            if kept and not KeptVerdict.of(judged.unlisted).is_same(kept.verdict):
                differences.append(Difference(line=judged.unlisted, before=kept.verdict))
        return Rejudged(
            run=replace(self._run, planned=len(lines), fix=_OBSERVE if unobserved else ""),
            lines=tuple(lines),
            differences=tuple(differences),
            new=tuple(case for case, why in unobserved.items() if why is _NEW),
            changed=tuple(case for case, why in unobserved.items() if why is _CHANGED),
            removed=tuple(
                case for case in self._kept if case not in self._planned and selection.part in case
            ),
        )

    def _is_wanted(self, case: Planned) -> bool:
        """Whether the run would have this case, if it were made with the suite at hand."""
        return case.id not in self._left_out and not self._is_newer(case)

    def _is_newer(self, case: Planned) -> bool:
        return bool(self._as_of) and case.is_newer_than(Version(self._as_of))

    def _place(self, case: Planned) -> int:
        """Where the case was in the run; what was not in it comes last."""
        return self._places.get(case.id, len(self._places))

    def _unobserved(self, case: Planned) -> str:
        """Why there is no observation of an applicable case; empty if there is one."""
        if not isinstance(case, Case):
            return ""
        kept = self._kept.get(case.id)
        if kept is None or kept.done is None:
            return _NEW
        return "" if self._digests.of(case) == kept.done else _CHANGED


def _adapter(sdk: str) -> AdapterFolder:
    if sdk not in manifest.known():
        raise UsageError(
            f"This suite has no adapter for {sdk}.",
            why=f"Its adapters are {', '.join(manifest.known())}.",
            fix="Judge the observations with a suite that has it.",
        )
    return manifest.named(sdk)


def _check_suites(selection: KeptSelection, known_suites: Collection[str]) -> None:
    for name in selection.suites:
        if name not in known_suites:
            raise UsageError(
                f"There is no suite {name!r}.",
                why=f"The suites are {', '.join(sorted(known_suites))}.",
                fix="Name one of them, or none to judge them all.",
            )
