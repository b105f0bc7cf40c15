"""The name of a target is read as people type it, and an error helps to correct a wrong name."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
import pytest

from conform.core.errors import ExitCode, UsageError
from conform.targets.names import (
    Checkout,
    Installed,
    Newest,
    Release,
    SdkName,
    parse,
    split,
)

KNOWN = ("go", "http", "javascript", "python")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("python", SdkName("python", Newest())),
        ("http", SdkName("http", Newest())),
        ("python==1.0.17", SdkName("python", Release("1.0.17"))),
        ("python==2.0.0rc1", SdkName("python", Release("2.0.0rc1"))),
        ("python@path/to/checkout", SdkName("python", Checkout(Path("path/to/checkout")))),
        ("python@/with space/and@sign", SdkName("python", Checkout(Path("/with space/and@sign")))),
        ("python:installed", SdkName("python", Installed())),
        ("go==v3.3.234", SdkName("go", Release("v3.3.234"))),
        ("go==1.x", SdkName("go", Release("1.x"))),
    ],
)
def test_a_name_is_read(text: str, name: object) -> None:
    assert parse(text, KNOWN) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "python==",
        "python@",
        "python:newest",
        "python=1.0.17",
        "python>=1.0",
        "Python",
        "python\n==1",
    ],
)
def test_a_text_that_is_not_a_valid_name_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a valid name of a target") as caught:
        parse(text, KNOWN)
    assert caught.value.exit_code is ExitCode.USED_WRONGLY
    assert "python==1.0.17" in caught.value.fix


@pytest.mark.parametrize(
    "release", ["latest", "../../etc", "1.0 --index elsewhere", ".hidden", "-1", "1.0/.."]
)
def test_a_text_that_is_not_a_valid_release_is_refused(release: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(f"go=={release}", KNOWN)
    assert caught.value.what == f"{release!r} is not a valid release."
    assert caught.value.exit_code is ExitCode.USED_WRONGLY
    assert caught.value.fix == "Write it like go==1.0.17, or name go for the newest one."


def test_an_unknown_sdk_is_refused_with_the_known_ones_and_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        parse("pyhton==1.0.17", KNOWN)
    assert caught.value.why == "The known ones are go, http, javascript, python."
    assert caught.value.fix == "Did you mean python?"


@pytest.mark.parametrize("text", ["server", "server:reference", "server@http://localhost:8080"])
def test_a_server_is_refused_as_not_yet_possible(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text, KNOWN)
    assert caught.value.what == f"{text} cannot be checked yet."
    assert caught.value.exit_code is ExitCode.USED_WRONGLY


def test_an_sdk_that_is_like_no_known_one_is_refused_without_a_guess() -> None:
    with pytest.raises(UsageError) as caught:
        parse("cobol", KNOWN)
    assert "Did you mean" not in caught.value.fix


releases = st.from_regex(r"v?[0-9][0-9A-Za-z.+_-]*", fullmatch=True).map(Release)
paths = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1).map(
    lambda text: Checkout(Path(text.strip() or "."))
)


@given(
    st.builds(
        SdkName,
        st.sampled_from(KNOWN),
        st.one_of(st.just(Newest()), st.just(Installed()), releases, paths),
    )
)
def test_a_name_is_printed_as_it_is_typed(name: SdkName) -> None:
    assert parse(str(name), KNOWN) == name


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("http", ("http", "")),
        ("python==1.0.17", ("python", "==1.0.17")),
        ("python@sha256:0123456789ab", ("python", "@sha256:0123456789ab")),
        ("python:installed", ("python", ":installed")),
        ("no name at all", ("no name at all", "")),
    ],
)
def test_a_name_is_split_into_the_adapter_and_the_rest(name: str, parts: tuple[str, str]) -> None:
    assert split(name) == parts
