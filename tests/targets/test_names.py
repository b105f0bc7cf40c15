"""A target is named the way people type it, and an error says what they could have meant."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
import pytest

from conform.core.errors import ExitCode, UsageError
from conform.targets.names import (
    Checkout,
    Installed,
    Newest,
    ReferenceServer,
    Release,
    SdkName,
    ServerName,
    Site,
    parse,
)

KNOWN = ("http", "javascript", "python")


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
        ("server:reference", ServerName(ReferenceServer())),
        ("server@https://example.com", ServerName(Site("https://example.com"))),
        ("server@http://[::1]:8080/", ServerName(Site("http://[::1]:8080"))),
    ],
)
def test_a_name_is_read(text: str, name: object) -> None:
    assert parse(text, KNOWN) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "python==",
        "python==../../etc",
        "python==1.0 --index elsewhere",
        "python==.hidden",
        "python@",
        "python:newest",
        "python=1.0.17",
        "python>=1.0",
        "Python",
        "python\n==1",
    ],
)
def test_what_names_no_target_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="names no target") as caught:
        parse(text, KNOWN)
    assert caught.value.exit_code is ExitCode.USED_WRONGLY
    assert "python==1.0.17" in caught.value.fix


@pytest.mark.parametrize(
    "text", ["server", "server==1", "server@ftp://example.com", "server@https://", "server@x:y:z"]
)
def test_what_names_no_server_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="names no server"):
        parse(text, KNOWN)


def test_an_unknown_sdk_is_answered_with_the_known_ones_and_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        parse("pyhton==1.0.17", KNOWN)
    assert caught.value.why == "The known ones are http, javascript, python, server."
    assert caught.value.fix == "Did you mean python?"


def test_an_sdk_that_is_like_none_is_answered_without_a_guess() -> None:
    with pytest.raises(UsageError) as caught:
        parse("cobol", KNOWN)
    assert "Did you mean" not in caught.value.fix


releases = st.from_regex(r"[0-9A-Za-z][0-9A-Za-z.+_-]*", fullmatch=True).map(Release)
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
