"""Renders results as one HTML file that needs no network, no server and no JavaScript.

A case is one row, a target one column. Failed cases have their evidence, with long texts cut.
Passed cases have only their request lines, and targets with the same lines share them. So the file
stays small with thousands of cases; ``results.jsonl`` has everything.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from typing import Any, Final, get_args

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from msgspec import Struct

from conform.core.escapes import UNSEEN, escapes, visible
from conform.core.identity import CaseId, Level, Source, Suite
from conform.core.results import CaseLine, Line, VerdictName
from conform.core.text import counted
from conform.reports import evidence
from conform.reports.causes import BLAMED
from conform.reports.figures import FIGURES
from conform.reports.standings import Standing
from conform.reports.summary import Summary, TargetSummary
from conform.targets.names import split

_FAILED: Final = frozenset({"fail", "known-failure", "error"})
_WITH_EVIDENCE: Final = _FAILED | {"inconclusive"}
_TESTED: Final = frozenset({"pass", "fail", "known-failure"})
_LINES_OF_A_PASS: Final = 3
_SHORT: Final[dict[VerdictName, str]] = {
    "pass": "pass",
    "fail": "fail",
    "known-failure": "known",
    "inconclusive": "inconclusive",
    "not-applicable": "n/a",
    "unavailable": "unavailable",
    "error": "error",
}
"""The words for a verdict in a narrow column."""


class Column(Struct, frozen=True, kw_only=True):
    """The heading of the column of a target: ``python`` above ``1.0.17``."""

    name: str
    adapter: str
    release: str
    otherwise: VerdictName | None
    """The verdict of cases without a line of this target."""

    @classmethod
    def of(cls, target: TargetSummary) -> Column:
        """The column of a target."""
        adapter, release = split(target.name)
        return cls(
            name=target.name,
            adapter=adapter,
            release=release.removeprefix("=="),
            otherwise="unavailable" if target.run.unavailable else None,
        )


class Card(Struct, frozen=True, kw_only=True):
    """The overview of one target at the top."""

    target: TargetSummary
    standing: Standing
    verdict: str
    """The standing in words."""
    bar: tuple[tuple[str, str, int], ...]
    """The name, words and number of each segment, without zeros."""

    @property
    def kind(self) -> str:
        """The standing in one word, such as ``conforming``."""
        return type(self.standing).__name__.lower()

    @classmethod
    def of(cls, target: TargetSummary, *, strict: bool) -> Card:
        """The card of a target."""
        return cls(
            target=target,
            standing=target.standing(strict=strict),
            verdict=target.verdict(strict=strict),
            bar=tuple(
                (figure.name, figure.words, number)
                for figure in FIGURES
                if (number := target.figure(figure))
            ),
        )


class Mark(Struct, frozen=True, kw_only=True):
    """The verdict of one target in a row; None if the target has no line of the case."""

    target: str
    kind: VerdictName | None


class Panel(Struct, frozen=True, kw_only=True):
    """The complete evidence of one line."""

    line: CaseLine
    exchanges: tuple[evidence.ShownExchange, ...]
    elsewhere: tuple[evidence.ShownExchange, ...]
    """The exchanges with another origin."""
    more: int
    """How many exchanges are left out."""
    steps: tuple[evidence.ShownStep, ...]
    pact: tuple[str, ...]
    output: evidence.Excerpt
    command: str
    snippet: evidence.Excerpt

    @classmethod
    def of(cls, line: CaseLine) -> Panel:
        """The panel of a line."""
        observation = line.observation
        return cls(
            line=line,
            exchanges=evidence.exchanges(observation.exchanges),
            elsewhere=evidence.exchanges(observation.elsewhere),
            more=evidence.left_out(observation),
            steps=tuple(map(evidence.shown_step, observation.steps)),
            pact=evidence.pact_mismatches(observation),
            output=evidence.of_end(observation.output),
            command=evidence.command(line),
            snippet=evidence.of_text(line.snippet, evidence.LIMIT),
        )


class SameResult(Struct, frozen=True, kw_only=True):
    """Targets with the same verdict and the same short text."""

    kind: VerdictName
    text: str
    targets: tuple[str, ...]


class CaseRow(Struct, frozen=True, kw_only=True):
    """One case in all targets."""

    case: CaseId
    suite: Suite
    title: str
    level: Level
    source: Source
    since: str
    marks: tuple[Mark, ...]
    panels: tuple[Panel, ...]
    others: tuple[SameResult, ...]
    """The targets without a panel."""
    failing: bool
    differing: bool
    """Whether two targets that were tested have different results."""

    @property
    def notable(self) -> bool:
        """Whether the row is visible without a click on All."""
        return bool(self.panels) or self.differing

    @classmethod
    def of(cls, columns: Iterable[Column], lines: Mapping[str, CaseLine]) -> CaseRow:
        """The row of one case.

        Args:
            columns: the targets, in the order of the columns.
            lines: the line of each target that has one.
        """
        first = next(iter(lines.values()))
        in_order = [lines[column.name] for column in columns if column.name in lines]
        short: dict[tuple[VerdictName, str], list[str]] = {}
        for line in in_order:
            if line.verdict not in _WITH_EVIDENCE:
                short.setdefault((line.verdict, _in_short(line)), []).append(line.target)
        return cls(
            case=first.case,
            suite=first.suite,
            title=first.title,
            level=first.level,
            source=first.source,
            since=first.since,
            marks=tuple(
                Mark(
                    target=column.name,
                    kind=lines[column.name].verdict if column.name in lines else column.otherwise,
                )
                for column in columns
            ),
            panels=tuple(Panel.of(line) for line in in_order if line.verdict in _WITH_EVIDENCE),
            others=tuple(
                SameResult(kind=kind, text=text, targets=tuple(names))
                for (kind, text), names in short.items()
            ),
            failing=any(line.verdict in _FAILED for line in in_order),
            differing=len({_result(line) for line in in_order if line.verdict in _TESTED}) > 1,
        )


class SuiteGroup(Struct, frozen=True, kw_only=True):
    """The rows of one suite."""

    suite: Suite
    rows: tuple[CaseRow, ...]

    @property
    def notable(self) -> int:
        """How many rows are visible without a click on All."""
        return sum(row.notable for row in self.rows)

    @property
    def failing(self) -> int:
        """How many rows have a failure or an error."""
        return sum(row.failing for row in self.rows)

    @property
    def differing(self) -> int:
        """How many rows have targets that differ."""
        return sum(row.differing for row in self.rows)


def render(lines: Iterable[Line], summary: Summary, *, strict: bool = False) -> str:
    """The results as one HTML document; the same lines give the same text.

    Args:
        lines: the results of any number of targets.
        summary: the summary of these lines.
        strict: conventions count.
    """
    every = tuple(lines)
    columns = tuple(Column.of(target) for target in summary.targets)
    groups = _groups(columns, every)
    environment = _environment()
    script = environment.get_template("report.js").render()
    context: dict[str, Any] = {
        "summary": summary,
        "answer": summary.answer(strict=strict),
        "facts": tuple(_facts(summary, strict=strict)),
        "cards": tuple(Card.of(target, strict=strict) for target in summary.targets),
        "columns": columns,
        "groups": groups,
        "first_failing": _first_failing(groups),
        "levels": get_args(Level),
        "verdicts": get_args(VerdictName),
        "script": Markup(script),  # noqa: S704 -- our own template
        "script_hash": b64encode(sha256(script.encode()).digest()).decode(),
        "limit": evidence.LIMIT,
    }
    return environment.get_template("report.html").render(context)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("conform.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_shown,
    )
    environment.filters |= {
        "blamed": lambda blame: BLAMED[blame],
        "words": lambda verdict: evidence.WORDS[verdict],
        "short": lambda verdict: _SHORT[verdict],
        "plain": lambda text: escape(visible(text)),
        "cut": lambda text: evidence.of_text(text).with_note,
        "capital": lambda text: text[:1].upper() + text[1:],
    }
    return environment


def _facts(summary: Summary, *, strict: bool) -> Iterator[tuple[str, str]]:
    """The facts of the run: its time, its place and its extent."""
    runs = [target.run for target in summary.targets]
    started = sorted({run.started for run in runs})
    if started:
        yield "Started", started[0].replace("T", " ").replace("Z", " UTC")
    yield "Suite", ", ".join(sorted({run.suite_version for run in runs})) or "none"
    yield "Machine", "; ".join(sorted({run.machine for run in runs})) or "none"
    chosen = sorted({f"{run.part} ({run.selection})" for run in runs if run.part})
    if chosen:
        yield "Chosen", "; ".join(chosen)
    tested = sum(target.tested for target in summary.targets)
    seconds = sum(target.seconds for target in summary.targets)
    yield "Tested", f"{counted(tested, 'case')} in {seconds:.1f} s"
    yield (
        "What counts",
        "documented, security and convention" if strict else "documented and security",
    )


def _groups(columns: Iterable[Column], lines: Iterable[Line]) -> tuple[SuiteGroup, ...]:
    cases: dict[CaseId, dict[str, CaseLine]] = {}
    for line in lines:
        if isinstance(line, CaseLine):
            cases.setdefault(line.case, {})[line.target] = line
    rows = [CaseRow.of(columns, each) for _, each in sorted(cases.items())]
    return tuple(
        SuiteGroup(suite=suite, rows=own)
        for suite in get_args(Suite)
        if (own := tuple(row for row in rows if row.suite == suite))
    )


def _first_failing(groups: Iterable[SuiteGroup]) -> dict[tuple[str, str, str], CaseId]:
    """The first failing case of each operation, attribute and target, for links to it."""
    first: dict[tuple[str, str, str], CaseId] = {}
    for group in groups:
        for row in group.rows:
            for panel in row.panels:
                operation, _, rest = row.case.partition("/fields/")
                first.setdefault((operation, rest.partition("/")[0], panel.line.target), row.case)
    return first


def _in_short(line: CaseLine) -> str:
    if line.verdict != "pass":
        return evidence.sentence(line.reason)
    exchanges = line.observation.exchanges
    requests = "; ".join(
        f"{evidence.request_line(e.request)} → {evidence.response_line(e.response)}"
        for e in exchanges[:_LINES_OF_A_PASS]
    )
    left = len(exchanges) - _LINES_OF_A_PASS
    return evidence.sentence(
        f"{requests}; and {left} more" if left > 0 else requests or "no request"
    )


def _result(line: CaseLine) -> tuple[bool, str]:
    return (True, "") if line.verdict == "pass" else (False, line.seen)


def _shown(item: object) -> object:
    """Mark the invisible characters of a text; called for everything that a template prints."""
    if isinstance(item, Markup) or not isinstance(item, str):
        return item
    marked = UNSEEN.sub(lambda found: f"<i class=u>{escapes(found[0])}</i>", str(escape(item)))
    return Markup(marked)  # noqa: S704 -- escaped above; the escapes are plain ASCII
