"""Turns a JSON Schema into the matching rules of Pact for a body.

Pact cannot express closed objects and bounds; the suite validates the recorded bytes against the
schema for these.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

Rules = dict[str, dict[str, Any]]

_OF_TYPE: Final[Mapping[str, dict[str, Any]]] = {
    "string": {"match": "type"},
    # ``boolean`` also accepts the strings "true" and "false"; ``type`` does not.
    "boolean": {"match": "type"},
    # ``type`` also accepts 7.5; ``integer`` does not.
    "integer": {"match": "integer"},
    "number": {"match": "number"},
    "null": {"match": "null"},
    "object": {"match": "type"},
    "array": {"match": "type", "min": 1},
}


def matching_rules(schema: Mapping[str, Any], example: Any, path: str = "$") -> Rules:
    """The rules for every value that is both in the example and in the schema, by JSONPath.

    Args:
        schema: the JSON Schema (2020-12) of the body, without references.
        example: the body in the contract; a rule for a value that it lacks would never match.
        path: the path of the example in the body.
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
        # ``regex`` alone also accepts a JSON number, so ``type`` must match too.
        matchers.append({"match": "regex", "regex": schema["pattern"]})
    return matchers
