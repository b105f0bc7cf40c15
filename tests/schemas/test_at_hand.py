"""A page that came with a target is held to before any that the catalog knows."""

import msgspec
import pytest

from conform.cases.plan import plan
from conform.documents import reader
from conform.documents.page import Document
from conform.schemas.catalog import Catalog

OBJECT = """# Session

## Example Session Object

```
{
  "id": "60525f92e859c4c3d74cb02fd176b1525901b525",
  "language": "en",
  "read_only": True,
  "sftp_insecure_ciphers": False%s
}
```

* `id` (string): Session ID
* `language` (string): Session language
* `read_only` (boolean): Is this session read only?
* `sftp_insecure_ciphers` (boolean): Are insecure SFTP ciphers allowed for this user? (If this is \
set to true, the site administrator has signaled that it is ok to use less secure SSH ciphers for \
this user.)%s
* `username` (string): Username to sign in as
* `password` (string): Password for sign in
* `otp` (string): If this user has a 2FA device, provide its OTP or code here.
* `partial_session_id` (string): Identifier for a partially-completed login

## Create user session (log in)

```
files_sdk.session.create({"username": "username"})
```

### Parameters

* `username` (string): Username to sign in as
* `password` (string): Password for sign in
* `otp` (string): If this user has a 2FA device, provide its OTP or code here.
* `partial_session_id` (string): Identifier for a partially-completed login

## Delete user session (log out)

```
files_sdk.session.delete()
```
"""


def page(example: str = "", attribute: str = "") -> Document:
    return reader.parse(OBJECT % (example, attribute), "docs/session.md")


NOVEL = page(',\n  "conform_level": 7', "\n* `conform_level` (int64): How far it conforms.")


@pytest.fixture
def catalog() -> Catalog:
    return Catalog.load()


def test_a_known_shape_is_its_variant(catalog: Catalog) -> None:
    held = catalog.at_hand(page(), "python", "9.9.9")
    assert (held.variant, held.novel, held.release) == ("compact", False, "9.9.9")
    assert held.sentence == "held to the page that came with it"
    assert held.document is not None


def test_the_schemas_of_any_other_shape_are_derived_in_memory(catalog: Catalog) -> None:
    variants = catalog.variants
    held = catalog.at_hand(NOVEL, "python", "9.9.9")
    assert held.novel
    assert held.sentence.endswith("whose shape no known page has")
    assert catalog.variants == variants
    answer = {**held.facts.example, "conform_level": 2**63}
    (problem,) = catalog.validator(held.variant).body(msgspec.json.encode(answer))
    assert problem.pointer == "/conform_level"
    (problem,) = catalog.request_validator(held.variant, "create").body(b'{"conform_level": 7}')
    assert problem.what == "is not documented"
    assert Catalog.load().variants == variants


def test_the_same_page_twice_is_one_variant(catalog: Catalog) -> None:
    first = catalog.at_hand(NOVEL, "python", "9.9.9")
    assert catalog.at_hand(NOVEL, "python", "9.9.9") == first


def test_a_new_attribute_on_the_page_has_its_cases_at_once(catalog: Catalog) -> None:
    held = catalog.at_hand(NOVEL, "python", "9.9.9")
    cases = plan(catalog, [held], held_to=held.called)
    applicable = {case.id for case in cases if hasattr(case, "steps")}
    assert "session.create/fields/conform_level/int64-max" in applicable
    assert "session.create/variants/compact/shared" in applicable
    (absent,) = [case for case in cases if case.id == "session.create/fields/root_path/null"]
    assert "on the page that came with it" in absent.reason
