"""The HTML report is inert, whatever it shows."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from conform.core.escapes import UNSEEN
from conform.core.observations import Exchange, Observation, Request, Response
from conform.core.results import CaseLine, RunLine

from .elements import Element, parse, render

RunOf = Callable[..., RunLine]
CaseOf = Callable[..., CaseLine]


def test_nothing_is_fetched_from_anywhere(page: Element, document: str) -> None:
    assert not [*page.all("link"), *page.all("img"), *page.all("iframe")]
    for element in page.all():
        assert not {"src", "srcset", "action", "data", "poster"} & element.attributes.keys()
        assert element.attributes.get("href", "#").startswith("#")
    style = next(page.all("style")).text
    assert "url(" not in style
    assert "@import" not in style
    assert "://" not in document


def test_only_the_reports_own_script_may_run(page: Element, document: str) -> None:
    (script,) = page.all("script")
    (policy,) = (
        meta.attributes["content"]
        for meta in page.all("meta")
        if meta.attributes.get("http-equiv") == "Content-Security-Policy"
    )

    digest = b64encode(sha256(script.text.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "alert(" not in script.text
    assert not [name for each in page.all() for name in each.attributes if name.startswith("on")]
    assert "<script>alert" not in document


def test_no_control_character_reaches_the_browser(document: str) -> None:
    assert UNSEEN.search(document) is None


@settings(deadline=None)  # the first example compiles the templates
@given(text=st.text(st.characters(exclude_categories=[])))
def test_no_text_breaks_out(text: str) -> None:
    run = RunLine(
        schema=2,
        target=f"php@{text}",
        suite_version=text,
        protocol=1,
        started="2026-02-03T04:05:06Z",
        machine=text,
        unavailable=f"{text}.",
        fix=text,
        checked_against=text,
    )

    page = parse(render([run]))

    (card,) = page.all("li", "card")
    assert {each.tag for each in card.all()} <= {"div", "h3", "p", "b", "i"}
    assert len([*page.all("script")]) == 1


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "</style></script><script>alert(1)</script>",
        "\"'><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "{{ 7 * 7 }}{% raw %}",
        "javascript:alert(1)",
    ],
)
def test_every_field_of_a_case_is_inert(run_of: RunOf, case_of: CaseOf, attack: str) -> None:
    request = Request(method=attack, target=attack, headers=(), body=attack.encode())
    line = case_of(
        attack,
        f"session.create/fields/{attack}/null",
        "fail",
        title=attack,
        reason=attack,
        expected=attack,
        seen=attack,
        source=attack,
        observation=Observation(
            exchanges=(Exchange(request=request, response=Response(body=attack.encode())),),
            output=attack,
        ),
    )

    page = parse(render([run_of(attack, planned=1), line]))

    assert len([*page.all("script")]) == 1
    assert not [*page.all("img")]
    assert not [name for each in page.all() for name in each.attributes if name.startswith("on")]
    (panel,) = page.all("div", "panel")
    assert panel.text.count(attack) >= 6
