"""Defines properties that every situation of a kind must have, and generates such situations.

A situation is a case like any other, and it is judged like any other case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
import json
import re
from typing import Any, Final, Literal

from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from conform.cases.examples import typical
from conform.cases.expectations import (
    Carries,
    Conforms,
    Expectation,
    Exposes,
    Guards,
    Lacks,
    Raises,
    Requests,
    Returns,
)
from conform.cases.interactions import ARGUMENTS
from conform.cases.model import Case, Step
from conform.cases.replies import Answer, Script
from conform.cases.steps import call_steps, documented_server
from conform.core.identity import Level, Source
from conform.core.values import ABSENT, NULL, Value, from_json, parameters
from conform.documents.facts import Operation
from conform.explore import strategies
from conform.explore.strategies import LONGEST, LONGEST_IN_A_URL, Limits
from conform.schemas.catalog import Catalog, ReferencePage
from conform.schemas.derive import Schema
from conform.schemas.endpoints import Endpoint
from conform.schemas.readmes import Readmes

Topic = Literal["objects", "parameters", "errors"]

_SINCE: Final = "0.1.0"
_COMPARED: Final = {"string", "int64", "boolean"}
"""The types whose values every language can represent."""
_CONTROLS: Final = re.compile("[\x00-\x07\x0b\x0e-\x1f\x7f]")
"""Characters that JSON must escape but has no short escape for; texts rarely contain them."""
_MUST_IGNORE: Final = Source(
    kind="rfc",
    reference="clients ignore members that they do not know (RFC 7493, section 4.2)",
)
_AN_ERROR: Final = Source(
    kind="rfc",
    reference="a response of 400 to 599 is an error, whatever its body (RFC 9110, section 15)",
)


class Situation(Struct, frozen=True, kw_only=True):
    """One generated case."""

    case: Case
    given: str
    """The generated part as text: an object, unknown members or parameters as JSON, or an error."""

    def __repr__(self) -> str:
        # Hypothesis prints it when a situation fails.
        return self.case.id


class Property(Struct, frozen=True, kw_only=True):
    """A property that every situation of a kind must have."""

    about: Topic
    case: Case
    """The common part of all situations: id, title, level and source."""
    situations: st.SearchStrategy[Situation]
    baseline: Case | None = None
    """An ordinary case; its failures belong to another property and are left out."""

    @property
    def id(self) -> str:
        """Such as ``session.create/explored/objects``."""
        return self.case.id


def properties(pages: Iterable[ReferencePage], catalog: Catalog) -> tuple[Property, ...]:
    """The properties that the pages need; if two pages have the same property, the first counts."""
    known: dict[str, Property] = {}
    api_types = _api_types(Readmes.load())
    for reference in pages:
        for operation in reference.facts.operations:
            endpoint = catalog.endpoint(reference.facts.resource, operation.name)
            of = _Properties(reference=reference, operation=operation, endpoint=endpoint)
            for each in of.all(catalog, api_types):
                known.setdefault(each.id, each)
    return tuple(known.values())


class _Properties(Struct, frozen=True, kw_only=True):
    """The properties of one documented operation."""

    reference: ReferencePage
    operation: Operation
    endpoint: Endpoint

    def all(self, catalog: Catalog, api_types: Iterable[str]) -> Iterator[Property]:
        if self.operation.name == "create":
            schema = catalog.schema(self.reference.variant)
            yield self._objects(schema)
            yield self._unknown_members(schema)
            yield self._errors(api_types)
        if self.operation.parameters:
            yield self._parameters(
                catalog.request_schema(self.reference.variant, self.operation.name)
            )

    def _objects(self, schema: Schema) -> Property:
        """An object that fits its schema is exposed unchanged."""
        in_response = _in_response(schema)
        whole = self._case(
            "objects",
            title="an object that fits the page is exposed unchanged",
            level="documented",
            source=Source(kind="page", reference=f"attributes of {self.reference.facts.resource}"),
        )

        def situation(body: Mapping[str, Any], as_utf8: bool) -> Situation:  # noqa: FBT001 - drawn
            text = json.dumps(body, ensure_ascii=not as_utf8)
            case = self._reading(whole, text, body, in_response)
            return Situation(case=replace(case, level=_level(body, whole.level)), given=text)

        bodies = strategies.members(in_response, schema["required"])
        situations = st.builds(situation, bodies, st.booleans())
        return Property(about="objects", case=whole, situations=situations)

    def _unknown_members(self, schema: Schema) -> Property:
        """Undocumented members have no effect."""
        in_response, ordinary = _in_response(schema), typical(self.reference.facts)
        whole = self._case(
            "unknown-members",
            title="members that the page does not document have no effect",
            level="convention",
            source=_MUST_IGNORE,
        )

        def situation(unknown: dict[str, Any]) -> Situation:
            text = json.dumps(ordinary | unknown)
            case = self._reading(whole, text, ordinary, in_response)
            return Situation(case=case, given=json.dumps(unknown))

        documented = {*schema["properties"], *ordinary}
        return Property(
            about="objects",
            case=whole,
            situations=strategies.unknown_members(documented).map(situation),
            baseline=situation({}).case,
        )

    def _errors(self, api_types: Iterable[str]) -> Property:
        """For a response with the status of an error, the SDK raises an error with that status."""
        whole = self._case(
            "errors",
            title="a response with the status of an error is an error, whatever its body",
            level="convention",
            source=_AN_ERROR,
        )

        def situation(answer: Answer) -> Situation:
            kind, body = answer.headers["Content-Type"], answer.body.decode("utf-8", "replace")
            return Situation(
                case=replace(
                    whole,
                    server=Script(replies=(answer,)),
                    steps=self._steps(_credentials()),
                    expect=(Raises(http_status=answer.status),),
                ),
                given=f"{answer.status} {kind or 'without content type'}: {body or 'no body'}",
            )

        situations = strategies.error_responses(api_types).map(situation)
        return Property(about="errors", case=whole, situations=situations)

    def _parameters(self, schema: Schema) -> Property:
        """Parameters that fit their schema are sent unchanged, and no others are sent."""
        whole = self._case(
            "parameters",
            title="parameters that fit the page are sent unchanged",
            level="documented",
            source=Source(kind="page", reference=f"parameters of {self._name}"),
        )
        documented = tuple(schema["properties"])

        def situation(given: Mapping[str, Any]) -> Situation:
            passed = {name: from_json(value) for name, value in given.items()}
            sent = [self._expected(name, passed.get(name, ABSENT)) for name in documented]
            request: tuple[Expectation, ...] = (
                Returns(),
                Requests(count=1),
                Conforms(method=self.endpoint.method, path=self.endpoint.path, request=schema),
            )
            return Situation(
                case=replace(
                    whole,
                    level=_level(given, whole.level),
                    server=documented_server(self.reference.facts, self.endpoint),
                    steps=self._steps(passed),
                    expect=(*request, *sent),
                ),
                given=json.dumps(given, ensure_ascii=False),
            )

        situations = self._given(schema).map(situation)
        return Property(about="parameters", case=whole, situations=situations)

    def _given(self, schema: Schema) -> st.SearchStrategy[dict[str, Any]]:
        """Arguments of a caller, without null, which is another way to leave out an argument."""
        values = {name: self._values(name, each) for name, each in schema["properties"].items()}
        return strategies.chosen(values, schema["required"])

    def _values(self, name: str, schema: Schema) -> st.SearchStrategy[Any]:
        """Values of a parameter; a required text and a segment of the path are never empty."""
        required = any(each.name == name and each.required for each in self.operation.parameters)
        place = self.endpoint.place(name)
        share = LONGEST_IN_A_URL // max(1, len(self.operation.parameters))
        values = strategies.values(
            schema,
            Limits(
                shortest=int(required or place == "path"),
                longest=LONGEST if place == "body" else share,
                only_text=place != "body",
            ),
        )
        given = values.filter(lambda value: value is not None)
        return given.filter(lambda value: value not in {".", ".."}) if place == "path" else given

    def _expected(self, name: str, value: Value) -> Expectation:
        place, path = self.endpoint.place(name), self.endpoint.path
        if value == ABSENT:
            return Guards(parameter=name, tolerated=(ABSENT, NULL), place=place, path=path)
        return Carries(parameter=name, value=value, place=place, path=path)

    def _reading(
        self, whole: Case, text: str, body: Mapping[str, Any], schemas: Mapping[str, Schema]
    ) -> Case:
        """A login whose response is a text, and which must expose the attributes of a body."""
        return replace(
            whole,
            server=Script(replies=(Answer(status=self.endpoint.status, text=text),)),
            steps=self._steps(_credentials(), read=tuple(schemas)),
            expect=(Returns(), *_exposed(body, schemas)),
        )

    @property
    def _name(self) -> str:
        return f"{self.reference.facts.resource}.{self.operation.name}"

    def _steps(self, given: Mapping[str, Value], read: tuple[str, ...] = ()) -> tuple[Step, ...]:
        facts = self.reference.facts
        return tuple(call_steps(facts, self.operation, self.endpoint, given, read=read))

    def _case(self, of: str, *, title: str, level: Level, source: Source) -> Case:
        return Case(
            id=f"{self._name}/explored/{of}",
            suite="explored",
            title=f"{self._name}: {title}",
            level=level,
            source=source,
            since=_SINCE,
            server=Script(),
            steps=(),
            expect=(),
        )


def _exposed(body: Mapping[str, Any], schemas: Mapping[str, Schema]) -> Iterator[Expectation]:
    """The expectation for each attribute whose value every language can represent."""
    for name, schema in schemas.items():
        if name not in body:
            if "x-only-if" in schema:
                yield Lacks(attribute=name)
        elif body[name] is None:
            yield Lacks(attribute=name)
        elif schema["x-type"].removesuffix("?") in _COMPARED:
            yield Exposes(attribute=name, value=from_json(body[name]))


def _in_response(schema: Schema) -> dict[str, Schema]:
    """The attributes that a response can contain."""
    documented: dict[str, Schema] = schema["properties"]
    return {name: each for name, each in documented.items() if not each.get("writeOnly")}


def _level(given: Any, usual: Level) -> Level:
    """The level of a situation; no page promises that control characters are kept."""
    return "convention" if any(map(_CONTROLS.search, _texts(given))) else usual


def _texts(given: Any) -> Iterator[str]:
    match given:
        case str():
            yield given
        case dict():
            for name, value in given.items():
                yield name
                yield from _texts(value)
        case list():
            for value in given:
                yield from _texts(value)


def _credentials() -> Mapping[str, Value]:
    return parameters(username=ARGUMENTS["username"], password=ARGUMENTS["password"])


def _api_types(readmes: Readmes) -> frozenset[str]:
    """The API types that any README names."""
    named = (fact.partition(" ")[2] for fact in readmes.facts)
    return frozenset(api_type for api_type in named if "/" in api_type)
