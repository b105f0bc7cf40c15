"""What a sample calls and passes, in every SDK's language."""

from typing import Any

import pytest

from conform.documents import calls, literals
from conform.documents.literals import FreeName, LiteralError

SIGNATURE = """Task<Thing> Thing.Find(
    Nullable<Int64> id,
    Dictionary<string, object> parameters = null,
    Dictionary<string, object> options = null
)"""
SETTERS = """Thing thing = Thing.find(id);

HashMap<String, Object> parameters = new HashMap<>();
parameters.put("a", {"b":"c"});

thing.update(parameters);"""
QUOTED = 'Files::Thing.create(a: "Files::Other.destroy(1)")'
FOR_PATH = "await Thing.listFor(path, {\n  'a': \"b\",\n})"


@pytest.mark.parametrize(
    ("sample", "operation", "instance", "positional", "named"),
    [
        ('files_sdk.thing.create({\n  "a": True\n})', "create", False, (), {"a": True}),
        ("files_sdk.thing.delete()", "delete", False, (), {}),
        ("Files::Thing.create(\n  a: 1, \n  b: nil\n)", "create", False, (), {"a": 1, "b": None}),
        ("Files::Thing.delete", "delete", False, (), {}),
        ("Files::Thing.pair(key)", "pair", False, (FreeName("key"),), {}),
        (
            'thing = Files::Thing.list_for(path).first\n\nthing.update(\n  a: "x"\n)',
            "update",
            True,
            (),
            {"a": "x"},
        ),
        (
            "$thing = new \\Files\\Model\\Thing();\n$thing->create(, [\n  'a' => [1,2],\n]);",
            "create",
            True,
            (),
            {"a": [1, 2]},
        ),
        ("$thing = \\Files\\Model\\Thing::find($id);\n$thing->delete", "delete", True, (), {}),
        (FOR_PATH, "list_for", False, (FreeName("path"),), {"a": "b"}),
        ("const thing = await Thing.find(id)\n\nawait thing.delete()", "delete", True, (), {}),
        (SIGNATURE, "find", False, (FreeName("id"),), {}),
        (SETTERS, "update", True, (), {"a": {"b": "c"}}),
        ("var Thing = Thing.Find(1);\n\nThing.Delete", "delete", True, (), {}),
        (QUOTED, "create", False, (), {"a": "Files::Other.destroy(1)"}),
    ],
)
def test_the_documented_call_of_a_sample(
    sample: str,
    operation: str,
    positional: tuple[Any, ...],
    named: dict[str, Any],
    *,
    instance: bool,
) -> None:
    call = calls.documented(sample)
    assert call is not None
    assert (call.operation, call.instance) == (operation, instance)
    assert (call.positional, call.named) == (positional, named)


@pytest.mark.parametrize("sample", ["", "thing", "// nothing is called here"])
def test_a_sample_without_a_call_has_none(sample: str) -> None:
    assert calls.documented(sample) is None


@pytest.mark.parametrize("sample", ["A.b(", "A.b({1 2})", "A.b(a: )", "A.b(a: 1, a: 2)"])
def test_arguments_that_cannot_be_read_are_refused(sample: str) -> None:
    with pytest.raises(LiteralError):
        calls.documented(sample)


@pytest.mark.parametrize(
    "text",
    [
        *('{"a": 1, "a": 2}', "[1, NaN]", "1e999", '"\\ud800"', "{1", "[1] 2", "", "[" * 100),
        *("[1}", "[1,,2]", "{'a' 1}", "{'a': 1, 2}", "{'a':", "{,: 1}"),
    ],
)
def test_a_text_that_is_not_data_is_refused(text: str) -> None:
    with pytest.raises(LiteralError):
        literals.read(text)


@pytest.mark.parametrize(
    ("text", "value", "notation"),
    [
        ('{"a": [true, null, 1.5, -2]}', {"a": [True, None, 1.5, -2]}, "json"),
        ("{'a': [True, None], 'b': 'it\\'s'}", {"a": [True, None], "b": "it's"}, "literal"),
        ("['a' => 1, 'b' => null]", {"a": 1, "b": None}, "literal"),
        ('"\\ud83d\\ude00"', "😀", "json"),
    ],
)
def test_data_in_each_notation_is_read(text: str, value: Any, notation: str) -> None:
    assert literals.read(text) == (value, notation)
