"""Checks decoded JSON against a schema, and describes every problem in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from jsonschema import Draft202012Validator
from jsonschema.validators import extend

from conform.core.values import kind_of_json
from conform.schemas.decoding import Problem, pointer

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError


_MISSING: Final = "is missing"


def _is_integer(_checker: Any, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_Strict: Final = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer),
)


class Validator:
    """One JSON Schema (2020-12), ready to check any number of values; ``1.0`` is not an integer.

    Args:
        schema: the schema, without references to other schemas.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._validator = _Strict(schema)

    def value(self, value: Any) -> tuple[Problem, ...]:
        """The problems of a value; empty if it conforms."""
        errors = self._validator.iter_errors(value)
        found = {(each.pointer, each.what): each for error in errors for each in _problems(error)}
        return tuple(sorted(found.values(), key=lambda each: (each.pointer, each.what)))


def _problems(error: ValidationError) -> Iterator[Problem]:
    at = tuple(error.absolute_path)
    schema = _schema(error)
    documented = schema.get("x-type")
    match error.validator:
        case "required":
            properties = schema.get("properties", {})
            for name in schema["required"]:
                if error.message == f"{name!r} is a required property":
                    described = properties.get(name, {}).get("x-type")
                    yield Problem(pointer=pointer(*at, name), what=_MISSING, documented=described)
        case "additionalProperties" if schema["additionalProperties"] is False:
            for name in _instance(error).keys() - schema.get("properties", {}).keys():
                yield Problem(pointer=pointer(*at, name), what="is not documented")
        case "type":
            wanted = documented or schema["type"]
            what = f"is {kind_of_json(error.instance)} where {wanted} is documented"
            yield Problem(pointer=pointer(*at), what=what, documented=documented)
        case "minimum" | "maximum":
            yield Problem(pointer=pointer(*at), what="is beyond int64", documented=documented)
        case keyword:
            what = f"breaks the rule {keyword!r}"
            yield Problem(pointer=pointer(*at), what=what, documented=documented)


def _schema(error: ValidationError) -> Mapping[str, Any]:
    return error.schema if isinstance(error.schema, dict) else {}


def _instance(error: ValidationError) -> Mapping[str, Any]:
    return error.instance if isinstance(error.instance, dict) else {}
