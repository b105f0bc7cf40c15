"""The cases of a target can be planned from its profile alone, which is plain data."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace
import pytest

from conform.cases import Case, plan
from conform.cases.model import RunStep
from conform.cases.profile import Profile
from conform.core import manifest
from conform.core.protocol import Program, Started
from conform.documents import reader
from conform.documents.at_hand import PageAtHand
from conform.schemas.catalog import Catalog

SENTENCE = "How far does this session conform, in parsecs?"
CODE = 'files_sdk.session.create({\n  "username": "u",\n})\n'
PAGE = f"""# Session

Everything about sessions.

## Example Session Object

```
{{"id": "a", "conform_level": 7}}
```

* `id` (string): Session ID
* `conform_level` (int64): {SENTENCE}

## Create user session (log in)

```
{CODE}```

### Parameters

* `username` (string): Username to sign in as

## Renew user session

```
files_sdk.session.renew()
```

## Sing

```
la la la
```
"""
PROGRAM = Program(name="toy", version="1.0")


@pytest.fixture
def profile() -> Profile:
    """The profile of a release that has its own page."""
    page = PageAtHand.of(reader.parse(PAGE, "/home/me/docs/session.md"), "python")
    started = Started(
        adapter=PROGRAM, sdk=PROGRAM, runtime=PROGRAM, loaded="/sdk", capabilities=("run",)
    )
    return Profile(sdk="python", release="9.9.9", started=started, page=page)


def test_a_profile_that_was_written_down_has_the_same_cases(profile: Profile) -> None:
    adapter = manifest.named("python").manifest
    read = msgspec.json.decode(msgspec.json.encode(profile), type=Profile)
    assert read == profile
    planned = [
        plan(catalog, each.documentation(adapter, catalog))
        for each, catalog in ((profile, Catalog.load()), (read, Catalog.load()))
    ]
    assert planned[0] == planned[1]
    cases = {case.id: case for case in planned[1]}
    printed = cases["session.create/samples/printed-1"]
    assert isinstance(printed, Case)
    assert printed.steps == (RunStep(code=CODE),)
    assert {
        "session.create/fields/conform_level/int64-max",
        "session.renew/contract/documented",
        "session/samples/sing-1",
    } <= cases.keys()


def test_a_profile_has_no_sentence_of_the_page_and_no_path(profile: Profile) -> None:
    written = msgspec.json.encode(profile).decode()
    assert "conform_level" in written
    for text in (SENTENCE, "Everything about sessions", "/home/me"):
        assert text not in written


def test_a_page_that_cannot_be_read_is_in_the_sentence(profile: Profile) -> None:
    unread = replace(profile, page=None, page_problem="It is empty.")
    documentation = unread.documentation(manifest.named("python").manifest, Catalog.load())
    assert documentation.sentence.endswith(
        "since the page that came with it cannot be read: It is empty"
    )
