"""The schemas of any resources."""

import json
import os
from pathlib import Path, PurePath

from jsonschema import Draft202012Validator
import pytest
from referencing import Registry, Resource

from conform.core.errors import DocumentError
from conform.documents import coverage, lint, reader
from conform.documents.git import Repository
from conform.documents.history import releases
from conform.documents.meanings import Meanings
from conform.documents.sdks import pages as sdk_pages
from conform.schemas import resources
from conform.schemas.validation import Validator

BOX = """# Box

## Example Box Object

```
{"id": 1, "lid": {"id": 2}, "things": [{"id": 3}], "seal": {"any": 1}}
```

* `id` (int64): Which one
* `lid` (Lid): What closes it
* `things` (Lid[]): What is in it
* `seal` (Seal): What seals it
* `label` (string): What stands on it

---

## Make

```
Files::Box.create(label: "x")
```

### Parameters

* `label` (string): Required - What stands on it
* `lid` (Lid): What closes it
"""
LID = '# Lid\n\n## Example Lid Object\n\n```\n{"id": 1}\n```\n\n* `id` (int64): Which one\n'


@pytest.fixture
def pages(tmp_path: Path) -> list[Path]:
    (tmp_path / "box.md").write_text(BOX)
    (tmp_path / "lid.md").write_text(LID)
    return sorted(tmp_path.glob("*.md"))


def test_references_are_kept_between_pages_and_open_beyond_them(pages: list[Path]) -> None:
    built = resources.build(pages, {}, Meanings())
    schemas = {name: json.loads(content) for name, content in built.files.items()}
    assert sorted(schemas) == ["box.create.json", "box.json", "lid.json"]
    assert built.dangling == ("seal",)
    assert schemas["box.json"]["properties"]["lid"]["$ref"] == "lid.json"
    assert schemas["box.json"]["properties"]["seal"]["type"] == "object"
    assert schemas["box.create.json"]["required"] == ["label"]
    registry = Registry().with_resources(
        (name, Resource.from_contents(schema)) for name, schema in schemas.items()
    )
    validator = Draft202012Validator(schemas["box.json"], registry=registry)
    example = json.loads(BOX.split("```")[1])
    assert list(validator.iter_errors(example)) == []
    [error] = validator.iter_errors(example | {"things": [{"id": "3"}]})
    assert list(error.absolute_path) == ["things", 0, "id"]


def test_a_page_that_cannot_be_read_builds_nothing(pages: list[Path], tmp_path: Path) -> None:
    (tmp_path / "empty.md").write_text("")
    with pytest.raises(DocumentError, match=r"empty\.md"):
        resources.build([*pages, tmp_path / "empty.md"], {}, Meanings())


@pytest.mark.parametrize("sdk", list(sdk_pages()))
def test_every_page_of_a_real_release(sdk: str, tmp_path: Path) -> None:
    variable = f"CONFORM_CHECKOUT_{sdk.upper()}"
    if variable not in os.environ:
        pytest.skip(f"the checkout of the {sdk} SDK is missing: {variable} is not set")
    repository = Repository(Path(os.environ[variable]))
    folder = str(PurePath(sdk_pages()[sdk].checkout[0]).parent)
    listing = repository.list(releases(repository)[-1].revision, folder)
    contents = repository.read(listing.values())
    for name, blob in listing.items():
        if blob in contents:
            (tmp_path / Path(name).name).write_bytes(contents[blob])
    pages = sorted(tmp_path.glob("*.md"))
    known = coverage.names(pages)
    for page in [*pages]:
        try:
            document = reader.read(page)
        except DocumentError:
            pages.remove(page)
            continue
        files = resources.build([page], {}, Meanings()).files
        schema = json.loads(files.get(f"{document.resource}.json", b"{}"))
        shown = document.example.value if document.example else {}
        faults = [each.code for each in lint.lint(document, sdk=sdk, resources=known)]
        contradicted = any(code.startswith("example") for code in faults)
        assert Validator(schema).value(shown) == () or contradicted, page.name
    built = resources.build(pages, {}, Meanings())
    assert len(built.files) > 500
    schemas = {name: json.loads(content) for name, content in built.files.items()}
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
