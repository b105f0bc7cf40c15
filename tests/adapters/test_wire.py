"""Python's values arrive as what they are, and what carries them stays out of the SDK's way."""

import base64
from datetime import date
from decimal import Decimal
import importlib.util
import json
import math
from pathlib import Path
import sys
from types import ModuleType
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import msgspec
import pytest

from conform.core import manifest, paths
from conform.core.protocol import VERSION, ErrorResponse, Start
from conform.core.values import (
    ABSENT,
    Bytes,
    Integer,
    Number,
    Other,
    Value,
    from_json,
    same,
    to_json,
)
from conform.targets.adapter import Adapter
from conform.targets.launch import Launch, Places


def _loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("wire", paths.adapters() / "http" / "wire.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


wire = _loaded()


def encoded(value: object) -> Value:
    """What the suite reads of a Python value."""
    text = json.dumps(wire.encode(value), ensure_ascii=False).encode("utf-8", "replace")
    return msgspec.json.decode(text, type=Value)


def test_an_sdk_in_python_finds_no_module_of_an_adapter(tmp_path: Path) -> None:
    (tmp_path / "files_sdk.py").write_text("import sys\nraise ImportError(*sys.path)\n")
    python = manifest.named("python")
    places = Places(runtime=Path(sys.executable), adapter=python.folder, sdk=tmp_path)
    with Adapter(Launch.of(python.manifest.start, places)) as adapter:
        refused = adapter.ask(Start(protocol=VERSION, base_url="http://127.0.0.1"), 60)
    assert isinstance(refused, ErrorResponse)
    assert str(tmp_path) in refused.message
    assert str(paths.adapters()) not in refused.message


texts = st.text(st.characters(exclude_categories=["Cs"]))
plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=20,
)


@given(plain)
def test_whatever_json_can_say_goes_there_and_back(value: Any) -> None:
    assert same(encoded(value), from_json(value))
    assert to_json(encoded(value)) == value
    assert wire.decode(msgspec.to_builtins(from_json(value))) == value


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        (2**64, Integer(text=str(2**64), native="int")),
        (Decimal("0.10"), Number(text="0.10", native="decimal.Decimal")),
        (1.0, Number(text="1.0", native="float")),
        (math.nan, Number(text="nan", native="float")),
        (b"\xff", Bytes(base64="/w==", native="bytes")),
        ("a\ud800", Bytes(base64=base64.b64encode(b"a\xed\xa0\x80").decode(), native="str")),
        (date(2030, 1, 2), Other(text="2030-01-02", native="datetime.date")),
        (object(), Other(text="", native="object")),
    ],
)
def test_what_json_cannot_say_is_shown_as_it_is(value: object, seen: Value) -> None:
    assert encoded(value) == seen


def test_a_subclass_is_shown_with_its_own_name() -> None:
    class Loud(str):
        __slots__ = ()

    assert encoded(Loud("x")).native.endswith("Loud")


def test_what_is_nested_too_deeply_is_cut_off() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    shown = encoded(deep)
    depth = 0
    while not isinstance(shown, Other):
        shown = shown.items[0]  # type: ignore[union-attr] # it is a list all the way down
        depth += 1
    assert depth == wire.DEEPEST


def test_absent_parameters_are_left_out() -> None:
    values = {"a": msgspec.to_builtins(ABSENT), "b": {"kind": "null"}}
    assert wire.decode_all(values) == {"b": None}


def test_undefined_has_no_value_in_python() -> None:
    with pytest.raises(wire.FaultError, match="no value"):
        wire.decode({"kind": "undefined"})
