"""Holds JSON against the schemas, with one validator kept for each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from jsonschema import Draft202012Validator
from jsonschema.validators import extend
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from conform.schemas.decoding import Problem, Undecodable, decode, pointer

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
    """One schema, ready to hold any number of bodies against; ``1.0`` is no integer."""

    def __init__(
        self, schema: Mapping[str, Any], others: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        """Keep a schema.

        Args:
            schema: the schema, JSON Schema 2020-12.
            others: what it refers to, by the name that it uses, such as ``user.json``.
        """
        registry: Registry[Any] = Registry().with_resources(
            (name, Resource.from_contents(other, default_specification=DRAFT202012))
            for name, other in (others or {}).items()
        )
        self._validator = _Strict(schema, registry=registry)

    def body(self, content: bytes) -> tuple[Problem, ...]:
        """What is wrong with a body, bytes and values alike; nothing when it conforms."""
        decoded = decode(content)
        if isinstance(decoded, Undecodable):
            return (decoded.problem,)
        return decoded.problems + self.value(decoded.value)

    def value(self, value: Any) -> tuple[Problem, ...]:
        """What is wrong with a decoded value; nothing when it conforms."""
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
        case "anyOf":
            yield from _nearest(error)
        case "type":
            wanted = documented or schema["type"]
            what = f"is {_kind(error.instance)} where {wanted} is documented"
            yield Problem(pointer=pointer(*at), what=what, documented=documented)
        case "minimum" | "maximum":
            yield Problem(pointer=pointer(*at), what="is beyond int64", documented=documented)
        case keyword:
            what = f"breaks the rule {keyword!r}"
            yield Problem(pointer=pointer(*at), what=what, documented=documented)


def _nearest(error: ValidationError) -> Iterator[Problem]:
    """The problems with the one of several schemas that accepts the value best."""
    branches: dict[int, list[ValidationError]] = {}
    for each in error.context or ():
        branches.setdefault(int(each.schema_path[0]), []).append(each)
    index, errors = min(branches.items(), key=lambda branch: (len(branch[1]), branch[0]))
    if names := _schema(error)["anyOf"][index].get("x-variants"):
        what = f"is accepted by no variant; the nearest is {names[0]}"
        yield Problem(pointer=pointer(*error.absolute_path), what=what)
    for each in errors:
        yield from _problems(each)


def _schema(error: ValidationError) -> Mapping[str, Any]:
    return error.schema if isinstance(error.schema, dict) else {}


def _instance(error: ValidationError) -> Mapping[str, Any]:
    return error.instance if isinstance(error.instance, dict) else {}


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int():
            return "an integer"
        case float():
            return "a number with a fraction or an exponent"
        case str():
            return "a string"
        case list():
            return "an array"
        case _:
            return "an object"
