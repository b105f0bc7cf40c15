"""Writes findings as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from conform.documents.findings import WHY, Finding

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def log(findings: Iterable[tuple[str, Finding]], version: str) -> dict[str, Any]:
    """The SARIF log of one run.

    Args:
        findings: each finding with the path of its page.
        version: the version of this program.
    """
    rules = [
        {"id": code.value, "shortDescription": {"text": code.value}, "help": {"text": why}}
        for code, why in WHY.items()
    ]
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {"name": "conform docs lint", "version": version, "rules": rules}
                },
                "results": [_result(page, finding) for page, finding in findings],
            }
        ],
    }


def _result(page: str, finding: Finding) -> dict[str, Any]:
    return {
        "ruleId": finding.code.value,
        "level": "warning",
        "message": {"text": f"{finding.what} {finding.why}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": page},
                    "region": {"startLine": finding.line},
                }
            }
        ],
    }
