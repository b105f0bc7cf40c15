"""Each kind of defect on a page has its finding, and a page without defects has none."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conform.documents import lint, reader, sarif
from conform.documents.findings import WHY, Code
from conform.documents.meanings import Meanings, digest

GOOD = """# Thing

## Example Thing Object

```
{
  "id": 1,
  "label": "box"
}
```

* `id` (int64): Who
* `label` (string): What stands on it
* `secret` (string): What opens it

---

## Make

```
Files::Thing.create(
  secret: "sesame"
)
```

### Parameters

* `secret` (string): Required - What opens it
"""


@pytest.mark.parametrize("sdk", ["python", "javascript", "ruby", "dotnet", "java"])
def test_a_page_without_defects(sdk: str, write: Callable[..., str], thing: Any) -> None:
    assert lint.lint(reader.parse(write(sdk, thing), "page")) == ()


@pytest.mark.parametrize(
    ("part", "instead", "code", "line"),
    [
        ('"id": 1,', '"id": "1",', Code.EXAMPLE_TYPE, 7),
        ('"id": 1,', '"id": 1', Code.EXAMPLE_UNREADABLE, 6),
        ('"id": 1,', '"id": None,', Code.EXAMPLE_NOT_JSON, 6),
        ('"id": 1,', '"id": 1, "more": 2,', Code.EXAMPLE_UNDOCUMENTED, 7),
        ('  "id": 1,\n', "", Code.ATTRIBUTE_WITHOUT_EXAMPLE, 11),
        ("* `id` (int64)", "* `id`", Code.TYPE_MISSING, 12),
        ("* `id` (int64)", "* `id` (frob)", Code.TYPE_UNKNOWN, 12),
        ("* `label` (string)", "* `id` (string)", Code.ENTRY_DUPLICATE, 13),
        ("* `label` (string): What", "* `label` (string What", Code.ENTRY_UNREADABLE, 13),
        ('"sesame"\n)', '"sesame"\n', Code.SAMPLE_UNPARSABLE, 21),
        ('"sesame"\n)', '"sesame"\n))', Code.SAMPLE_UNPARSABLE, 23),
        ("  secret:", "  sekret:", Code.SAMPLE_UNDOCUMENTED, 21),
        ('Files::Thing.create(\n  secret: "sesame"\n)', "thing", Code.SAMPLE_WITHOUT_CALL, 21),
    ],
)
def test_each_defect_is_found_on_its_line(part: str, instead: str, code: Code, line: int) -> None:
    assert lint.lint(reader.parse(GOOD, "page"), sdk="ruby") == ()
    text = GOOD.replace(part, instead, 1)
    assert text != GOOD
    found = lint.lint(reader.parse(text, "page"), sdk="ruby")
    assert (code, line) in [(each.code, each.line) for each in found]


def test_a_page_without_an_example() -> None:
    found = lint.lint(reader.parse("# A\n\n* `id` (int64): Who\n", "page"))
    assert Code.EXAMPLE_MISSING in [each.code for each in found]


def test_meanings_that_are_unknown_or_misspelt() -> None:
    known = Meanings(
        meanings={digest("Who"): "identity", digest("What opens it"): "secret"},
        misspelt=(digest("what OPENS  it."),),
    )
    found = lint.lint(reader.parse(GOOD, "page"), sdk="ruby", meanings=known)
    assert [(each.code, each.line) for each in found] == [
        (Code.MEANING_UNKNOWN, 13),
        (Code.MEANING_MISSPELT, 14),
        (Code.MEANING_MISSPELT, 28),
    ]


def test_every_code_says_why_it_matters() -> None:
    assert WHY.keys() == set(Code)


def test_sarif_names_each_rule_and_place() -> None:
    found = lint.lint(reader.parse(GOOD.replace("1,", "true,"), "page"), sdk="ruby")
    [run] = sarif.log([("docs/thing.md", each) for each in found], "1.0")["runs"]
    [result] = run["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "docs/thing.md"
    assert place["region"]["startLine"] == 7
    assert result["ruleId"] in {rule["id"] for rule in run["tool"]["driver"]["rules"]}


def test_the_five_real_pages(real_pages: dict[str, Path]) -> None:
    found = {
        sdk: {each.code for each in lint.lint(reader.read(path), meanings=Meanings.load())}
        for sdk, path in real_pages.items()
    }
    assert found == {
        "python": set(),
        "ruby": set(),
        "php": {Code.SAMPLE_UNPARSABLE, Code.SAMPLE_WITHOUT_CALL},
        "dotnet": {Code.MEANING_MISSPELT},
        "ruby-oldest": {Code.EXAMPLE_TYPE},
    }
