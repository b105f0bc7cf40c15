"""Makes the suite ``samples``: every documented sample does what its operation documents.

Every known page has the arguments of its samples. Only the page that comes with a target has their
code. That code is run exactly as it is printed; names that it does not define are bound first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
import re
from typing import Any, Final

from msgspec import Struct, structs

from conform.cases.expectations import Carries, Conforms, Expectation, Requests, Returns, Sound
from conform.cases.interactions import ARGUMENTS, SESSION_ID
from conform.cases.model import (
    Case,
    ConfigureStep,
    Credentials,
    Inapplicable,
    Planned,
    RunStep,
    Step,
)
from conform.cases.replies import Script
from conform.cases.steps import call_steps, documented_server
from conform.core.identity import Source
from conform.core.values import from_json
from conform.documents import extract, samples, types
from conform.documents.at_hand import PageAtHand
from conform.documents.facts import Facts, Operation, Sample
from conform.documents.sdks import pages
from conform.schemas.catalog import Catalog, ReferencePage
from conform.schemas.endpoints import Endpoint

_SINCE: Final = "0.1.0"


def sample_cases(
    reference: ReferencePage, catalog: Catalog, capabilities: Collection[str]
) -> Iterator[Planned]:
    """The sample cases of one page, in the order of the page.

    Args:
        reference: the page.
        catalog: the endpoints and the schemas.
        capabilities: the capabilities of the adapter; printed code needs ``run``.
    """
    codes = _codes(reference.at_hand)
    for operation in reference.facts.operations:
        samples_of = _Samples(
            page=reference.facts,
            operation=operation,
            endpoint=catalog.endpoint(reference.facts.resource, operation.name),
            request=catalog.request_schema(reference.variant, operation.name),
        )
        for number, sample in enumerate(operation.samples, 1):
            yield samples_of.passed(number, sample)
            code = codes.get((operation.name, number))
            yield samples_of.printed(number, sample, code, reference.facts.sdk, capabilities)
    yield from _unreadable(reference)


class _Samples(Struct, frozen=True, kw_only=True):
    """The samples of one operation."""

    page: Facts
    operation: Operation
    endpoint: Endpoint
    request: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.page.resource}.{self.operation.name}"

    def passed(self, number: int, sample: Sample) -> Case:
        """A case that makes the call of a sample, with the same arguments."""
        arguments = self._arguments(sample)
        steps = call_steps(
            self.page,
            self.operation,
            self.endpoint,
            {name: from_json(value) for name, value in arguments.items()},
            sample=sample,
        )
        return Case(
            id=f"{self.name}/samples/arguments-{number}",
            suite="samples",
            title=f"{self.name} accepts the arguments of its sample",
            level="documented",
            source=self._source(number),
            since=_SINCE,
            server=documented_server(self.page, self.endpoint),
            steps=tuple(steps),
            expect=self._expected(arguments),
            blame="page" if self._contradicts(sample) else "sdk",
        )

    def printed(
        self,
        number: int,
        sample: Sample,
        code: str | None,
        sdk: str,
        capabilities: Collection[str],
    ) -> Planned:
        """A case that runs the code of a sample."""
        case = Case(
            id=f"{self.name}/samples/printed-{number}",
            suite="samples",
            title=f"the sample of {self.name} works as it is printed",
            level="documented",
            source=self._source(number),
            since=_SINCE,
            server=documented_server(self.page, self.endpoint),
            steps=(),
            expect=(),
            blame="page",
        )
        if code is None:
            return Inapplicable.of(case, "The target comes without a page that has the code.")
        found = extract.call(code)
        if found is not None and found.signature:
            return Inapplicable.of(case, "The sample declares the operation and does not call it.")
        if problem := _flaw(code, sdk):
            return structs.replace(case, expect=(Sound(problem=problem),))
        if "run" not in capabilities:
            return Inapplicable.of(case, "The adapter cannot run code.")
        bound = {name: from_json(ARGUMENTS.get(name, "motor")) for name in sample.positional}
        return structs.replace(
            case,
            steps=(*self._logged_in(), RunStep(code=code, bind=bound)),
            expect=self._expected(self._arguments(sample)),
        )

    def _logged_in(self) -> Iterator[Step]:
        if self.endpoint.authenticated:
            yield ConfigureStep(credentials=Credentials(session_id=SESSION_ID))

    def _arguments(self, sample: Sample) -> dict[str, Any]:
        """The arguments of a sample, with values for the names that it does not define."""
        unbound = {name: ARGUMENTS.get(name, "motor") for name in sample.positional}
        return unbound | sample.arguments

    def _expected(self, arguments: Mapping[str, Any]) -> tuple[Expectation, ...]:
        """One documented request that carries the arguments."""
        endpoint = self.endpoint
        carried = (
            Carries(
                parameter=name,
                value=from_json(value),
                place=endpoint.place(name),
                path=endpoint.path,
            )
            for name, value in arguments.items()
        )
        return (
            Returns(),
            Requests(count=1),
            Conforms(method=endpoint.method, path=endpoint.path, request=self.request),
            *carried,
        )

    def _contradicts(self, sample: Sample) -> bool:
        """Whether a sample passes an argument that does not fit its own page."""
        documented = {each.name: types.parse(each.type) for each in self.operation.parameters}
        return any(
            name not in documented or not types.accepts(documented[name], value)
            for name, value in sample.arguments.items()
        )

    def _source(self, number: int) -> Source:
        return Source(kind="page", reference=f"sample {number} of {self.name}")


def _flaw(code: str, sdk: str) -> str:
    """The reason why code cannot work, found without running it; empty if there is none."""
    found = extract.call(code)
    # Only Ruby calls without parentheses.
    if found is not None and not found.complete and sdk != "ruby":
        return f"it names {found.name} and does not call it"
    unparsable = samples.problem(code, sdk) if sdk in pages() else None
    return f"it cannot be parsed: {unparsable.what}" if unparsable else ""


def _codes(page: PageAtHand | None) -> dict[tuple[str, int], str]:
    """The code of every sample that shows a call, by operation and number."""
    # If a page is folded onto one line, its code is folded, too.
    if page is None or page.is_folded:
        return {}
    found: dict[tuple[str, int], str] = {}
    numbers: Counter[str] = Counter()
    for section in page.printed:
        for sample in section.samples:
            call = extract.call(sample.text)
            if call is not None:
                numbers[call.operation] += 1
                found[call.operation, numbers[call.operation]] = sample.text
    return found


def _unreadable(reference: ReferencePage) -> Iterator[Case]:
    """A case that fails for each sample that shows no call; the page is to blame."""
    for section in reference.at_hand.printed if reference.at_hand else ():
        broken = [each for each in section.samples if extract.call(each.text) is None]
        for number, _ in enumerate(broken, 1):
            name = re.sub(r"[^a-z0-9]+", "-", section.title.lower()).strip("-")
            yield Case(
                id=f"{reference.facts.resource}/samples/{name or 'untitled'}-{number}",
                suite="samples",
                title=f"the sample of “{section.title}” shows a call",
                level="documented",
                source=Source(kind="page", reference=f"sample of “{section.title}”"),
                since=_SINCE,
                server=Script(),
                steps=(),
                expect=(Sound(problem="no call can be read from it"),),
                blame="page",
            )
