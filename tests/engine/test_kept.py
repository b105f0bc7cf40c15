"""Kept observations are read as they were written, or refused with the reason and the line."""

from __future__ import annotations

from collections.abc import Callable
import gzip
from hashlib import sha256
import json
import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
import pytest

from conform.cases.profile import Profile
from conform.core.errors import ExitCode, UsageError
from conform.core.observations import (
    Contact,
    Crashed,
    Exchange,
    Header,
    Hung,
    NotReached,
    Observation,
    Request,
    Response,
    StepOutcome,
)
from conform.core.protocol import Program, Raised, Returned, Started
from conform.core.results import RunLine
from conform.core.values import Bytes, Integer, String
from conform.engine.kept import (
    KeptCase,
    KeptFile,
    KeptFolder,
    KeptRun,
    KeptTarget,
    KeptVerdict,
    file_name,
    kept_files,
    read,
)
from conform.engine.lines import Seen

PROGRAM = Program(name="toy", version="1.0")
TARGET = KeptTarget(
    schema=2,
    run=RunLine.opening("http", planned=3),
    profile=Profile(
        sdk="http",
        release="1.0",
        started=Started(
            adapter=PROGRAM, sdk=PROGRAM, runtime=PROGRAM, loaded="/sdk", error_families=("E",)
        ),
    ),
)
NAMES = ("session.create/fields/id/null", "session.create/fields/id/nul", "session.create/faults/x")
CASES = tuple(
    KeptCase(
        case=name,
        done="0123456789abcdef",
        seen=Seen(observation=Observation(output=name, seconds=0.25)),
        verdict=KeptVerdict(name="pass"),
    )
    for name in NAMES
)

texts = st.text(st.characters(codec="utf-8"), max_size=20)
headers = st.builds(Header, texts, texts)
requests = st.builds(
    Request,
    method=texts,
    target=texts,
    headers=st.lists(headers, max_size=2).map(tuple),
    body=st.binary(max_size=20),
    at=st.floats(0, 1000),
)
responses = st.builds(
    Response, status=st.none() | st.integers(100, 599), body=st.binary(max_size=20)
)
outcomes: st.SearchStrategy[StepOutcome] = st.one_of(
    st.builds(Returned, value=st.builds(String, text=texts)),
    st.builds(Returned, value=st.builds(Integer, text=st.integers().map(str))),
    st.just(Returned(value=Bytes(base64="/w=="))),
    st.builds(Raised, error=texts.filter(bool), message=texts),
    st.builds(Crashed, exit_code=st.integers(-20, 20), last_words=texts),
    st.builds(Hung, seconds=st.floats(0, 1000)),
    st.just(NotReached()),
)
contacts = st.builds(
    Contact, host=texts, port=st.integers(0, 65535), protocol=st.just("tcp"), request=requests
)
observations = st.builds(
    Observation,
    steps=st.lists(outcomes, max_size=3).map(tuple),
    exchanges=st.lists(st.builds(Exchange, request=requests, response=responses), max_size=2).map(
        tuple
    ),
    contacts=st.none() | st.lists(contacts, max_size=1).map(tuple),
    output=texts,
    afterwards=st.none() | st.builds(Hung, seconds=st.floats(0, 1000)),
    seconds=st.floats(0, 1000),
)
kept_cases = st.builds(
    KeptCase,
    case=st.just(NAMES[0]),
    done=st.none() | st.just("0123456789abcdef"),
    seen=st.builds(Seen, observation=observations, error=texts),
    verdict=st.builds(
        KeptVerdict,
        name=st.sampled_from(("pass", "fail", "inconclusive", "not-applicable", "error")),
        cause=texts,
        fingerprint=texts,
        reason=texts,
    ),
)


def write(path: Path, *cases: KeptCase, planned: tuple[str, ...] = NAMES) -> Path:
    """A complete file."""
    with KeptFile(path, TARGET) as file:
        for case in cases:
            file.add(case)
        file.finish(planned)
    return path


@given(cases=st.lists(kept_cases, max_size=3))
def test_what_was_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, cases: list[KeptCase]
) -> None:
    path = write(tmp_path_factory.mktemp("kept") / "http.jsonl.gz", *cases, planned=())
    assert read(path) == KeptRun(target=TARGET, cases=tuple(cases), left_out=frozenset())


def test_cases_that_were_not_selected_are_kept_by_name(tmp_path: Path) -> None:
    path = write(tmp_path / "http.jsonl.gz", CASES[0])
    assert read(path).left_out == {NAMES[1], NAMES[2]}


def test_the_same_observations_are_the_same_bytes(tmp_path: Path) -> None:
    one, two = (write(tmp_path / name, *CASES).read_bytes() for name in ("one.gz", "two.gz"))
    assert one == two


# ── what is refused ──────────────────────────────────────────────────────────────────────────────


def changed(edit: Callable[[list[bytes]], list[bytes]]) -> Callable[[Path], None]:
    """An edit of the lines of a file."""

    def apply(path: Path) -> None:
        lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
        path.write_bytes(gzip.compress(b"".join(edit(lines))))

    return apply


def resealed(edit: Callable[[list[bytes]], list[bytes]]) -> Callable[[Path], None]:
    """An edit of the lines, with the closing line that a suite would write for them."""

    def seal(lines: list[bytes]) -> list[bytes]:
        edited = edit(lines[:-1])
        digests = [sha256(line).hexdigest()[:16] for line in edited]
        return [*edited, json.dumps({"kind": "end", "lines": digests}).encode() + b"\n"]

    return changed(seal)


def version(lines: list[bytes]) -> list[bytes]:
    return [json.dumps(json.loads(lines[0]) | {"schema": 7, "more": 1}).encode() + b"\n"]


def passed(lines: list[bytes]) -> list[bytes]:
    return [lines[0], lines[1].replace(b'"pass"', b'"fail"'), *lines[2:]]


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def damaged(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-8] ^= 1
    path.write_bytes(content)


REFUSED: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "cut": (cut, "are incomplete", "without the line that closes the file"),
    "cut after a line": (changed(lambda lines: lines[:3]), "are incomplete", "after line 3"),
    "cut in a line": (
        changed(lambda lines: [*lines[:2], lines[2][:30]]),
        "are incomplete",
        "after line 2",
    ),
    "edited": (changed(passed), "were changed", "Line 2 is not"),
    "no JSON": (changed(lambda lines: [lines[0], b"?\n", *lines[2:]]), "were changed", "Line 2"),
    "a line less": (changed(lambda lines: [*lines[:2], *lines[3:]]), "were changed", "Line 3"),
    "a line more": (
        changed(lambda lines: [*lines[:4], lines[3], lines[4]]),
        "were changed",
        "Line 5",
    ),
    "a flipped bit": (damaged, "were changed", "is not as the run wrote it"),
    "cut in the last line": (
        changed(lambda lines: [*lines[:4], lines[4][:-9]]),
        "are incomplete",
        "after line 4",
    ),
    "a newer kind of verdict": (
        resealed(lambda lines: [*lines[:2], lines[2].replace(b'"pass"', b'"maybe"'), lines[3]]),
        "This suite cannot read",
        "Line 3: Invalid enum value 'maybe'",
    ),
    "bytes": (changed(lambda lines: [lines[0], b"\xff\n", *lines[2:]]), "were changed", "Line 2"),
    "another version": (changed(version), "have the format 7", "reads the format 2"),
    "results": (changed(lambda _: [b'{"kind": "run"}\n']), "is not a file of kept", "run"),
    "text": (lambda path: path.write_bytes(b"hello"), "is not a file of kept", "gzip"),
    "nothing": (lambda path: path.write_bytes(b""), "is not a file of kept", ""),
    "a folder": (lambda path: (path.unlink(), path.mkdir()), "cannot be read", "regular file"),
    "a pipe": (lambda path: (path.unlink(), os.mkfifo(path)), "cannot be read", "regular file"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_anything_else_is_refused(tmp_path: Path, name: str) -> None:
    spoil, what, why = REFUSED[name]
    path = write(tmp_path / "http.jsonl.gz", *CASES)
    assert len(read(path).cases) == 3
    spoil(path)
    with pytest.raises(UsageError, match=what) as refused:
        read(path)
    assert str(path) in refused.value.what
    assert why in refused.value.why
    assert refused.value.fix
    assert refused.value.exit_code is ExitCode.USED_WRONGLY


def test_a_file_that_was_not_finished_is_incomplete(tmp_path: Path) -> None:
    path = tmp_path / "http.jsonl.gz"
    with KeptFile(path, TARGET) as file:
        file.add(CASES[0])
    with pytest.raises(UsageError, match="are incomplete"):
        read(path)


# ── the folder ───────────────────────────────────────────────────────────────────────────────────


def test_a_file_gets_its_name_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "http.jsonl.gz"
    with KeptFolder(path.parent) as folder:
        for cases in (CASES, CASES[:1]):
            before = read(path).cases if path.exists() else None
            write(folder.unfinished / path.name, *cases)
            assert (read(path).cases if path.exists() else None) == before
            folder.accept("http")
            assert read(path).cases == cases
        write(folder.unfinished / file_name("go==1.0"), *CASES)
    assert list(path.parent.iterdir()) == [path], "what is not complete is removed"


def test_an_unavailable_target_leaves_the_older_file(tmp_path: Path) -> None:
    path = write(tmp_path / "http.jsonl.gz", *CASES)
    with KeptFolder(tmp_path) as folder:
        folder.accept("http")
    assert read(path).cases == CASES


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("python==1.0.17", "python==1.0.17.jsonl.gz"),
        ("python@sha256:0123456789ab", "python@sha256-0123456789ab.jsonl.gz"),
        ("python:installed", "python-installed.jsonl.gz"),
    ],
)
def test_a_file_is_named_after_its_target(target: str, name: str) -> None:
    assert file_name(target) == name


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot be kept in") as refused:
        KeptFolder(tmp_path / "file" / "kept")
    assert "--keep" in refused.value.fix


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_full_disk_is_refused_with_the_file() -> None:
    with (
        pytest.raises(UsageError, match="cannot be kept in /dev/full") as refused,
        KeptFile(Path("/dev/full"), TARGET) as file,
    ):
        file.finish(())
    assert "No space left" in refused.value.why


def test_a_folder_without_observations_is_refused(tmp_path: Path) -> None:
    (tmp_path / "results.jsonl").touch()
    with pytest.raises(UsageError, match="There are no kept observations") as empty:
        kept_files(tmp_path)
    assert "no file that ends with" in empty.value.why
    with pytest.raises(UsageError, match="There are no kept observations") as missing:
        kept_files(tmp_path / "missing")
    assert missing.value.why == "There is no such folder."


def test_an_unfinished_file_is_no_file_of_the_folder(tmp_path: Path) -> None:
    path = write(tmp_path / "http.jsonl.gz", *CASES)
    write(tmp_path / ".go.jsonl.gz", *CASES)
    assert kept_files(tmp_path) == (path,)
