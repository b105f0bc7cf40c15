"""Known failures: what is one, what is none, and what a list may say."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
import pytest

from conform.cases.expectations import Exposes
from conform.cases.model import Case
from conform.core.errors import UsageError
from conform.core.results import CaseLine, Line, RunLine
from conform.core.results import read as read_results
from conform.core.values import String
from conform.engine.worker import Worker
from conform.verdicts import Fail, KnownFailure, OutdatedEntry, Pass, known

CASE = "session.create/fields/site_id/int64-max"
OTHER = "session.create/fields/site_id/int64-min"
TODAY = date(2026, 6, 1)
FAILURE = Fail(blame="sdk", reason="site_id was changed: 1 became 2.", expected="1", seen="2")
PRINT = known.fingerprint(CASE, FAILURE.expected, FAILURE.reason)
LIST = f"""\
# Ours.
known:
  - case: {CASE}
    sdk: python
    releases: ">=1.0,<2"
    reason: żółć, by hand   # keep me
    link: https://example.com/1
    expires: 2026-12-31
    failures:
      {CASE}: ["{PRINT}"]
"""


def written(folder: Path, text: str = LIST) -> Path:
    path = folder / "known.yaml"
    path.write_text(text)
    return path


# ── fingerprints ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cannot reach 127.0.0.1:43211", "cannot reach 127.0.0.1:50001"),
        ("cannot reach http://localhost:8080/x", "cannot reach http://localhost:9/x"),
        ("HTTPPool(host='127.0.0.1', port=43211)", "HTTPPool(host='127.0.0.1', port=50001)"),
        ("<Session object at 0x7f3a01>", "<Session object at 0x55b2>"),
        ("Session@1b2c3d4", "Session@9f8e7d6"),
        ("It took 8.0 s.", "It took 9.25 s."),
        ("timed out after 2001 milliseconds", "timed out after 2013 milliseconds"),
        ("failed at 2026-01-02T03:04:05Z", "failed at 2027-11-12T13:14:15.167+01:00"),
        ("cannot open /tmp/a1b2/session", "cannot open /tmp/zz9/session"),
        ("process 4711 died", "process 4712 died"),
        (
            "request 0b6b4a3e-5c0f-4d6b-9c0d-2f6a3f7f9f11",
            "request 1b6b4a3e-5c0f-4d6b-9c0d-2f6a3f7f9f12",
        ),
        ("raised Error: a very long tex…", "raised Error: a very long te…"),
    ],
)
def test_what_differs_between_runs_does_not_count(one: str, other: str) -> None:
    assert known.fingerprint(CASE, "x", one) == known.fingerprint(CASE, "x", other)
    assert known.fingerprint(CASE, one, "x") == known.fingerprint(CASE, other, "x")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("site_id was changed: 1 became 2.", "site_id was changed: 1 became 3."),
        ("The error carries the HTTP status 401.", "The error carries the HTTP status 500."),
        ("2 requests arrived.", "3 requests arrived."),
        ('"2021-02-03T04:05:06Z" became "2021-02-03"', '"2021-02-03T04:05:06Z" became 1'),
        ("raised KeyError: 'id'", "raised KeyError: 'type'"),
    ],
)
def test_another_failure_has_another_fingerprint(one: str, other: str) -> None:
    assert known.fingerprint(CASE, "x", one) != known.fingerprint(CASE, "x", other)
    assert known.fingerprint(CASE, "x", one) != known.fingerprint(OTHER, "x", one)


@given(st.text(), st.text())
def test_every_failure_has_a_fingerprint_that_a_list_can_hold(expected: str, reason: str) -> None:
    made = known.fingerprint(CASE, expected, reason)
    assert len(made) == 12
    assert int(made, 16) >= 0


# ── what a list makes of a verdict ───────────────────────────────────────────────────────────────


def test_a_listed_failure_is_known_until_its_day(tmp_path: Path) -> None:
    about = known.read(written(tmp_path)).about("python", "1.0.250")
    assert about.applied(CASE, FAILURE, TODAY) == KnownFailure(
        failure=FAILURE, why="żółć, by hand (https://example.com/1)"
    )
    match about.applied(CASE, FAILURE, date(2027, 1, 1)):
        case OutdatedEntry(place=place, reason=reason, failure=failure):
            assert place == "known.yaml, line 3"
            assert reason.startswith("It was known until 2026-12-31, and fails still: site_id")
            assert failure == FAILURE
        case other:
            pytest.fail(str(other))
    assert isinstance(about.applied(CASE, FAILURE, date(2026, 12, 31)), KnownFailure)


def test_another_failure_of_the_same_case_is_not_known(tmp_path: Path) -> None:
    about = known.read(written(tmp_path)).about("python", "1.0.250")
    other = replace(FAILURE, reason="The object has no site_id.")
    assert about.applied(CASE, other, TODAY) == other
    assert about.applied(OTHER, FAILURE, TODAY) == FAILURE


def test_a_listed_case_that_passes_makes_the_list_outdated(tmp_path: Path) -> None:
    about = known.read(written(tmp_path)).about("python", "1.0.250")
    match about.applied(CASE, Pass(), TODAY):
        case OutdatedEntry(reason=reason, failure=None):
            assert "It passes, and is listed as failing" in reason
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
    assert bool(known.read(written(tmp_path)).about(sdk, release).listed) is is_about


# ── what a list may not say ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("right", "wrong", "line", "problem"),
    [
        ("    link:", "    lnik:", 7, "lnik"),
        ('">=1.0,<2"', '">=1.0 or so"', 5, "no range of releases"),
        ("2026-12-31", "2026-02-30", 8, "date"),
        ("2026-12-31", "soon", 8, "date"),
        ("sdk: python", "sdk: pyhton", 4, "There is no SDK 'pyhton'"),
        (f'"{PRINT}"', '"abc"', 9, "regex"),
        (f'"{PRINT}"', "123456789012", 9, "str"),
        (f"      {CASE}", f"      {OTHER}", 10, "is not one of"),
        ("żółć, by hand", '""', 6, "length"),
        ("    reason: żółć, by hand   # keep me\n", "", 3, "reason"),
        ("known:\n", "knwon:\n", 2, "knwon"),
        (
            "# Ours.\nknown:\n",
            f'known:\n  - {{case: {CASE}, sdk: python, releases: "<2,>=1.0", reason: x}}\n',
            3,
            "in line 2 already",
        ),
        ("    link:", "    sdk: ruby\n    link:", 7, "stands there twice"),
        (LIST, "known: [", 2, "expected"),
        (LIST, "- 1", 1, "object"),
    ],
)
def test_what_is_no_list_is_refused_with_its_line(
    tmp_path: Path, right: str, wrong: str, line: int, problem: str
) -> None:
    assert LIST.count(right) == 1
    path = written(tmp_path, LIST.replace(right, wrong))
    with pytest.raises(UsageError) as refused:
        known.read(path)
    assert refused.value.what == f"{path}:{line} is no list of known failures."
    assert problem in refused.value.why


def test_a_file_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        known.read(tmp_path / "none.yaml")


# ── in results ───────────────────────────────────────────────────────────────────────────────────


def failing(campaign: Worker) -> Case:
    """A case that the control does not pass, for it expects what nobody sends."""
    case = next(each for each in campaign.planned("fields") if each.id == CASE)
    assert isinstance(case, Case)
    wrong = Exposes(attribute="site_id", value=String(text="motor"))
    return replace(case, expect=(wrong,), level="convention")


def line_of(folder: Path, text: str) -> CaseLine:
    results = folder / "results.jsonl"
    with Worker("http", results, known=written(folder, text)) as campaign:
        campaign.begin(1)
        campaign.hold(failing(campaign))
    *_, line = read_results(results)
    assert isinstance(line, CaseLine)
    return line


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> CaseLine:
    """The line of a failure that nobody knows."""
    return line_of(tmp_path_factory.mktemp("plain"), "known: []")


def entry(plain: CaseLine, more: str = "") -> str:
    return (
        f"known:\n  - case: {CASE}\n    sdk: http\n    reason: a reason\n{more}"
        f'    failures: {{{CASE}: ["{plain.fingerprint}"]}}\n'
    )


def test_a_known_failure_keeps_what_was_seen(plain: CaseLine, tmp_path: Path) -> None:
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
    assert (line.source.kind, str(line.source)) == ("list", "known.yaml, line 2")
    assert "known until 2026-01-31" in line.reason
    assert line.fingerprint == plain.fingerprint


# ── bringing a list up to date ───────────────────────────────────────────────────────────────────


def run_of(target: str, *cases: tuple[str, str]) -> list[Line]:
    """The results of a target: cases with what is wrong with them, or nothing."""
    sdk, _, release = target.partition("==")
    opened = RunLine.opening(target, planned=len(cases))
    lines: list[Line] = [opened]
    for case, reason in cases:
        failed = reason and not reason.startswith("list:")
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
                blame="list" if reason.startswith("list:") else "sdk" if reason else None,
                reason=reason,
                expected="1" if failed else "",
                fingerprint=known.fingerprint(case, "1", reason) if failed else "",
            )
        )
    assert sdk
    assert release
    return lines


def test_a_list_is_made_from_a_run(tmp_path: Path) -> None:
    lines = run_of("python==1.0.17", (CASE, 'It said "no" \x7f\u2028.'), (OTHER, ""))
    made = known.update(tmp_path / "known.yaml", lines)
    path = written(tmp_path, made.text)
    (listed,) = known.read(path).listed
    assert listed.entry.case == CASE
    assert listed.entry.releases == ">=1.0.17"
    assert listed.entry.reason == 'It said "no" \x7f\u2028.'
    assert known.update(path, lines).text == made.text


def test_what_people_wrote_stays_as_it_is(tmp_path: Path) -> None:
    path = written(tmp_path)
    lines = run_of("python==1.0.17", (CASE, "Another failure."), (OTHER, "A new one."))
    made = known.update(path, lines)
    kept = [each for each in LIST.splitlines() if PRINT not in each]
    left = iter(made.text.splitlines())
    assert all(each in left for each in kept)
    first, second = known.read(written(tmp_path, made.text)).listed
    another = known.fingerprint(CASE, "1", "Another failure.")
    assert first.entry.failures[CASE] == (PRINT, another)
    assert str(first.entry.expires) == "2026-12-31"
    assert second.entry.case == OTHER
    assert made.added == (f"python==1.0.17 {CASE}", f"python {OTHER}")


def test_a_failure_that_is_gone_is_taken_out_and_its_entry_kept(tmp_path: Path) -> None:
    path = written(tmp_path)
    made = known.update(path, run_of("python==1.0.17", (CASE, "list: It passes.")))
    (listed,) = known.read(written(tmp_path, made.text)).listed
    assert listed.entry.failures == {}
    assert listed.entry.reason == "żółć, by hand"
    assert made.removed == (f"python {CASE}",)
    assert made.unused == ("known.yaml, line 3",)


def test_a_run_of_other_releases_changes_nothing(tmp_path: Path) -> None:
    made = known.update(written(tmp_path), run_of("python==3.0", (CASE, "")))
    assert made.text == LIST


def test_a_pattern_gathers_failures_under_one_reason(tmp_path: Path) -> None:
    text = LIST.replace(f"case: {CASE}", "case: session.create/fields/site_id/*")
    made = known.update(written(tmp_path, text), run_of("python==1.5", (OTHER, "A new one.")))
    (listed,) = known.read(written(tmp_path, made.text)).listed
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
def test_every_way_to_write_a_list_can_be_added_to(tmp_path: Path, text: str) -> None:
    lines = run_of("python==1.0.17", (CASE, "It fails."))
    made = known.update(written(tmp_path, text), lines)
    path = written(tmp_path, made.text)
    about = known.read(path).about("python", "1.0.17")
    failed = Fail(blame="sdk", reason="It fails.", expected="1", seen="")
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
def test_a_new_entry_is_about_the_releases_that_fail(
    tmp_path: Path, failed: tuple[str, ...], passed: tuple[str, ...], ranges: list[str]
) -> None:
    lines = [
        *(line for each in failed for line in run_of(f"python=={each}", (CASE, "It fails."))),
        *(line for each in passed for line in run_of(f"python=={each}", (CASE, ""))),
    ]
    made = known.update(tmp_path / "known.yaml", lines)
    entries = known.read(written(tmp_path, made.text)).listed
    assert [each.entry.releases for each in entries] == ranges
