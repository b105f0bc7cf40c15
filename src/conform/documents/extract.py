"""Turns a document into facts: what the page states stays, its prose and its code do not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from conform.documents import calls
from conform.documents.calls import SampleCall
from conform.documents.facts import Attribute, Facts, Operation, Parameter, ReleaseRange, Sample
from conform.documents.literals import FreeName, LiteralError, is_data
from conform.documents.meanings import Meanings
from conform.documents.page import Document, PageEntry, Section, snake_case
from conform.documents.reader import digest


def facts(
    document: Document, *, sdk: str, releases: Iterable[ReleaseRange], meanings: Meanings
) -> Facts:
    """What a page states about its object.

    A sample whose call cannot be read, and an example that is no data, state nothing here; lint
    reports them.
    """
    example = document.example.value if document.example else None
    return Facts(
        resource=document.resource,
        sdk=sdk,
        releases=tuple(releases),
        sha256=document.sha256,
        attributes=tuple(_attribute(entry, meanings) for entry in document.attributes),
        example=example if isinstance(example, dict) else {},
        operations=_operations(document.sections, meanings),
    )


def call(text: str) -> SampleCall | None:
    """The call that a sample documents; absent where none can be read."""
    try:
        return calls.documented(text)
    except LiteralError:
        return None


def _attribute(entry: PageEntry, meanings: Meanings) -> Attribute:
    return Attribute(
        name=entry.name,
        type=entry.type,
        meaning=meanings.of(entry.description),
        spelling=entry.spelling,
        only_if=meanings.only_if(entry.description),
    )


def _parameter(entry: PageEntry, meanings: Meanings) -> Parameter:
    return Parameter(
        name=entry.name,
        type=entry.type,
        meaning=meanings.of(entry.description),
        spelling=entry.spelling,
        required=entry.required,
    )


def _operations(sections: Iterable[Section], meanings: Meanings) -> tuple[Operation, ...]:
    """One operation per name: its forms share their parameters, and each adds its samples."""
    operations: dict[str, Operation] = {}
    for section in sections:
        parameters = tuple(_parameter(entry, meanings) for entry in section.parameters)
        for text in (sample.text for sample in section.samples):
            found = call(text)
            if found is None:
                continue
            known = operations.get(found.operation)
            operations[found.operation] = Operation(
                name=found.operation,
                spelling=found.name if found.name != found.operation else None,
                parameters=_united(known.parameters if known else (), parameters),
                samples=(*(known.samples if known else ()), _sample(text, found, parameters)),
            )
    return tuple(operations.values())


def _united(known: tuple[Parameter, ...], more: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
    names = {parameter.name for parameter in known}
    return known + tuple(each for each in more if each.name not in names)


def _sample(text: str, found: SampleCall, parameters: tuple[Parameter, ...]) -> Sample:
    required = [parameter.name for parameter in parameters if parameter.required]
    positional: list[str] = []
    arguments: dict[str, Any] = {}
    for index, value in enumerate(found.positional):
        match value:
            case FreeName(name=name):
                positional.append(snake_case(name))
            case _ if index < len(required):
                positional.append(required[index])
                arguments[required[index]] = value
            case _:
                pass
    arguments |= {name: value for name, value in found.named.items() if is_data(value)}
    return Sample(
        arguments=arguments,
        positional=tuple(positional),
        instance=found.instance,
        sha256=digest(text),
    )
