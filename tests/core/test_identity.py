"""The identity of a case says since which suite version it exists with its meaning."""

from __future__ import annotations

import msgspec
from packaging.version import Version
import pytest

from conform.core.identity import Identity, Source


def identity(since: str, changed: str = "") -> Identity:
    return Identity(
        id="session.create/fields/id/text",
        suite="fields",
        title="id keeps its text",
        level="documented",
        source=Source(kind="page", reference="Session: attribute id (string)"),
        since=since,
        changed=changed,
    )


@pytest.mark.parametrize(
    ("since", "changed", "baseline", "newer"),
    [
        ("0.1.0", "", "0.1.0", False),
        ("0.2.0", "", "0.1.0", True),
        ("0.10.0", "", "0.9.0", True),
        ("0.1.0", "0.3.0", "0.2.0", True),
        ("0.1.0", "0.3.0", "0.3.0", False),
    ],
)
def test_a_case_is_newer_than_a_suite_without_it_or_with_another_meaning(
    since: str, changed: str, baseline: str, *, newer: bool
) -> None:
    assert identity(since, changed).is_newer_than(Version(baseline)) is newer


@pytest.mark.parametrize("name", ["session", "Session.create/a/b", "session.create/a b", "a//b"])
def test_an_id_is_a_readable_path(name: str) -> None:
    written = msgspec.to_builtins(identity("0.1.0")) | {"id": name}
    with pytest.raises(msgspec.ValidationError, match="regex"):
        msgspec.convert(written, Identity)


def test_a_source_is_shown_as_its_reference() -> None:
    assert str(identity("0.1.0").source) == "Session: attribute id (string)"
