"""What is wrong on a page: a stable code, the line, what is wrong and why it matters."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from msgspec import Struct


class Code(StrEnum):
    """The kinds of finding; a code is never given another meaning."""

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
    Code.ENTRY_UNREADABLE: "A reader cannot tell what the line documents.",
    Code.ENTRY_MISPLACED: "It is not said whether this is an attribute or a parameter.",
    Code.ENTRY_DUPLICATE: "Two statements about one name can contradict each other.",
    Code.TYPE_MISSING: "A caller has to guess what values to expect.",
    Code.TYPE_UNKNOWN: "A caller cannot tell what values the type has.",
    Code.EXAMPLE_MISSING: "Which attributes the server sends is said nowhere else.",
    Code.EXAMPLE_UNREADABLE: "Nobody can use the example as data.",
    Code.EXAMPLE_NOT_JSON: "The API speaks JSON; the example cannot be sent or received as it is.",
    Code.EXAMPLE_TYPE: "Example and type contradict each other, so one of them is wrong.",
    Code.EXAMPLE_UNDOCUMENTED: "The example shows an attribute that nothing describes.",
    Code.ATTRIBUTE_WITHOUT_EXAMPLE: "It is not said whether the server ever sends it.",
    Code.SAMPLE_UNPARSABLE: "Someone who copies the sample gets a syntax error.",
    Code.SAMPLE_WITHOUT_CALL: "The sample does not show how the operation is called.",
    Code.SAMPLE_UNDOCUMENTED: "The sample passes something that the parameters do not list.",
    Code.MEANING_UNKNOWN: "Whether this means the same as elsewhere is for a person to decide.",
    Code.MEANING_MISSPELT: "A typing error on a published page.",
}
"""Why each kind matters to someone who reads the page."""


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that is wrong on a page."""

    code: Code
    line: int
    what: str

    @property
    def why(self) -> str:
        """Why it matters to someone who reads the page."""
        return WHY[self.code]
