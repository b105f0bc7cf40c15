"""Pages for the tests, in the format of each SDK."""

from __future__ import annotations

from collections.abc import Callable
import json
import os
from pathlib import Path
from typing import Any

from msgspec import Struct
import pytest

TYPES = {
    "python": {"text": "string", "number": "int64", "truth": "boolean", "list": "array(int64)"},
    "dotnet": {"text": "string", "number": "Int64", "truth": "bool", "list": "Int64[]"},
    "java": {"text": "String", "number": "Long", "truth": "Boolean", "list": "Long[]"},
}


class Field(Struct, frozen=True):
    """An attribute or a parameter of a page."""

    name: str
    kind: str
    description: str
    required: bool = False


class Method(Struct, frozen=True):
    """An operation of a page."""

    name: str
    title: str
    parameters: tuple[Field, ...]
    arguments: dict[str, Any]


class Described(Struct, frozen=True):
    """The content of a page."""

    title: str
    fields: tuple[Field, ...]
    example: dict[str, Any]
    methods: tuple[Method, ...]


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _pascal(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _literal(value: Any) -> str:
    match value:
        case True | False | None:
            return str(value)
        case dict():
            inner = ", ".join(f"{json.dumps(k)}: {_literal(v)}" for k, v in value.items())
            return f"{{{inner}}}"
        case list():
            return f"[{', '.join(map(_literal, value))}]"
        case _:
            return json.dumps(value)


def _named(sdk: str, arguments: dict[str, Any]) -> str:
    data = {name: json.dumps(value) for name, value in arguments.items()}
    match sdk:
        case "python":
            inner = ",\n".join(f"  {json.dumps(k)}: {_literal(v)}" for k, v in arguments.items())
            return f"{{\n{inner}\n}}" if arguments else ""
        case "ruby":
            return "\n" + ", \n".join(f"  {k}: {v}" for k, v in data.items()) + "\n"
        case "php":
            return ", [\n" + "".join(f"  '{k}' => {v},\n" for k, v in data.items()) + "]"
        case _:
            return "{\n" + "".join(f"  '{k}': {v},\n" for k, v in data.items()) + "}"


def _sample(sdk: str, title: str, method: Method) -> str:
    pascal, camel = _pascal(method.name), _camel(method.name)
    match sdk:
        case "python":
            return f"files_sdk.thing.{method.name}({_named(sdk, method.arguments)})"
        case "ruby":
            return f"Files::{title}.{method.name}({_named(sdk, method.arguments)})"
        case "php":
            made = f"$thing = new \\Files\\Model\\{title}();"
            return f"{made}\n$thing->{camel}({_named(sdk, method.arguments)});"
        case "javascript":
            return f"await {title}.{camel}({_named(sdk, method.arguments)})"
        case "dotnet":
            rest = "Dictionary<string, object> parameters = null"
            return f"Task<{title}> {title}.{pascal}(\n    \n    {rest}\n)"
        case _:
            rest = "HashMap<String, Object> parameters = null"
            return f"{title} thing = {title}.{camel}(\n    \n    {rest}\n)"


def _entry(sdk: str, field: Field, *, spelt: bool) -> str:
    name = f"`{field.name}`"
    if spelt and sdk == "dotnet":
        name += f" / `{_pascal(field.name)}` "
    if spelt and sdk == "java":
        name += f" / `{_camel(field.name)}` "
    documented = TYPES.get(sdk, TYPES["python"])[field.kind]
    required = "Required - " * field.required
    return f"* {name} ({documented}): {required}{field.description}"


def page(sdk: str, described: Described) -> str:
    """A page in the format of one SDK."""
    prefix = {"dotnet": "FilesCom.Models.", "java": "Files.Models."}.get(sdk, "")
    example = (
        _literal(described.example) if sdk == "python" else json.dumps(described.example, indent=2)
    )
    parts = [
        f"# {prefix}{described.title}",
        f"## Example {described.title} Object",
        f"```\n{example}\n```",
        "\n".join(_entry(sdk, field, spelt=True) for field in described.fields),
    ]
    for method in described.methods:
        parts += ["---", f"## {method.title}", f"```\n{_sample(sdk, described.title, method)}\n```"]
        if method.parameters:
            entries = [_entry(sdk, field, spelt=False) for field in method.parameters]
            parts += ["### Parameters", "\n".join(entries)]
    return "\n\n".join(parts) + "\n"


@pytest.fixture(scope="session")
def write() -> Callable[[str, Described], str]:
    """Writes a page in the format of one SDK."""
    return page


@pytest.fixture(scope="session")
def thing() -> Described:
    """An object with three returned attributes, one that is only sent, and two operations."""
    secret = Field("secret", "text", "What opens it", required=True)
    return Described(
        title="Thing",
        fields=(
            Field("id", "number", "Which thing it is"),
            Field("is_open", "truth", "Sent only if it was touched. Whether it is open"),
            Field("label", "text", "What stands on it"),
            Field("secret", "text", "What opens it"),
        ),
        example={"id": 7, "is_open": True, "label": "box"},
        methods=(
            Method("create", "Make a thing", (secret,), {"secret": "sesame"}),
            Method("delete", "Forget a thing", (), {}),
        ),
    )


@pytest.fixture(scope="session")
def real_pages() -> dict[str, Path]:
    """The five documented pages; the variable ``CONFORM_PAGES`` names their folder."""
    folder = os.environ.get("CONFORM_PAGES")
    if not folder:
        pytest.skip("the real pages are missing: CONFORM_PAGES is not set")
    sdks = {"000": "python", "001": "ruby", "002": "php", "003": "dotnet", "004": "ruby-oldest"}
    return {sdks[path.name[:3]]: path for path in sorted(Path(folder).iterdir())}
