"""The HTML report: one file, inert whatever it shows, and everything a reader must find."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import sha256
from html.parser import HTMLParser
import re
from typing import get_args
from urllib.parse import unquote

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
import pytest

from conform.core.escapes import UNSEEN
from conform.core.identity import Suite
from conform.core.observations import Exchange, Observation, Request, Response
from conform.core.results import CaseLine, Line, RunLine
from conform.reports import html

Opens = Callable[..., RunLine]
Came = Callable[..., CaseLine]

VOID = {"meta", "input", "br", "hr", "img", "link"}
FAILED = "session.delete/contract/delete"


class Element:
    """An element with its text and children."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.content: list[Element | str] = []

    @property
    def text(self) -> str:
        """All text in it."""
        return "".join(each if isinstance(each, str) else each.text for each in self.content)

    @property
    def classes(self) -> set[str]:
        """Its classes."""
        return set(self.attributes.get("class", "").split())

    def all(self, tag: str = "", of_class: str = "") -> Iterator[Element]:
        """The elements in it of a tag and a class, in their order."""
        for each in self.content:
            if isinstance(each, Element):
                if tag in {"", each.tag} and (not of_class or of_class in each.classes):
                    yield each
                yield from each.all(tag, of_class)

    def one(self, identifier: str) -> Element:
        """The element of an id."""
        (found,) = (each for each in self.all() if each.attributes.get("id") == identifier)
        return found


class Parser(HTMLParser):
    """Builds the tree and refuses what is not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Element("root", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element opens."""
        names = Counter(name for name, _ in attrs)
        assert max(names.values(), default=1) == 1, f"an attribute stands twice on {tag}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].content.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        """An element closes."""
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        """A text."""
        self.open[-1].content.append(data)


def parse(document: str) -> Element:
    """The document as a tree."""
    parser = Parser()
    parser.feed(document)
    parser.close()
    assert parser.open == [parser.root]
    return parser.root


@pytest.fixture(scope="module")
def document(lines: tuple[Line, ...]) -> str:
    """The sample run as HTML."""
    return html.render(lines)


@pytest.fixture(scope="module")
def page(document: str) -> Element:
    """The same, parsed."""
    return parse(document)


def test_the_answer_and_what_was_run_come_first(page: Element) -> None:
    (heading,) = page.all("h1")
    (header,) = page.all("header")

    assert heading.text.startswith("php==1.0.160 could not be judged; ")
    assert "2026-02-03 04:05:06 UTC" in header.text
    assert "0.1.0" in header.text
    assert "Linux x86_64" in header.text


def test_each_target_has_a_card(page: Element) -> None:
    control, old, _, gone, broken = page.all("li", "card")

    assert "Conforms" in control.text
    assert "Does not conform: 15 documented and 1 security cases failed" in old.text
    assert "Files.com 1.0.17" in old.text
    assert "CPython 3.12.3" in old.text
    assert "Held to the page of 1.0.17" in old.text
    assert "unavailable" in gone.classes
    assert "Ruby is not installed" in gone.text
    assert "apt-get install ruby" in gone.text
    assert "passed" not in gone.text
    assert "broken" in broken.classes


def test_the_matrix_says_what_became_of_each_attribute(page: Element) -> None:
    rows = {
        next(row.all("th")).text: [" ".join(cell.text.split()) for cell in row.all("td")]
        for row in page.one("attributes").all("tr")
        if [*row.all("td")]
    }

    assert rows["site_id"] == ["✓ kept", "retyped ×7", "✓ kept", "⊘ not tested", "⊘ not tested"]
    assert rows["user_id"][1:3] == ["changed ×2", "changed ×2"]
    assert rows["language"][1] == "– not documented"
    assert rows["id"][4] == "suite error"
    assert len(rows) == 12


def test_every_link_leads_somewhere_on_the_page(page: Element) -> None:
    targets = [link.attributes["href"] for link in page.all("a") if "href" in link.attributes]
    ids = Counter(each.attributes["id"] for each in page.all() if "id" in each.attributes)

    assert ids.total() == len(ids)
    assert len(targets) > 10
    assert {unquote(target.removeprefix("#")) for target in targets} <= ids.keys()


def test_a_failing_case_opens_to_its_whole_evidence(page: Element) -> None:
    row = page.one(FAILED)
    (panel,) = row.all("div", "panel")

    assert row.tag == "details"
    for words in (
        "security",
        "operation session.delete (page)",
        "suite 0.1.0",
    ):
        assert words in row.text
    for words in (
        "python==1.0.17",
        "fault of the SDK",
        "The request breaks the contract: the path was /api/rest/v1/sessions/None.",
        "DELETE /api/rest/v1/sessions/None?path=%2F..%2F",
        "X-FilesAPI-Auth: [redacted]",
        "\\xff\\xfe\\x00\\x01",
        "the first 4,096 of 102,468 bytes",
        "connection: reset",
        "PathMismatch at $.path",
        "exit code -11",
        "Segmentation fault",
        "conform run python==1.0.17 -k session.delete/contract/delete",
    ):
        assert words in panel.text
    assert "✓" not in panel.text
    (alike,) = row.all("div", "alike")
    assert "http, python==1.6.456, php==1.0.160: POST /api/rest/v1/sessions → 201" in alike.text


def test_an_error_shows_its_class_status_type_message_and_output(page: Element) -> None:
    (panel,) = page.one("session.create/fields/theme/string-nul").all("div", "panel")

    assert "raised builtins.KeyError" in panel.text
    assert "builtins.LookupError, builtins.Exception" in panel.text
    assert "statusnone" in panel.text
    assert "'theme\\x00' \\x1b[1mnot\\x1b[0m found </pre><script>alert(3)</script>" in panel.text
    assert "\\x1b[31mTraceback" in panel.text


def test_a_row_says_the_verdict_of_every_target(page: Element) -> None:
    marks = [
        " ".join(mark.text.split())
        for mark in next(page.one(FAILED).all("summary")).all("span", "m")
    ]

    assert marks == [
        "http pass",
        "python==1.0.17 fail",
        "python==1.6.456 pass",
        "ruby==1.0.223 unavailable",
        "php==1.0.160 pass",
    ]


def test_rows_in_which_all_is_well_wait_until_asked_for(page: Element) -> None:
    rows = [*page.all("details", "row")]
    quiet = [row for row in rows if "quiet-row" in row.classes]

    assert len(rows) == 101
    assert len(quiet) == 78
    assert not any([*row.all("div", "panel")] for row in quiet)
    assert "checked" in page.one("v-notable").attributes
    style = next(page.all("style")).text
    assert ".cases:has(#v-notable:checked) .quiet-row" in style


def test_targets_disagree_where_what_they_came_to_differs(opens: Opens, came: Came) -> None:
    lines: list[Line] = [opens("go", planned=3), opens("php", planned=3)]
    for name, go, php in (("same", "nil", "nil"), ("other", "nil", "0")):
        lines.append(came("go", f"session.create/fields/{name}/null", "fail", seen=go))
        lines.append(came("php", f"session.create/fields/{name}/null", "fail", seen=php))
    lines.append(came("go", "session.create/fields/id/null", "pass"))
    lines.append(came("php", "session.create/fields/id/null", "not-applicable"))

    page = parse(html.render(lines))

    assert [row.attributes["id"] for row in page.all("details", "differs")] == [
        "session.create/fields/other/null"
    ]


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
        schema=1,
        target=f"php@{text}",
        suite_version=text,
        protocol=1,
        started="2026-02-03T04:05:06Z",
        machine=text,
        unavailable=f"{text}.",
        fix=text,
        held_to=text,
    )

    page = parse(html.render([run]))

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
def test_every_field_of_a_case_is_inert(opens: Opens, came: Came, attack: str) -> None:
    request = Request(method=attack, target=attack, headers=(), body=attack.encode())
    line = came(
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

    page = parse(html.render([opens(attack, planned=1), line]))

    assert len([*page.all("script")]) == 1
    assert not [*page.all("img")]
    assert not [name for each in page.all() for name in each.attributes if name.startswith("on")]
    (panel,) = page.all("div", "panel")
    assert panel.text.count(attack) >= 6


def test_the_same_lines_are_the_same_text(lines: tuple[Line, ...], document: str) -> None:
    assert html.render(lines) == document


def test_thousands_of_cases_stay_a_small_file(opens: Opens, came: Came) -> None:
    exchange = Exchange(
        request=Request(method="POST", target="/api/rest/v1/sessions", headers=()),
        response=Response(status=201, body=b"x" * 100_000),
    )
    lines: list[Line] = []
    for target in ("go", "php", "ruby"):
        lines.append(opens(target, planned=2000))
        lines += [
            came(
                target,
                f"session.create/fields/site_id/case-{number}",
                "pass",
                observation=Observation(exchanges=(exchange,)),
            )
            for number in range(2000)
        ]

    document = html.render(lines)

    assert len(document) < 400 * len(lines)
    assert len(re.findall('<details class="row', document)) == 2000


@pytest.mark.parametrize("suite", get_args(Suite))
def test_every_suite_says_what_it_holds(opens: Opens, came: Came, suite: Suite) -> None:
    line = came("go", f"session.create/{suite}/some", "pass", suite=suite)

    page = parse(html.render([opens("go", planned=1), line]))

    (heading,) = next(page.all("section", "group")).all("h3")
    assert re.fullmatch(rf"{suite} .{{15,}} · 1 case, none failing", heading.text)


def test_a_run_without_any_target_says_so() -> None:
    page = parse(html.render([]))

    assert next(page.all("h1")).text == "Nothing was tested."
    assert "No case was run." in page.one("cases").text


def test_what_an_adapter_is_untried_with_is_on_its_card(opens: Opens) -> None:
    line = opens("dotnet", unavailable="There is no dotnet.", untried="It has <b>never</b> run.")
    untried, tried = parse(html.render((line, opens("python")))).all("li", "card")
    assert "It has <b>never</b> run." in untried.text
    assert [each.text for each in tried.all("p", "why")] == []


def test_the_code_of_a_failure_is_in_its_row(opens: Opens, came: Came) -> None:
    code = "create({'a': \"</pre><script>alert(1)</script>\"})"
    line = replace(came("python", FAILED, "fail", suite="contract"), snippet=code)
    (panel,) = parse(html.render((opens("python", planned=1), line))).all("div", "panel")
    assert code in [each.text for each in panel.all("pre")]
