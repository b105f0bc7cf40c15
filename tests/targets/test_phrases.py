"""The errors of package managers are recognised, and quoted without what says nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from conform.targets.commands import Finished
from conform.targets.installers import INSTALLERS
from conform.targets.installers.phrases import Phrases, Trouble, registry_name

PROXY = "toy@v9.9.9: reading https://proxy.example/toy/@v/v9.9.9.info: "


def failed(text: str) -> Finished:
    return Finished(command=("tool",), exit_code=1, stdout="", stderr=text)


@pytest.mark.parametrize(
    ("installer", "text", "trouble"),
    [
        ("go", f"{PROXY}404 Not Found", Trouble.NO_RELEASE),
        ("go", f"{PROXY}403 Forbidden", Trouble.NO_ACCESS),
        (
            "go",
            f"{PROXY}403 Forbidden\n\tserver response: This module version is not available.",
            Trouble.NO_RELEASE,
        ),
        ("go", f"{PROXY}502 Bad Gateway", Trouble.NO_ANSWER),
        ("npm", "npm error code E403\nnpm error 403 Forbidden", Trouble.NO_ACCESS),
        ("npm", "npm error code E503", Trouble.NO_ANSWER),
        ("npm", "npm error code EBADENGINE", Trouble.OTHER),
        ("uv", "Because toy was not found in the\n    package registry", Trouble.NO_PACKAGE),
        ("uv", "Because there is no version of toy==9.9.9 and", Trouble.NO_RELEASE),
        ("uv", "Because there is no version of other==9.9.9 and", Trouble.OTHER),
        ("gem", "Could not find a valid gem 'other' (= 9.9.9) in any repository", Trouble.OTHER),
        ("maven", "Could not find artifact other:jar:1 in central", Trouble.OTHER),
    ],
)
def test_an_error_is_recognised(installer: str, text: str, trouble: Trouble) -> None:
    [phrases] = (each.phrases for name, each in INSTALLERS.items() if name == installer)
    assert phrases.trouble(failed(text), "toy", "9.9.9") is trouble


def test_the_first_lines_are_quoted_without_noise_and_private_folders() -> None:
    phrases = Phrases(noise="Loading", ornament="error: ")
    text = "Loading\nerror: \x1b[31m/private/source/a.c:3: no\x1b[0m\nerror: same\nerror: same\n"
    quoted = phrases.quoted(failed(text), [Path("/private/source")])
    assert quoted == "a.c:3: no\nsame"


def test_a_long_error_is_cut() -> None:
    quoted = Phrases().quoted(failed("\n".join(str(number) * 500 for number in range(9))))
    assert quoted.endswith("\n… and 4 more lines")
    assert max(map(len, quoted.splitlines())) == 400


def test_an_error_without_words_is_its_exit_code() -> None:
    assert Phrases(noise=".").quoted(failed("noise")) == "It ended with exit code 1."


def test_credentials_are_not_quoted() -> None:
    quoted = Phrases().quoted(failed("No answer of https://me:secret@host.example/simple"))
    assert quoted == "No answer of https://host.example/simple"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://pypi.org/simple", "PyPI"),
        ("https://me:secret@host.example/simple/", "https://host.example/simple"),
    ],
)
def test_a_registry_is_called_by_its_address_unless_it_is_the_usual_one(
    url: str, name: str
) -> None:
    assert registry_name(url, "pypi.org", "PyPI") == name
