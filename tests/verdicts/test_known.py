"""A list of known failures: its verdicts, its validity, its update and its migration."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from msgspec.structs import replace
import pytest

from conform.cases.expectations import Exposes, Hides
from conform.cases.model import Case
from conform.core.errors import UsageError
from conform.core.identity import CaseId
from conform.core.results import CaseLine, Line, RunLine
from conform.core.results import read as read_results
from conform.core.values import String
from conform.engine.worker import Worker
from conform.verdicts import Fail, Inconclusive, KnownFailure, OutdatedEntry, Pass, known

CASE = "session.create/fields/site_id/int64-max"
NEW = "session.create/lifecycle/new"
OTHER = "session.create/fields/site_id/int64-min"
TODAY = date(2026, 6, 1)
FAILURE = Fail(
    blame="sdk",
    reason="site_id was changed: 1 became 2.",
    expected="site_id = 1",
    seen="site_id = 2",
    differs="changed",
    expectation="exposes",
    members={"attribute": "site_id", "value": {"kind": "integer", "text": "1"}},
)
PRINT = FAILURE.fingerprint(CASE)
LIST = f"""\
# Ours.
schema: 2
known:
  - case: {CASE}
    sdk: python
    releases: ">=1.0,<2"
    reason: żółć, a defect   # keep me
    link: https://example.com/1
    expires: 2026-12-31
    failures:
      {CASE}: ["{PRINT}"]
"""


def written(folder: Path, text: str = LIST) -> Path:
    path = folder / "known.yaml"
    path.write_text(text)
    return path


def fingerprint(case: CaseId, differs: str) -> str:
    return replace(FAILURE, differs=differs).fingerprint(case)


# ── verdicts with a list applied ─────────────────────────────────────────────────────────────────


def test_a_listed_failure_is_known_until_its_day(tmp_path: Path) -> None:
    about = known.read(written(tmp_path)).about("python", "1.0.250")
    assert about.applied(CASE, FAILURE, TODAY) == KnownFailure(
        failure=FAILURE, why="żółć, a defect (https://example.com/1)"
    )
    match about.applied(CASE, FAILURE, date(2027, 1, 1)):
        case OutdatedEntry(place=place, reason=reason, failure=failure):
            assert place == "known.yaml, line 4"
            assert reason == "It was known until 2026-12-31, but still fails: " + FAILURE.reason
            assert failure == FAILURE
        case other:
            pytest.fail(str(other))
    assert isinstance(about.applied(CASE, FAILURE, date(2026, 12, 31)), KnownFailure)


def test_a_listed_inconclusive_verdict_is_known_until_its_day(tmp_path: Path) -> None:
    verdict = Inconclusive(reason="session.create sent no request.", missing="call sends")
    text = LIST.replace(PRINT, verdict.fingerprint(CASE))
    about = known.read(written(tmp_path, text)).about("python", "1.0.250")
    assert about.applied(CASE, verdict, TODAY) == KnownFailure(
        failure=verdict, why="żółć, a defect (https://example.com/1)"
    )
    assert about.applied(CASE, verdict, date(2027, 1, 1)) == verdict
    other = replace(verdict, missing="log written")
    assert about.applied(CASE, other, TODAY) == other


def test_another_failure_of_a_listed_case_is_not_known(tmp_path: Path) -> None:
    about = known.read(written(tmp_path)).about("python", "1.0.250")
    other = replace(FAILURE, differs="absent")
    assert about.applied(CASE, other, TODAY) == other
    assert about.applied(OTHER, FAILURE, TODAY) == FAILURE


def test_a_listed_case_that_passes_makes_the_list_outdated(tmp_path: Path) -> None:
    about = known.read(written(tmp_path)).about("python", "1.0.250")
    match about.applied(CASE, Pass(), TODAY):
        case OutdatedEntry(reason=reason, failure=None):
            assert reason.startswith("It passes, but is listed as failing: żółć")
        case other:
            pytest.fail(str(other))
    assert about.applied(OTHER, Pass(), TODAY) == Pass()


@pytest.mark.parametrize(
    ("sdk", "release", "is_about"),
    [
        ("python", "1.0", True),
        ("python", "1.9rc1", True),
        ("python", "2.0.1", False),
        ("python", "nightly", False),
        ("ruby", "1.0", False),
    ],
)
def test_an_entry_is_about_its_releases(
    tmp_path: Path, sdk: str, release: str, *, is_about: bool
) -> None:
    assert bool(known.read(written(tmp_path)).about(sdk, release).entries) is is_about


# ── lists that are refused ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("right", "wrong", "line", "problem"),
    [
        ("    link:", "    lnik:", 8, "lnik"),
        ('">=1.0,<2"', '">=1.0 or so"', 6, "not a valid range of releases"),
        ("2026-12-31", "2026-02-30", 9, "date"),
        ("2026-12-31", "soon", 9, "date"),
        ("sdk: python", "sdk: pyhton", 5, "There is no SDK 'pyhton'"),
        (f'"{PRINT}"', '"abc"', 10, "regex"),
        (f'"{PRINT}"', "123456789012", 10, "str"),
        (f"      {CASE}", f"      {OTHER}", 11, "does not match"),
        ("żółć, a defect", '""', 7, "length"),
        ("    reason: żółć, a defect   # keep me\n", "", 4, "reason"),
        ("known:\n", "knwon:\n", 3, "knwon"),
        (
            "known:\n",
            f'known:\n  - {{case: {CASE}, sdk: python, releases: "<2,>=1.0", reason: x}}\n',
            5,
            "are already in line 4",
        ),
        ("    link:", "    sdk: ruby\n    link:", 8, "twice"),
        (LIST, "known: [", 2, "expected"),
        (LIST, "- 1", 1, "object"),
        ("schema: 2", "schema: 3", 2, "Invalid enum value 3"),
    ],
)
def test_a_list_that_is_not_valid_is_refused_with_its_line(
    tmp_path: Path, right: str, wrong: str, line: int, problem: str
) -> None:
    assert LIST.count(right) == 1
    path = written(tmp_path, LIST.replace(right, wrong))
    with pytest.raises(UsageError) as refused:
        known.read(path)
    assert refused.value.what == f"{path}:{line} is not a valid list of known failures."
    assert problem in refused.value.why


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        known.read(tmp_path / "none.yaml")


@pytest.mark.parametrize("version", ["", "schema: 1\n"])
def test_a_list_of_schema_1_is_refused_with_the_command_that_migrates_it(
    tmp_path: Path, version: str
) -> None:
    path = written(tmp_path, LIST.replace("schema: 2\n", version))
    with pytest.raises(UsageError) as refused:
        known.read(path)
    assert refused.value.what == f"{path} is a list of schema 1."
    assert "fingerprint" in refused.value.why
    assert f"`conform known update {path} RESULTS`" in refused.value.fix


@pytest.mark.parametrize("text", ["", "# nothing yet\n"])
def test_an_empty_file_is_a_list_without_entries(tmp_path: Path, text: str) -> None:
    assert known.read(written(tmp_path, text)).entries == ()


@pytest.mark.parametrize(
    "pattern",
    [
        CASE.replace("int64", "int128"),
        "session.create/fields/site_di/*",
        "session.create/*/int128-max",
    ],
)
def test_an_entry_that_matches_no_case_is_refused_with_its_line(
    tmp_path: Path, pattern: str
) -> None:
    text = f"schema: 2\nknown:\n  - {{case: {pattern}, sdk: python, reason: x}}\n"
    listed = known.read(written(tmp_path, text))
    with pytest.raises(UsageError) as refused:
        listed.check({CASE, OTHER})
    assert refused.value.what == f"No case matches {pattern} (known.yaml, line 3)."
    assert "`conform cases` lists all cases" in refused.value.fix


def test_a_listed_failure_of_a_case_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    text = LIST.replace(f"case: {CASE}", "case: session.create/fields/site_id/*")
    listed = known.read(written(tmp_path, text))
    listed.check({CASE, OTHER})
    with pytest.raises(UsageError, match=rf"No case matches {CASE} \(known.yaml, line 4\)."):
        listed.check({OTHER})


def test_a_list_about_existing_cases_is_accepted(tmp_path: Path) -> None:
    known.read(written(tmp_path)).check({CASE})


# ── in results ───────────────────────────────────────────────────────────────────────────────────


def failing(worker: Worker) -> Case:
    """A case that the reference client fails, because it expects what no server sends."""
    case = next(each for each in worker.planned("fields") if each.id == CASE)
    assert isinstance(case, Case)
    wrong = Exposes(attribute="site_id", value=String(text="motor"))
    return replace(case, expect=(wrong,), level="convention")


def line_of(folder: Path, text: str) -> CaseLine:
    results = folder / "results.jsonl"
    with Worker("http", results, known=written(folder, text)) as worker:
        worker.prepare()
        worker.begin(1)
        worker.check(failing(worker))
    *_, line = read_results(results)
    assert isinstance(line, CaseLine)
    return line


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> CaseLine:
    """The line of a failure that is not listed."""
    return line_of(tmp_path_factory.mktemp("plain"), "schema: 2\nknown: []")


def entry(plain: CaseLine, more: str = "") -> str:
    return (
        f"schema: 2\nknown:\n  - case: {CASE}\n    sdk: http\n    reason: a reason\n{more}"
        f'    failures: {{{CASE}: ["{plain.fingerprint}"]}}\n'
    )


def test_a_known_failure_keeps_its_observation(plain: CaseLine, tmp_path: Path) -> None:
    assert plain.verdict == "fail"
    line = line_of(tmp_path, entry(plain))
    assert line.verdict == "known-failure"
    assert line.known == "a reason"
    assert (line.reason, line.blame, line.fingerprint) == (
        plain.reason,
        plain.blame,
        plain.fingerprint,
    )
    assert line.observation.requests


def test_an_expired_failure_counts_at_every_level(plain: CaseLine, tmp_path: Path) -> None:
    line = line_of(tmp_path, entry(plain, "    expires: 2026-01-31\n"))
    assert (line.verdict, line.level, line.blame) == ("fail", "documented", "sdk")
    assert (line.source.kind, str(line.source)) == ("list", "known.yaml, line 3")
    assert "known until 2026-01-31" in line.reason
    assert line.fingerprint == plain.fingerprint


def test_a_worker_refuses_a_list_about_cases_that_do_not_exist(
    plain: CaseLine, tmp_path: Path
) -> None:
    gone = entry(plain).replace("int64-max", "int128-max")
    path = written(tmp_path, gone)
    with (
        Worker("http", tmp_path / "results.jsonl", known=path) as worker,
        pytest.raises(UsageError, match=r"int128-max \(known.yaml, line 3\)"),
    ):
        worker.prepare()


def test_a_worker_accepts_a_list_about_cases_of_another_sdk(
    plain: CaseLine, tmp_path: Path
) -> None:
    text = entry(plain).replace("int64-max", "int128-max").replace("sdk: http", "sdk: ruby")
    assert line_of(tmp_path, text).verdict == "fail"


def test_an_inconclusive_case_has_its_line_and_an_update_lists_it(tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    with Worker("http", results) as worker:
        worker.prepare()
        worker.begin(1)
        silent = next(each for each in worker.planned("lifecycle") if each.id == NEW)
        assert isinstance(silent, Case)
        claim = Hides(secret="vroom/4f1c+9d", of="the password", places=("output",))
        worker.check(replace(silent, expect=(claim,), level="security"))
    run, line = read_results(results)
    assert isinstance(line, CaseLine)
    assert (line.verdict, line.level) == ("inconclusive", "security")
    assert line.reason == "The password is in no request and in no response."
    updated = known.update(tmp_path / "known.yaml", (run, line))
    assert line.fingerprint in updated.text


# ── updates ──────────────────────────────────────────────────────────────────────────────────────


def run_of(target: str, *cases: tuple[str, str]) -> list[Line]:
    """The results of a target: its cases with the reasons of failures; empty for a passed case.

    The fingerprint of a failure is made from its reason here.
    """
    opened = RunLine.opening(target, planned=len(cases))
    lines: list[Line] = [opened]
    for case, reason in cases:
        is_outdated = reason.startswith("list:")
        lines.append(
            CaseLine(
                target=target,
                case=case,
                suite="fields",
                title="",
                level="documented",
                source={"kind": "page", "reference": ""},  # type: ignore[arg-type]
                since="0.1.0",
                verdict="fail" if reason else "pass",
                blame="list" if is_outdated else "sdk" if reason else None,
                reason=reason,
                fingerprint=fingerprint(case, reason) if reason and not is_outdated else "",
            )
        )
    return lines


def test_a_list_is_made_from_a_run(tmp_path: Path) -> None:
    lines = run_of("python==1.0.17", (CASE, 'It said "no" \x7f\u2028.'), (OTHER, ""))
    made = known.update(tmp_path / "known.yaml", lines)
    path = written(tmp_path, made.text)
    (listed,) = known.read(path).entries
    assert listed.entry.case == CASE
    assert listed.entry.releases == ">=1.0.17"
    assert listed.entry.reason == 'It said "no" \x7f\u2028.'
    assert known.update(path, lines).text == made.text


def test_an_update_keeps_what_people_wrote(tmp_path: Path) -> None:
    path = written(tmp_path)
    lines = run_of("python==1.0.17", (CASE, "Another failure."), (OTHER, "A new one."))
    made = known.update(path, lines)
    kept = [each for each in LIST.splitlines() if PRINT not in each]
    left = iter(made.text.splitlines())
    assert all(each in left for each in kept)
    first, second = known.read(written(tmp_path, made.text)).entries
    another = fingerprint(CASE, "Another failure.")
    assert first.entry.failures[CASE] == (PRINT, another)
    assert str(first.entry.expires) == "2026-12-31"
    assert second.entry.case == OTHER
    assert made.added == (f"python==1.0.17 {CASE}", f"python {OTHER}")


def test_a_failure_that_passes_is_removed_and_its_entry_kept(tmp_path: Path) -> None:
    path = written(tmp_path)
    made = known.update(path, run_of("python==1.0.17", (CASE, "list: It passes.")))
    (listed,) = known.read(written(tmp_path, made.text)).entries
    assert listed.entry.failures == {}
    assert listed.entry.reason == "żółć, a defect"
    assert made.removed == (f"python {CASE}",)
    assert made.unused == ("known.yaml, line 4",)


def test_a_run_of_other_releases_changes_nothing(tmp_path: Path) -> None:
    made = known.update(written(tmp_path), run_of("python==3.0", (CASE, "")))
    assert made.text == LIST


def test_a_pattern_collects_failures_under_one_reason(tmp_path: Path) -> None:
    text = LIST.replace(f"case: {CASE}", "case: session.create/fields/site_id/*")
    made = known.update(written(tmp_path, text), run_of("python==1.5", (OTHER, "A new one.")))
    (listed,) = known.read(written(tmp_path, made.text)).entries
    assert set(listed.entry.failures) == {CASE, OTHER}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment\n",
        "known: []\n",
        "known: [] # so far\n",
        f"known:\n  - {{case: {CASE}, sdk: python, reason: x}}\n",
        f"known:\n- case: {CASE}\n  sdk: python\n  reason: x # why\n\n# the end\n",
        f"known:\n- case: {CASE}\n  sdk: python\n  failures: {{}}\n  reason: x\n",
        f"known:\n    - case: {OTHER}\n      sdk: python\n      reason: x\n",
    ],
)
@pytest.mark.parametrize("version", ["schema: 2\n", "schema: 1 # old\n", ""])
def test_an_update_can_add_to_every_form_of_a_list(tmp_path: Path, version: str, text: str) -> None:
    lines = run_of("python==1.0.17", (CASE, "It fails."))
    text = version + text
    made = known.update(written(tmp_path, text), lines)
    assert made.text.count("schema: 2") == 1
    path = written(tmp_path, made.text)
    about = known.read(path).about("python", "1.0.17")
    failed = replace(FAILURE, differs="It fails.")
    assert isinstance(about.applied(CASE, failed, TODAY), KnownFailure)
    comments = [line.partition("#")[2] for line in text.splitlines() if "#" in line]
    assert all(comment in made.text for comment in comments)
    assert known.update(path, lines).text == made.text


@pytest.mark.parametrize(
    ("failed", "passed", "ranges"),
    [
        (("1.0", "1.2"), (), [">=1.0"]),
        (("1.0", "1.2"), ("0.9",), [">=1.0"]),
        (("1.0", "1.2"), ("1.3", "1.4"), [">=1.0,<1.3"]),
        (("1.0", "1.2"), ("1.1",), ["==1.0", "==1.2"]),
    ],
)
def test_a_new_entry_is_about_exactly_the_releases_that_fail(
    tmp_path: Path, failed: tuple[str, ...], passed: tuple[str, ...], ranges: list[str]
) -> None:
    lines = [
        *(line for each in failed for line in run_of(f"python=={each}", (CASE, "It fails."))),
        *(line for each in passed for line in run_of(f"python=={each}", (CASE, ""))),
    ]
    made = known.update(tmp_path / "known.yaml", lines)
    entries = known.read(written(tmp_path, made.text)).entries
    assert [each.entry.releases for each in entries] == ranges


# ── migration from schema 1 ──────────────────────────────────────────────────────────────────────

OLD = f"""\
# Ours.
known:
  - case: session.create/fields/site_id/*
    sdk: python
    releases: ">=1.0,<2"
    reason: żółć, a defect   # keep me
    link: https://example.com/1
    expires: 2026-12-31
    failures:
      {CASE}: ["0123456789ab", "ba9876543210"]
      {OTHER}: ["0123456789ab"]
# the end
"""


def kept(old: str, new: str) -> bool:
    """Whether every line but those of failures is in the new text, in the same order."""
    left = iter(new.splitlines())
    return all(each in left for each in old.splitlines() if '["' not in each)


def test_a_migration_replaces_fingerprints_and_keeps_what_people_wrote(tmp_path: Path) -> None:
    lines = run_of("python==1.0.17", (CASE, "It fails."), (OTHER, "It fails, too."))
    made = known.update(written(tmp_path, OLD), lines)
    assert made.text.startswith("# Ours.\nschema: 2\nknown:\n")
    assert kept(OLD, made.text)
    (listed,) = known.read(written(tmp_path, made.text)).entries
    assert listed.entry.failures == {
        CASE: (fingerprint(CASE, "It fails."),),
        OTHER: (fingerprint(OTHER, "It fails, too."),),
    }
    assert (made.added, made.removed, made.unused, made.lost) == ((), (), (), ())


def test_a_migration_names_the_failures_that_the_results_do_not_cover(tmp_path: Path) -> None:
    path = written(tmp_path, OLD)
    made = known.update(path, run_of("python==1.0.17", (CASE, "It fails.")))
    assert made.lost == (f"python {OTHER}",)
    (listed,) = known.read(written(tmp_path, made.text)).entries
    assert set(listed.entry.failures) == {CASE}
    later = known.update(path, run_of("python==1.5", (CASE, "It fails."), (OTHER, "It fails.")))
    assert later.lost == ()
    (listed,) = known.read(written(tmp_path, later.text)).entries
    assert set(listed.entry.failures) == {CASE, OTHER}


def test_a_migration_with_results_of_another_release_keeps_the_entry(tmp_path: Path) -> None:
    made = known.update(written(tmp_path, OLD), run_of("python==3.0", (CASE, ""), (OTHER, "")))
    assert made.lost == (f"python {CASE}", f"python {OTHER}")
    assert made.unused == ()
    assert kept(OLD.replace("    failures:\n", ""), made.text)
    (listed,) = known.read(written(tmp_path, made.text)).entries
    assert (listed.entry.reason, listed.entry.failures) == ("żółć, a defect", {})


def test_a_migration_removes_what_passes_and_adds_what_is_new(tmp_path: Path) -> None:
    third = "session.create/fields/site_id/int64-one"
    lines = run_of("python==1.0.17", (CASE, ""), (OTHER, ""), (third, "It fails."))
    made = known.update(written(tmp_path, OLD), lines)
    assert made.removed == (f"python {CASE}", f"python {OTHER}")
    assert made.added == (f"python==1.0.17 {third}",)
    (listed,) = known.read(written(tmp_path, made.text)).entries
    assert set(listed.entry.failures) == {third}


def test_a_migrated_list_is_not_migrated_twice(tmp_path: Path) -> None:
    lines = run_of("python==1.0.17", (CASE, "It fails."))
    path = written(tmp_path, OLD)
    path.write_text(known.update(path, lines).text)
    assert known.update(path, lines).text == path.read_text()
    assert known.update(path, lines).lost == ()
