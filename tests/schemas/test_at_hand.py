"""A page that came with a target is used instead of the page in the catalog."""

import pytest

from conform.cases import Case, Documentation, Inapplicable, Planned, plan
from conform.core import manifest
from conform.documents import reader
from conform.documents.at_hand import PageAtHand
from conform.documents.page import Document
from conform.schemas.catalog import Catalog, ReferencePage
from conform.schemas.validation import Validator

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


RENEW = """
## Renew user session

```
files_sdk.session.renew({"otp": "123456"})
```

### Parameters

* `otp` (string): If this user has a 2FA device, provide its OTP or code here.
"""


def page(example: str = "", attribute: str = "", more: str = "") -> Document:
    return reader.parse(OBJECT % (example, attribute) + more, "docs/session.md")


NOVEL = page(',\n  "conform_level": 7', "\n* `conform_level` (int64): How far it conforms.")


@pytest.fixture
def catalog() -> Catalog:
    return Catalog.load()


def planned(catalog: Catalog, reference: ReferencePage) -> dict[str, Planned]:
    own = Documentation.of_release(manifest.named("python").manifest, "9.9.9", catalog)
    return {case.id: case for case in plan(catalog, own.with_page(reference))}


def test_a_page_with_a_known_shape_belongs_to_its_variant(catalog: Catalog) -> None:
    reference = catalog.at_hand(PageAtHand.of(page(), "python"), "9.9.9")
    assert (reference.variant, reference.novel, reference.release) == ("compact", False, "9.9.9")
    assert reference.name == "the page that came with it"
    assert reference.sentence == "checked against the page that came with it"
    assert reference.at_hand is not None


def test_the_schemas_of_a_new_shape_are_derived_in_memory(catalog: Catalog) -> None:
    variants = catalog.variants
    reference = catalog.at_hand(PageAtHand.of(NOVEL, "python"), "9.9.9")
    assert reference.novel
    assert reference.sentence.endswith("whose shape no known page has")
    assert catalog.variants == variants
    answer = reference.facts.example | {"conform_level": 2**63}
    (problem,) = Validator(catalog.schema(reference.variant)).value(answer)
    assert problem.pointer == "/conform_level"
    request = Validator(catalog.request_schema(reference.variant, "create"))
    (problem,) = request.value({"conform_level": 7})
    assert problem.what == "is not documented"
    assert Catalog.load().variants == variants


def test_the_same_page_twice_is_one_variant(catalog: Catalog) -> None:
    first = catalog.at_hand(PageAtHand.of(NOVEL, "python"), "9.9.9")
    assert catalog.at_hand(PageAtHand.of(NOVEL, "python"), "9.9.9") == first


def test_a_new_attribute_on_the_page_has_cases(catalog: Catalog) -> None:
    cases = planned(catalog, catalog.at_hand(PageAtHand.of(NOVEL, "python"), "9.9.9"))
    assert isinstance(cases["session.create/fields/conform_level/int64-max"], Case)
    assert isinstance(cases["session.create/variants/compact/shared"], Case)
    absent = cases["session.create/fields/root_path/null"]
    assert isinstance(absent, Inapplicable)
    assert absent.reason.startswith("The page that came with it does not document")


def test_an_operation_without_an_endpoint_is_not_applicable(catalog: Catalog) -> None:
    known = catalog.at_hand(PageAtHand.of(page(), "python"), "9.9.9")
    reference = catalog.at_hand(PageAtHand.of(page(more=RENEW), "python"), "9.9.9")
    assert reference.without_endpoint == ("session.renew",)
    assert reference.novel
    assert [each.name for each in reference.facts.operations] == ["create", "delete"]
    cases = planned(catalog, reference)
    renewing = [case for name, case in cases.items() if name.startswith("session.renew/")]
    assert [case.id for case in renewing] == ["session.renew/contract/documented"]
    assert isinstance(renewing[0], Inapplicable)
    assert "session.renew" in renewing[0].reason
    others = cases.keys() - {"session.renew/contract/documented"}
    assert others >= planned(catalog, known).keys()
