"""Turns a JSON Schema into Pact's matching rules for a body.

Pact has no rule for everything that a schema says; what it lacks (closed objects, bounds) is reference
by validating the recorded bytes against the schema itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

Rules = dict[str, dict[str, Any]]

_OF_TYPE: Final[Mapping[str, dict[str, Any]]] = {
    "string": {"match": "type"},
    # ``boolean`` would take the texts "true" and "false" for booleans; ``type`` does not.
    "boolean": {"match": "type"},
    # ``type`` would take 7.5 for a whole number; ``integer`` does not.
    "integer": {"match": "integer"},
    "number": {"match": "number"},
    "null": {"match": "null"},
    "object": {"match": "type"},
    "array": {"match": "type", "min": 1},
}


def matching_rules(schema: Mapping[str, Any], example: Any, path: str = "$") -> Rules:
    """Rules for every value that the example has and the schema speaks of, by JSONPath.

    Args:
        schema: a JSON Schema 2020-12 of the body, references resolved.
        example: the body that the contract shows; rules for what it lacks would never match.
        path: where the example stands in the body.
    """
    rules: Rules = {}
    if path != "$":
        matchers = _matchers(schema)
        if matchers:
            combine = "OR" if len(matchers) > 1 and "pattern" not in schema else "AND"
            rules[path] = {"combine": combine, "matchers": matchers}
    match example:
        case dict():
            for name, value in example.items():
                member = schema.get("properties", {}).get(name)
                if member is not None:
                    rules |= matching_rules(member, value, f"{path}.{name}")
        case [first, *_] if "items" in schema:
            rules |= matching_rules(schema["items"], first, f"{path}[*]")
    return rules


def _matchers(schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    named = schema.get("type", ())
    kinds = (named,) if isinstance(named, str) else tuple(named)
    matchers = [_OF_TYPE[kind] for kind in kinds]
    if "pattern" in schema:
        # ``regex`` alone accepts a JSON number, so it stands beside ``type``.
        matchers.append({"match": "regex", "regex": schema["pattern"]})
    return matchers
