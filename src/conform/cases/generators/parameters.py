"""Makes the suite ``parameters``: every documented parameter × values of its type and other values.

An operation is called as documented, with the value in one parameter. The SDK must send that
parameter once, in its place, with value and type unchanged. The SDK must refuse a value that does
not fit the type before it sends a request, or at least must not send another value instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import Any, Final

from msgspec import Struct

from conform.cases.expectations import (
    Carries,
    Conforms,
    Expectation,
    Guards,
    Refuses,
    Requests,
    Returns,
)
from conform.cases.generators.boundaries import BOOLEAN, INT64, STRING, Boundary
from conform.cases.interactions import documented_arguments
from conform.cases.model import Case, Step
from conform.cases.replies import Script
from conform.cases.steps import call_steps, documented_server
from conform.core.identity import Level, Source
from conform.core.values import ABSENT, NULL, String, Value, from_json
from conform.documents import types
from conform.documents.facts import Facts, Operation, Parameter
from conform.documents.types import Dictionary, Scalar, Type
from conform.schemas.catalog import Catalog, ReferencePage
from conform.schemas.endpoints import Endpoint

_SINCE: Final = "0.1.0"

_OBJECT: Final = (
    Boundary("object-ordinary", from_json({"language": "en"}), "an object"),
    Boundary("object-unicode", from_json({"language": "漢字"}), "letters of several scripts"),
)
_VALUES: Final = {"string": STRING, "int64": INT64, "boolean": BOOLEAN}
_LONG_IN_A_URL: Final = Boundary(
    "string-long", String(text="0123456789abcdef" * 256), "4,096 characters", "convention"
)
"""RFC 9110, section 4.1 recommends URIs of at least 8,000 octets; this value is much shorter."""
_WRONG: Final = {
    "string": {"wrong-type": from_json(7), "wrong-type-false": from_json(False)},
    "boolean": {"wrong-type": from_json("motor")},
    "int64": {"wrong-type": from_json("motor")},
    "object": {"wrong-type": from_json("motor")},
}
_ONCE: Final = Source(
    kind="practice",
    reference="SDKs of every language send a parameter once",
)
_CHECKED: Final = Source(
    kind="practice",
    reference="SDKs of every language check the type of a parameter before they send it",
)
_ENFORCED: Final = Source(
    kind="practice",
    reference="SDKs of every language refuse a call that lacks a required parameter",
)
_PASSED_ON: Final = Source(
    kind="practice",
    reference="SDKs of every language pass on a parameter that they do not know",
)
_EMPTY: Final = String(text="")
_UNDOCUMENTED: Final = "conform_extra"


def parameter_cases(reference: ReferencePage, catalog: Catalog) -> Iterator[Case]:
    """The parameter cases of one page, in the order of the page."""
    for operation in reference.facts.operations:
        if operation.parameters:
            yield from _Parameters(
                page=reference.facts,
                operation=operation,
                endpoint=catalog.endpoint(reference.facts.resource, operation.name),
                request=catalog.request_schema(reference.variant, operation.name),
            ).cases()


class _Parameters(Struct, frozen=True, kw_only=True, dict=True):
    """The parameters of one operation."""

    page: Facts
    operation: Operation
    endpoint: Endpoint
    request: dict[str, Any]

    @cached_property
    def _server(self) -> Script:
        return documented_server(self.page, self.endpoint)

    def cases(self) -> Iterator[Case]:
        for parameter in self.operation.parameters:
            yield from self._kept(parameter)
            yield from self._alone(parameter)
            yield from self._refused(parameter)
        yield self._undocumented()

    def _kept(self, parameter: Parameter) -> Iterator[Case]:
        """One case for each value that fits the type."""
        for boundary in _boundaries(types.parse(parameter.type), in_body=self._in_body(parameter)):
            if parameter.required and boundary.value == _EMPTY:
                continue
            yield self._case(
                parameter,
                boundary.name,
                title=f"{parameter.name} keeps {boundary.words}",
                level=boundary.level,
                source=self._documented(parameter),
                value=boundary.value,
                expect=self._carried(parameter, boundary.value),
            )

    def _alone(self, parameter: Parameter) -> Iterator[Case]:
        """One more case for the first of those values: it must be sent in one place only."""
        documented = types.parse(parameter.type)
        for boundary in islice(_boundaries(documented, in_body=self._in_body(parameter)), 1):
            yield self._case(
                parameter,
                "once",
                title=f"{parameter.name} is sent in one place",
                level="convention",
                source=_ONCE,
                value=boundary.value,
                expect=self._carried(parameter, boundary.value, alone=True),
            )

    def _refused(self, parameter: Parameter) -> Iterator[Case]:
        """One case for each value that does not fit the type, and one for no value."""
        name, kind = parameter.name, _kind(types.parse(parameter.type))
        for case, value in _WRONG.get(kind, {}).items():
            # An SDK that converts the value to a text sends the documented type.
            as_text = (String(text=str(value)),) if kind == "string" else ()
            yield self._case(
                parameter,
                case,
                title=f"{name} refuses {value}, which is not of the type {parameter.type}",
                level="convention",
                source=_CHECKED,
                value=value,
                expect=(self._guards(parameter, *as_text),),
            )
        yield self._case(
            parameter,
            "null",
            title=f"{name} is refused, left out or null when it is null",
            level="convention",
            source=_ENFORCED if parameter.required else _CHECKED,
            value=NULL,
            expect=(self._guards(parameter, *(() if parameter.required else (NULL, ABSENT))),),
        )
        if not parameter.required:
            return
        positional = any(name in sample.positional for sample in self.operation.samples)
        yield self._case(
            parameter,
            "missing",
            title=f"{name} is required",
            level="convention",
            source=_ENFORCED,
            value=ABSENT,
            # The language itself refuses a call without a positional argument.
            expect=(Refuses(own=not positional),),
        )
        yield self._case(
            parameter,
            "string-empty",
            title=f"{name} is required, and the empty text is refused or kept",
            level="convention",
            source=_ENFORCED,
            value=_EMPTY,
            # An empty segment would change the path.
            expect=(self._guards(parameter, *(() if self._in_path(parameter) else (_EMPTY,))),),
        )

    def _undocumented(self) -> Case:
        """A parameter that the page does not document."""
        name, value = _UNDOCUMENTED, String(text="motor")
        return self._case(
            Parameter(name=name, type="string"),
            "",
            title="a parameter that is not documented is passed on, left out or refused",
            level="convention",
            source=_PASSED_ON,
            value=value,
            expect=(self._guards(Parameter(name=name), value, ABSENT),),
        )

    def _case(
        self,
        parameter: Parameter,
        name: str,
        *,
        title: str,
        level: Level,
        source: Source,
        value: Value,
        expect: tuple[Expectation, ...],
    ) -> Case:
        of = f"{self.page.resource}.{self.operation.name}"
        arguments = self._arguments() | {parameter.name: value}
        passed = {each: value for each, value in arguments.items() if value != ABSENT}
        may_be_refused = any(isinstance(each, Refuses | Guards) for each in expect)
        # What is refused says something only if the same call is made otherwise.
        twin = self._steps(self._arguments()) if may_be_refused else ()
        about = f"{parameter.name}/{name}" if name else "undocumented"
        return Case(
            id=f"{of}/parameters/{about}",
            suite="parameters",
            title=f"{of}: {title}",
            level=level,
            source=source,
            since=_SINCE,
            server=self._server,
            steps=(*twin, *self._steps(passed)),
            expect=expect,
        )

    def _steps(self, arguments: dict[str, Value]) -> tuple[Step, ...]:
        return tuple(call_steps(self.page, self.operation, self.endpoint, arguments))

    def _arguments(self) -> dict[str, Value]:
        shown = documented_arguments(self.operation)
        return {name: from_json(value) for name, value in shown.items()}

    def _carried(
        self, parameter: Parameter, value: Value, *, alone: bool = False
    ) -> tuple[Expectation, ...]:
        return (
            Returns(),
            Requests(count=1),
            Carries(
                parameter=parameter.name,
                value=value,
                place=self.endpoint.place(parameter.name),
                path=self.endpoint.path,
                alone=alone,
            ),
            Conforms(method=self.endpoint.method, path=self.endpoint.path, request=self.request),
        )

    def _guards(self, parameter: Parameter, *tolerated: Value) -> Guards:
        return Guards(
            parameter=parameter.name,
            tolerated=tolerated,
            place=self.endpoint.place(parameter.name),
            path=self.endpoint.path,
        )

    def _in_body(self, parameter: Parameter) -> bool:
        return self.endpoint.place(parameter.name) == "body"

    def _in_path(self, parameter: Parameter) -> bool:
        return self.endpoint.place(parameter.name) == "path"

    def _documented(self, parameter: Parameter) -> Source:
        of = f"{self.page.resource}.{self.operation.name}"
        return Source(
            kind="page", reference=f"parameter {parameter.name} ({parameter.type}) of {of}"
        )


def _kind(documented: Type) -> str:
    match documented:
        case Scalar(kind=kind):
            return kind
        case Dictionary():
            return "object"
        case _:
            return ""


def _boundaries(documented: Type, *, in_body: bool) -> Iterator[Boundary]:
    if _kind(documented) == "object":
        yield from _OBJECT
    for boundary in _VALUES.get(_kind(documented), ()):
        yield boundary if in_body or boundary.name != "string-long" else _LONG_IN_A_URL
