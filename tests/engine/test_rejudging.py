"""What was observed once is judged again with the same verdicts, or the differences are named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec.structs import replace
import pytest

from conform.core import manifest, paths
from conform.core.errors import AdapterError, UsageError
from conform.core.manifest import AdapterFolder
from conform.core.observations import NOTHING
from conform.core.results import CaseLine, Line, RunLine
from conform.core.results import read as read_results
from conform.engine import preparation
from conform.engine.events import CaseEnded, Event, RunBegan, RunEnded, TargetBegan, TargetEnded
from conform.engine.execution import Executor
from conform.engine.kept import (
    KeptCase,
    KeptFile,
    KeptRun,
    KeptVerdict,
    file_name,
    kept_files,
    read,
)
from conform.engine.rejudging import KeptSelection, Rejudged, rejudge
from conform.engine.worker import Worker
from conform.targets.resolve import resolve

CASE = "session.create/fields/site_id/int64-beyond-double"
OTHER = "session.create/fields/site_id/int64-max"
GONE = "session.create/fields/site_id/gone"
ISOLATED = "session.create/security/network/login"
"""A case that applies only in an isolated network, which a test does not have."""
DEFECT = "values/rounded"

Rounded = tuple[Path, tuple[Line, ...]]


@pytest.fixture(scope="module")
def rounded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rounded]:
    """What was kept of a broken reference client, which rounds integers, and its results."""
    with pytest.MonkeyPatch.context() as patch:
        _break_client(patch)
        yield observed(tmp_path_factory.mktemp("rounded"))


def _break_client(patch: pytest.MonkeyPatch) -> None:
    reference = manifest.named("http")
    program = str(paths.suites() / "mutants" / "mutant.py")
    command = ("{python}", program, str(reference.folder), DEFECT)
    start = replace(reference.manifest.start, command=command)
    broken = AdapterFolder(reference.folder, replace(reference.manifest, start=start))
    patch.setattr(manifest, "named", lambda _: broken)


def observed(folder: Path, *, known: Path | None = None, cases_as_of: str = "") -> Rounded:
    """Run the cases about one attribute and those of the contract; keep and write everything."""
    results, keep = folder / "results.jsonl", folder / "kept"
    keep.mkdir()
    with Worker("http", results, known=known, cases_as_of=cases_as_of, keep=keep) as worker:
        worker.prepare()
        fields = [case for case in worker.planned("fields") if "site_id" in case.id]
        cases = (*worker.planned("contract"), *fields)
        worker.begin(len(cases))
        for case in cases:
            worker.check(case)
        worker.finish()
    return keep, read_results(results)


def judged(folder: Path, **selection: object) -> Rejudged:
    (one,) = rejudge(folder, KeptSelection(**selection), [])  # type: ignore[arg-type]
    return one


def rewritten(
    kept: Path, folder: Path, edit: Callable[[KeptRun], KeptRun], *, planned: tuple[str, ...] = ()
) -> Path:
    """A folder in which another suite kept the same target."""
    (path,) = kept_files(kept)
    run = edit(read(path))
    folder.mkdir(exist_ok=True)
    with KeptFile(folder / file_name(run.target.run.target), run.target) as file:
        for case in run.cases:
            file.add(case)
        file.finish((*run.left_out, *planned))
    return folder


def with_case(name: str, **members: object) -> Callable[[KeptRun], KeptRun]:
    """An edit of one case."""

    def edit(run: KeptRun) -> KeptRun:
        cases = [replace(case, **members) if case.case == name else case for case in run.cases]
        return replace(run, cases=tuple(cases))

    return edit


def without(name: str) -> Callable[[KeptRun], KeptRun]:
    """An edit that removes one case."""
    return lambda run: replace(run, cases=tuple(each for each in run.cases if each.case != name))


# ── the same suite ───────────────────────────────────────────────────────────────────────────────


def test_the_same_suite_gives_the_same_results(rounded: Rounded) -> None:
    folder, results = rounded
    again = judged(folder)
    assert (again.run, *again.lines) == results
    verdicts = {line.case: line.verdict for line in again.lines}
    assert (verdicts[CASE], verdicts[OTHER.replace("max", "one")]) == ("fail", "pass")
    assert (again.differences, again.new, again.changed, again.removed) == ((), (), (), ())


def test_the_events_are_those_of_a_run(rounded: Rounded) -> None:
    folder, results = rounded
    events: list[Event] = []
    rejudge(folder, KeptSelection(), [events.append])
    began, opened, *ended, last, end = events
    assert began == RunBegan(targets=("http",))
    assert opened == TargetBegan(run=results[0])  # type: ignore[arg-type] # the first line
    assert [each.line for each in ended if isinstance(each, CaseEnded)] == list(results[1:])
    assert last == TargetEnded(target="http")
    assert isinstance(end, RunEnded)
    assert end.lines == results


def test_a_list_of_known_failures_is_that_of_the_judge(rounded: Rounded, tmp_path: Path) -> None:
    folder, results = rounded
    (failed,) = (each for each in results if isinstance(each, CaseLine) and each.case == CASE)
    listed = tmp_path / "known.yaml"
    listed.write_text(
        f"schema: 2\nknown:\n  - case: {CASE}\n    sdk: http\n    reason: a reason\n"
        f'    failures: {{{CASE}: ["{failed.fingerprint}"]}}\n'
    )
    again = judged(folder, known=listed)
    (line,) = (each for each in again.lines if each.case == CASE)
    assert (line.verdict, line.known) == ("known-failure", "a reason")
    assert again.differences == (), "the list is not a judge"
    listed.write_text(listed.read_text().replace(CASE, GONE))
    with pytest.raises(UsageError, match=f"No case matches {GONE}"):
        judged(folder, known=listed)


def test_a_list_of_the_run_is_not_kept(rounded: Rounded, tmp_path: Path) -> None:
    _, results = rounded
    (failed,) = (each for each in results if isinstance(each, CaseLine) and each.case == OTHER)
    listed = tmp_path / "known.yaml"
    listed.write_text(
        f"schema: 2\nknown:\n  - case: {OTHER}\n    sdk: http\n    reason: a reason\n"
        f'    failures: {{{OTHER}: ["{failed.fingerprint or "0" * 12}"]}}\n'
    )
    folder, listed_results = observed(tmp_path, known=listed)
    assert judged(folder, known=listed).lines == listed_results[1:]
    plain = judged(folder)
    assert plain.lines != listed_results[1:]
    assert plain.differences == ()


def test_cases_that_the_run_left_out_as_newer_stay_out(tmp_path: Path) -> None:
    folder, results = observed(tmp_path, cases_as_of="0.0.1")
    again = judged(folder)
    assert (again.run, *again.lines) == results
    assert again.run.newer_cases > 1000
    assert again.lines == ()


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ({"part": "int64-max"}, {OTHER}),
        ({"suites": ("contract",), "part": "site_id"}, set()),
        ({"suites": ("fields",), "part": "int64-max"}, {OTHER}),
    ],
)
def test_some_cases_can_be_judged_alone(
    rounded: Rounded, selection: dict[str, object], expected: set[str]
) -> None:
    again = judged(rounded[0], **selection)
    assert {line.case for line in again.lines} == expected
    assert again.run.planned == len(expected)


def test_a_suite_that_does_not_exist_is_refused(rounded: Rounded) -> None:
    with pytest.raises(UsageError, match="There is no suite 'feilds'"):
        judged(rounded[0], suites=("feilds",))


def test_the_page_that_came_with_a_target_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = tmp_path / "Session.md"
    page.write_text(
        "# Session\n\n## Example Session Object\n\n"
        '```\n{"id": "a", "site_id": 7, "level": 1}\n```\n'
        "\n* `id` (string): Session ID\n* `site_id` (int64): Site\n* `level` (int64): Level\n\n"
        '## Create user session (log in)\n\n```\nsession.create({"username": "a"})\n```\n\n'
        "### Parameters\n\n* `username` (string): Username to sign in as\n"
    )
    monkeypatch.setattr(preparation, "resolve", lambda name: replace(resolve(name), page=page))
    folder, results = observed(tmp_path)
    page.unlink()
    monkeypatch.undo()
    again = judged(folder)
    assert (again.run, *again.lines) == results
    assert again.run.checked_against.startswith("checked against the page that came with it")
    assert again.run.variant.startswith("at-hand-")


def test_an_error_of_an_adapter_stays_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: object) -> None:
        raise AdapterError("The adapter of http could not be reset.", why="It is gone.")

    monkeypatch.setattr(Executor, "execute", broken)
    folder, results = observed(tmp_path)
    again = judged(folder)
    assert again.lines == results[1:]
    assert {line.verdict for line in again.lines} == {"error"}
    assert again.lines[0].reason == "The adapter of http could not be reset. It is gone."


# ── another suite ────────────────────────────────────────────────────────────────────────────────


def test_a_verdict_that_differs_is_named(rounded: Rounded, tmp_path: Path) -> None:
    before = KeptVerdict(name="pass")
    again = judged(rewritten(rounded[0], tmp_path, with_case(CASE, verdict=before)))
    (difference,) = again.differences
    assert (difference.before, difference.line.verdict) == (before, "fail")
    assert str(difference).startswith(f"{CASE}: pass → fail: ")
    assert difference.line.reason in str(difference)


def test_a_failure_that_passes_now_says_how_it_failed(rounded: Rounded, tmp_path: Path) -> None:
    name = OTHER.replace("max", "one")
    before = KeptVerdict(name="fail", fingerprint="0" * 12, reason="It was wrong.")
    again = judged(rewritten(rounded[0], tmp_path, with_case(name, verdict=before)))
    assert list(map(str, again.differences)) == [f"{name}: fail → pass: before: It was wrong."]


def test_another_failure_differs_but_another_sentence_does_not(
    rounded: Rounded, tmp_path: Path
) -> None:
    (path,) = kept_files(rounded[0])
    (verdict,) = (each.verdict for each in read(path).cases if each.case == CASE)
    for change, differs in (({"reason": "It was worse."}, 0), ({"fingerprint": "0" * 12}, 1)):
        edit = with_case(CASE, verdict=replace(verdict, **change))
        again = judged(rewritten(rounded[0], tmp_path, edit))
        assert (
            list(map(str, again.differences))
            == [f"{CASE}: another failure: {verdict.reason}"] * differs
        )


@pytest.mark.parametrize(
    ("edit", "attribute", "reason"),
    [
        (without(CASE), "new", "The case is new, and was not observed."),
        (with_case(CASE, done=None), "new", "The case is new, and was not observed."),
        (
            with_case(CASE, done="0" * 16),
            "changed",
            "What is done in the case has changed since it was observed.",
        ),
    ],
    ids=["was not there", "did not apply", "did something else"],
)
def test_a_case_that_was_not_observed_is_unavailable(
    rounded: Rounded,
    tmp_path: Path,
    edit: Callable[[KeptRun], KeptRun],
    attribute: str,
    reason: str,
) -> None:
    again = judged(rewritten(rounded[0], tmp_path, edit))
    assert getattr(again, attribute) == (CASE,)
    (line,) = (each for each in again.lines if each.case == CASE)
    assert (line.verdict, line.reason) == ("unavailable", reason)
    assert again.run.fix == "Run the target again with --keep."
    assert again.run.planned == len(again.lines) == len(rounded[1]) - 1
    assert again.differences == ()


def test_a_case_that_exists_no_longer_is_named(rounded: Rounded, tmp_path: Path) -> None:
    def edit(run: KeptRun) -> KeptRun:
        gone = KeptCase(case=GONE, done="0" * 16, verdict=KeptVerdict(name="pass"))
        return replace(run, cases=(*run.cases, gone))

    folder = rewritten(rounded[0], tmp_path, edit)
    again = judged(folder)
    assert again.removed == (GONE,)
    assert again.lines == rounded[1][1:]
    assert judged(folder, part="int64").removed == ()


def test_a_case_that_applies_no_longer_is_not_applicable(rounded: Rounded, tmp_path: Path) -> None:
    passed = KeptVerdict(name="pass")

    def edit(run: KeptRun) -> KeptRun:
        case = replace(run.cases[0], case=ISOLATED, verdict=passed)
        return replace(run, cases=(*run.cases, case), left_out=run.left_out - {ISOLATED})

    again = judged(rewritten(rounded[0], tmp_path, edit))
    *_, last = again.lines
    assert (last.case, last.verdict) == (ISOLATED, "not-applicable")
    assert last.observation == NOTHING
    assert list(map(str, again.differences)) == [
        f"{ISOLATED}: pass → not-applicable: {last.reason}"
    ]


def test_an_sdk_without_an_adapter_is_refused(rounded: Rounded, tmp_path: Path) -> None:
    def edit(run: KeptRun) -> KeptRun:
        profile = replace(run.target.profile, sdk="cobol")
        return replace(run, target=replace(run.target, profile=profile))

    with pytest.raises(UsageError, match="This suite has no adapter for cobol"):
        judged(rewritten(rounded[0], tmp_path, edit))


def test_two_files_of_one_target_are_refused(rounded: Rounded, tmp_path: Path) -> None:
    folder = rewritten(rounded[0], tmp_path, lambda run: run)
    (path,) = kept_files(folder)
    path.with_name("other.jsonl.gz").write_bytes(path.read_bytes())
    with pytest.raises(UsageError, match=r"Two files in .* have observations of http\."):
        judged(folder)


def test_several_targets_are_judged_together(rounded: Rounded, tmp_path: Path) -> None:
    def edit(run: KeptRun) -> KeptRun:
        return replace(
            run, target=replace(run.target, run=replace(run.target.run, target="http:installed"))
        )

    for each in (lambda run: run, edit):
        folder = rewritten(rounded[0], tmp_path, each)
    again = rejudge(folder, KeptSelection(), [])
    assert [each.run.target for each in again] == ["http:installed", "http"]
    assert {line.target for line in again[0].lines} == {"http:installed"}


def test_another_release_of_the_suite_says_which(rounded: Rounded, tmp_path: Path) -> None:
    def edit(run: KeptRun) -> KeptRun:
        older = replace(run.target.run, suite_version="0.0.1", checked_against="something else")
        return replace(run, target=replace(run.target, run=older))

    again = judged(rewritten(rounded[0], tmp_path, edit))
    opened = rounded[1][0]
    assert isinstance(opened, RunLine)
    assert again.run == opened
