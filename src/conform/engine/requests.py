"""Translates the steps of a case to what an adapter is asked for, in the SDK's own words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import takewhile
from typing import Final

from conform.cases.model import (
    CallOptions,
    CallStep,
    ConfigureStep,
    Credentials,
    RunStep,
    SettingName,
    Step,
)
from conform.core.protocol import Call, Configure, Run
from conform.core.values import Absent, Argument, Kept, String, Value
from conform.engine.spelling import Spelling

GIVEN: Final = "given session"
"""The handle of a session object that is made of the id that a step has."""


def requests(step: Step, spelling: Spelling) -> tuple[Call | Configure | Run, ...]:
    """What the adapter is asked for in a step; only the last request is the step itself.

    Args:
        step: what is done, in documented names.
        spelling: the names of the target.
    """
    match step:
        case ConfigureStep(credentials=credentials, settings=settings):
            return tuple(_configuring(credentials, settings, spelling))
        case CallStep():
            return (_calling(step, spelling),)
        case RunStep(code=code, bind=bind, read=read):
            return (Run(code=code, bind=bind, read=tuple(map(spelling.attribute, read))),)


def _configuring(
    credentials: Credentials, settings: Mapping[SettingName, Value], spelling: Spelling
) -> Iterator[Call | Configure]:
    made: dict[str, Argument] = {}
    session, takes_object = credentials.session, spelling.setting("session")
    if credentials.session_id is not None and takes_object:
        resource, operation = spelling.operation("session.new")
        session = GIVEN
        yield Call(
            resource=resource,
            operation=operation,
            form="construct",
            named={"id": String(text=credentials.session_id)},
            keep=GIVEN,
        )
    elif credentials.session_id is not None:
        made[_named("session_id", spelling)] = String(text=credentials.session_id)
    if session is not None and takes_object:
        made[takes_object] = Kept(handle=session)
    elif session is not None:
        made[_named("session_id", spelling)] = _id_of(session, spelling)
    if credentials.api_key is not None:
        made[_named("api_key", spelling)] = String(text=credentials.api_key)
    for name, value in settings.items():
        made[_named(name, spelling)] = spelling.written(name, value)
    yield Configure(settings=made)


def _calling(step: CallStep, spelling: Spelling) -> Call:
    resource, operation = spelling.operation(step.operation)
    written = spelling.call(step.operation)
    given: dict[str, Argument] = {
        name: value for name, value in step.parameters.items() if not isinstance(value, Absent)
    }
    by_position = tuple(takewhile(given.__contains__, written.positional))
    rest = {name: value for name, value in given.items() if name not in by_position}
    options = dict(_options(step.options, spelling))
    has_options = bool(options) or written.full
    return Call(
        resource=resource,
        operation=operation,
        form=step.form,
        positional=tuple(given[name] for name in by_position),
        named=rest if rest or (has_options and not written.lone_options) else None,
        options=options if has_options else None,
        keys=step.keys,
        on=step.on,
        keep=step.keep,
        read=tuple(map(spelling.attribute, step.read)),
    )


def _options(given: CallOptions, spelling: Spelling) -> Iterator[tuple[str, Argument]]:
    if given.session_id is not None:
        yield spelling.option("session_id"), String(text=given.session_id)
    if given.session is not None:
        yield spelling.option("session"), Kept(handle=given.session)
    if given.api_key is not None:
        yield spelling.option("api_key"), String(text=given.api_key)
    if given.workspace_id is not None:
        yield spelling.option("workspace_id"), given.workspace_id


def _named(setting: str, spelling: Spelling) -> str:
    return spelling.setting(setting) or setting


def _id_of(session: str, spelling: Spelling) -> Kept:
    return Kept(handle=session, attribute=spelling.attribute("id"))
