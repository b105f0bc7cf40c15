"""Generated values fit their schema."""

from __future__ import annotations

from datetime import date, datetime
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
import pytest

from conform.cases.model import CallStep
from conform.cases.replies import Answer, Script
from conform.core.errors import SuiteError
from conform.core.values import to_json
from conform.documents import types
from conform.explore import strategies
from conform.explore.properties import Property, Situation, properties
from conform.explore.strategies import UNLIMITED, Limits
from conform.schemas.catalog import Catalog, ReferencePage
from conform.schemas.derive import type_schema
from conform.schemas.validation import Validator

pytestmark = pytest.mark.once

CATALOG = Catalog.load()
VARIANTS = [CATALOG.variant(name) for name in CATALOG.variants]

some = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


def of(page: ReferencePage, kind: str) -> list[Property]:
    return [each for each in properties([page], CATALOG) if each.id.endswith(f"/{kind}")]


def answer(situation: Situation) -> Answer:
    server = situation.case.server
    assert isinstance(server, Script)
    (reply,) = server.replies
    assert isinstance(reply, Answer)
    return reply


def passed(situation: Situation) -> dict[str, Any]:
    call = situation.case.steps[-1]
    assert isinstance(call, CallStep)
    return {name: to_json(value) for name, value in call.parameters.items()}


@pytest.mark.parametrize("page", VARIANTS, ids=lambda page: page.variant)
@pytest.mark.parametrize("kind", ["objects", "unknown-members"])
@some
@given(data=st.data())
def test_every_object_fits_its_variant(page: ReferencePage, kind: str, data: st.DataObject) -> None:
    (wanted,) = of(page, kind)
    body = answer(data.draw(wanted.situations)).body
    problems = Validator(CATALOG.schema(page.variant)).value(json.loads(body))
    # A number beyond 64 bits is valid where nothing is documented.
    assert [each for each in problems if each.documented] == []


@pytest.mark.parametrize("page", VARIANTS, ids=lambda page: page.variant)
@some
@given(data=st.data())
def test_unknown_members_are_unknown(page: ReferencePage, data: st.DataObject) -> None:
    (wanted,) = of(page, "unknown-members")
    body = json.loads(answer(data.draw(wanted.situations)).body)
    documented = CATALOG.schema(page.variant)["properties"].keys()
    assert body.keys() - documented


@pytest.mark.parametrize("page", VARIANTS, ids=lambda page: page.variant)
@some
@given(data=st.data())
def test_every_parameter_fits_its_operation(page: ReferencePage, data: st.DataObject) -> None:
    for wanted in of(page, "parameters"):
        given_ = passed(data.draw(wanted.situations))
        operation = wanted.id.partition("/")[0].partition(".")[2]
        schema = CATALOG.request_schema(page.variant, operation)
        assert Validator(schema).value(given_) == ()
        in_path = CATALOG.endpoint("session", operation).path_parameters
        assert not {given_[name] for name in in_path} & {"", ".", ".."}


@some
@given(st.data())
def test_every_error_response_has_the_status_of_an_error(data: st.DataObject) -> None:
    (wanted,) = of(VARIANTS[0], "errors")
    response = answer(data.draw(wanted.situations))
    assert 400 <= response.status <= 599
    assert isinstance(response.body, bytes)


@pytest.mark.parametrize(
    "documented",
    [
        *("string", "int64", "Nullable<Int64>", "boolean", "double", "decimal", "email", "file"),
        *("object", "array(string)", "array(object)", "Dictionary<string, int64>", "User", "frob"),
    ],
)
@some
@given(data=st.data())
def test_every_documented_type_has_values(documented: str, data: st.DataObject) -> None:
    schema = type_schema(types.parse(documented))
    value = data.draw(strategies.values(schema))
    assert Validator(schema).value(json.loads(json.dumps(value))) == ()


@some
@given(
    strategies.values(type_schema(types.parse("date"))),
    strategies.values(type_schema(types.parse("date-time"))),
)
def test_dates_are_dates(day: str, time: str) -> None:
    assert date.fromisoformat(day)
    assert datetime.fromisoformat(time).tzinfo


@pytest.mark.parametrize("limits", [UNLIMITED, Limits(shortest=1, longest=8), Limits(longest=64)])
@some
@given(data=st.data())
def test_texts_keep_their_limits(limits: Limits, data: st.DataObject) -> None:
    text = data.draw(strategies.texts(limits))
    assert limits.shortest <= len(text) <= limits.longest
    assert text.encode().decode() == text


@pytest.mark.parametrize("schema", [{"$ref": "user.json"}, {"type": "integer", "multipleOf": 3}])
def test_a_schema_that_is_not_supported_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(SuiteError, match="No value can be generated"):
        strategies.values(schema)
