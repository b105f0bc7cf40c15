"""Tells one failure of a case from another, the same in every run."""

from __future__ import annotations

from hashlib import sha256
import re
from typing import Final

from conform.cases.model import CaseId

_DIGITS: Final = 12

_PASSING: Final = (
    (r"0x[0-9a-fA-F]+", "0x*"),
    (r"(?<=@)[0-9a-f]{5,}\b", "*"),
    (r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "*"),
    (r"(?:127\.0\.0\.1|localhost|\[::1\]):\d+", "*"),
    (r"\b(port|pid|process|thread)([ #:=]+)\d+", r"\1\2*"),
    # The suite's own texts that look like a date are of one day.
    (r"\b(?!2021-02-03)\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?\S*)?", "*"),
    (r"\b\d+(?:\.\d+)?(?= ?(?:ms|s|sec|seconds|milliseconds)\b)", "*"),
    (r"(?:/tmp|/var/folders|[A-Z]:\\Users)[\\/][^\s'\",:;)]+", "*"),
    # What was cut in the middle of a word may be cut elsewhere the next time.
    (r"\S*…", "…"),
)
"""What differs between two runs of the same release, and what stands for it."""


def fingerprint(case: CaseId, expected: str, reason: str) -> str:
    """What a failure is known by, in hexadecimal digits.

    Args:
        case: what failed.
        expected: what the expectation that failed says.
        reason: what was done instead. Addresses, ports, times and the like do not count.
    """
    text = "\n".join((case, _lasting(expected), _lasting(reason)))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def _lasting(text: str) -> str:
    for pattern, stands_for in _PASSING:
        text = re.sub(pattern, stands_for, text)
    return text
