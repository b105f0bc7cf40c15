"""A case and its observation come in; a verdict goes out, which knows the user's known failures."""

from conform.verdicts.causes import cause_of, cause_of_doubt
from conform.verdicts.judging import judge
from conform.verdicts.verdict import (
    Errored,
    Fail,
    Inconclusive,
    KnownFailure,
    NotApplicable,
    OutdatedEntry,
    Pass,
    Verdict,
)

__all__ = [
    "Errored",
    "Fail",
    "Inconclusive",
    "KnownFailure",
    "NotApplicable",
    "OutdatedEntry",
    "Pass",
    "Verdict",
    "cause_of",
    "cause_of_doubt",
    "judge",
]
