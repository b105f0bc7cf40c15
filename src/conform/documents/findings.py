"""Findings on pages: each has a stable code, a line, a description, and why it matters."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from msgspec import Struct


class Code(StrEnum):
    """The kinds of finding; the meaning of a code never changes."""

    ENTRY_UNREADABLE = "entry-unreadable"
    ENTRY_MISPLACED = "entry-misplaced"
    ENTRY_DUPLICATE = "entry-duplicate"
    TYPE_MISSING = "type-missing"
    TYPE_UNKNOWN = "type-unknown"
    EXAMPLE_MISSING = "example-missing"
    EXAMPLE_UNREADABLE = "example-unreadable"
    EXAMPLE_NOT_JSON = "example-not-json"
    EXAMPLE_TYPE = "example-type"
    EXAMPLE_UNDOCUMENTED = "example-undocumented"
    ATTRIBUTE_WITHOUT_EXAMPLE = "attribute-without-example"
    SAMPLE_UNPARSABLE = "sample-unparsable"
    SAMPLE_WITHOUT_CALL = "sample-without-call"
    SAMPLE_UNDOCUMENTED = "sample-undocumented"
    MEANING_UNKNOWN = "meaning-unknown"
    MEANING_MISSPELT = "meaning-misspelt"


WHY: Final[dict[Code, str]] = {
    Code.ENTRY_UNREADABLE: "Nobody can tell what the line documents.",
    Code.ENTRY_MISPLACED: "The page does not say whether this is an attribute or a parameter.",
    Code.ENTRY_DUPLICATE: "Two statements about one name can contradict each other.",
    Code.TYPE_MISSING: "A caller has to guess what values to expect.",
    Code.TYPE_UNKNOWN: "A caller cannot tell what values the type has.",
    Code.EXAMPLE_MISSING: "Only an example shows which attributes the server sends.",
    Code.EXAMPLE_UNREADABLE: "Nobody can use the example as data.",
    Code.EXAMPLE_NOT_JSON: "The API uses JSON; nobody can send or receive the example as it is.",
    Code.EXAMPLE_TYPE: "The example and the type contradict each other, so one of them is wrong.",
    Code.EXAMPLE_UNDOCUMENTED: "The page shows an attribute and does not describe it.",
    Code.ATTRIBUTE_WITHOUT_EXAMPLE: "The page does not say whether the server ever sends it.",
    Code.SAMPLE_UNPARSABLE: "A user who copies the sample gets a syntax error.",
    Code.SAMPLE_WITHOUT_CALL: "The sample does not show how the operation is called.",
    Code.SAMPLE_UNDOCUMENTED: "The sample passes a parameter that the page does not list.",
    Code.MEANING_UNKNOWN: "A person must decide whether another description has the same meaning.",
    Code.MEANING_MISSPELT: "The published page has a typing error.",
}
"""Why each kind matters to a reader of the page."""


class Finding(Struct, frozen=True, kw_only=True):
    """One defect of a page."""

    code: Code
    line: int
    what: str

    @property
    def why(self) -> str:
        """Why it matters to a reader of the page."""
        return WHY[self.code]
