"""Writes a case down as code: what a user of the SDK would write to reproduce it.

Each adapter has a template for that, ``snippet.j2``; ``adapters/README.md`` says what it is given.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import starmap
from pathlib import Path
import struct
import traceback
from typing import Any, ClassVar, Final, NoReturn

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from msgspec import Struct

from conform.cases.model import (
    CallOptions,
    CallStep,
    Case,
    ConfigureStep,
    Credentials,
    RunStep,
    Step,
)
from conform.core import protocol
from conform.core.errors import UsageError
from conform.core.manifest import AdapterFolder
from conform.core.protocol import Form, LogLevel
from conform.core.values import Argument, Kept, from_json, parameters, to_json
from conform.documents.page import snake_case
from conform.engine.requests import requests
from conform.engine.spelling import Spelling

FILE: Final = "snippet.j2"

_LONG: Final = 120
"""Characters from which on a text that repeats itself is written as what is repeated."""
_LAST_OF_PLANE: Final = "\uffff"
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_BOTH: Final = Credentials(session_id="session", api_key="key")
_OPTIONS: Final = CallOptions(session_id="session", api_key="key", workspace_id=from_json(7))
_KEPT: Final = CallStep(operation="session.create", keep="it")
_TRIED: Final[tuple[Step, ...]] = (
    ConfigureStep(credentials=_BOTH, settings={"read_timeout": from_json(1)}),
    ConfigureStep(credentials=Credentials(session="it")),
    CallStep(operation="session.create", parameters=parameters(a="a", b=[1, True, None])),
    CallStep(operation="session.create", parameters=parameters(a={"b": 1.5}), options=_OPTIONS),
    CallStep(operation="session.create", parameters=parameters(a="b"), keys="strings"),
    CallStep(operation="user.find", parameters=parameters(id=7), options=_OPTIONS),
    CallStep(operation="user.find", parameters=parameters(id=7), options=CallOptions(session="it")),
    CallStep(operation="session.new", form="construct", parameters=parameters(id="a")),
    CallStep(operation="session.save", form="instance", on="it"),
    CallStep(operation="session.new", form="read", on="it", read=("site_id",)),
    RunStep(code="sample", bind=parameters(name="a")),
)
"""Every kind of step, to see whether a template is valid."""


class _UnsayableError(Exception):
    """The language, or its template, has no code for it."""


class _Kept(Struct, frozen=True):
    """An object that an earlier step keeps, or one of its attributes."""

    variable: str
    attribute: str | None


class _Setting(Struct, frozen=True):
    """A global setting, or a credential, is set."""

    do: ClassVar = "set"

    name: str
    value: Any


class _Call(Struct, frozen=True, kw_only=True):
    """An operation is called; ``variable`` keeps what it gives, where that is used."""

    do: ClassVar = "call"

    resource: str
    operation: str
    form: Form
    on: str | None
    positional: list[Any]
    named: dict[str, Any] | None
    options: dict[str, Any] | None
    keys: str
    variable: str | None


class _Read(Struct, frozen=True):
    """An attribute of an object is shown."""

    do: ClassVar = "read"

    variable: str
    attribute: str


class _Bind(Struct, frozen=True):
    """A name that a sample uses gets its value."""

    do: ClassVar = "bind"

    variable: str
    value: Any


class _Sample(Struct, frozen=True):
    """A sample stands as it is printed."""

    do: ClassVar = "run"

    code: str


_Line = _Setting | _Call | _Read | _Bind | _Sample


def snippet(case: Case, adapter: AdapterFolder, spelling: Spelling) -> str:
    """The shortest code that shows a case; empty where the adapter has no code for it.

    The address of the server is the environment's ``BASE_URL``. Parameters are written as they
    are, credentials included: those of cases are synthetic.

    Args:
        case: its steps become lines, in their order.
        adapter: has the template of the language.
        spelling: the SDK's own names.

    Raises:
        UsageError: the template is not valid.
    """
    return _code(case.steps, adapter.folder, spelling.on(case.stage), case.stage.log_level)


def check(adapter: AdapterFolder) -> None:
    """Write every kind of step once, each by itself: a language need not have code for all.

    Raises:
        UsageError: the template is not valid.
    """
    for step in _TRIED:
        spelling = Spelling(naming=adapter.manifest.naming, calls=adapter.manifest.calls)
        _code((_KEPT, step), adapter.folder, spelling, "debug")


def _code(steps: Iterable[Step], folder: Path, spelling: Spelling, log_level: LogLevel) -> str:
    file = folder / FILE
    if not file.is_file():
        return ""
    try:
        asked = (request for step in steps for request in requests(step, spelling))
        lines = tuple(_lines(asked))
        template = _environment(folder).get_template(FILE)
        code = template.render(steps=lines, spelled=spelling.attribute, log_level=log_level)
    except _UnsayableError:
        return ""
    except (TemplateError, TypeError, ValueError) as error:
        frames = traceback.extract_tb(error.__traceback__)
        places = [f":{frame.lineno}" for frame in frames if frame.filename == str(file)]
        raise UsageError(
            f"{file}{''.join(places[-1:])} is not a valid template.",
            why=str(error),
            fix="adapters/README.md says what the template of snippets is given.",
        ) from error
    return code.strip("\n") + "\n"


def _lines(
    asked: Iterable[protocol.Call | protocol.Configure | protocol.Run],
) -> Iterator[_Line]:
    made = Counter[str]()
    kept: dict[str | None, str] = {}
    for request in asked:
        match request:
            case protocol.Configure(settings=settings):
                yield from starmap(_Setting, _plain_all(settings, kept).items())
            case protocol.Call(form="instance" | "read", on=on) if on not in kept:
                raise _UnsayableError
            case protocol.Call(form="read", on=on, read=read):
                yield from (_Read(kept[on], name) for name in read)
            case protocol.Call(keep=None, read=()):
                yield _call(request, kept)
            case protocol.Call(resource=resource, keep=keep, read=read):
                name = snake_case(resource)
                made[name] += 1
                variable = f"{name}{made[name]}" if made[name] > 1 else name
                yield _call(request, kept, variable)
                yield from (_Read(variable, each) for each in read)
                if keep is not None:
                    kept[keep] = variable
            case protocol.Run(bind=bind, code=code):
                yield from starmap(_Bind, _plain_all(bind, kept).items())
                yield _Sample(code.strip("\n"))


def _call(
    call: protocol.Call, kept: Mapping[str | None, str], variable: str | None = None
) -> _Call:
    return _Call(
        resource=call.resource,
        operation=call.operation,
        form=call.form,
        on=kept[call.on] if call.form == "instance" else None,
        positional=[_plain(each, kept) for each in call.positional],
        named=None if call.named is None else _plain_all(call.named, kept),
        options=None if call.options is None else _plain_all(call.options, kept),
        keys=call.keys,
        variable=variable,
    )


def _plain_all(arguments: Mapping[str, Argument], kept: Mapping[str | None, str]) -> dict[str, Any]:
    return {name: _plain(value, kept) for name, value in arguments.items()}


def _plain(value: Argument, kept: Mapping[str | None, str]) -> Any:
    try:
        match value:
            case Kept(handle=handle, attribute=attribute):
                return _Kept(kept[handle], attribute)
            case _:
                return to_json(value)
    except (TypeError, KeyError):
        raise _UnsayableError from None


@cache
def _environment(folder: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=False,  # noqa: S701 - code, not HTML
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["kept"] = lambda value: isinstance(value, _Kept)
    environment.filters |= {"quoted": _quoted, "joined": _joined}
    environment.globals["no_snippet"] = _no_snippet
    return environment


def _quoted(
    text: str, also: str = "", unseen: str = "\\u%04x", astral: str = "", repeat: str = ""
) -> str:
    """A text in double quotes, escaped as in JSON.

    Args:
        text: may be anything.
        also: other characters that get a backslash.
        unseen: how any other character that cannot be seen is written, by its number.
        astral: the same beyond U+FFFF; as two halves by default.
        repeat: how a long text is written of which the whole is one part, many times.
    """
    if repeat and len(text) > _LONG:
        period = (text + text).find(text, 1)
        if period < len(text):
            part = _quoted(text[:period], also, unseen, astral)
            return repeat % (part, len(text) // period)
    escapes = _ESCAPES | {character: f"\\{character}" for character in also}

    def escaped(character: str) -> str:
        if character in escapes:
            return escapes[character]
        if character.isprintable():
            return character
        if astral and character > _LAST_OF_PLANE:
            return astral % ord(character)
        units = struct.iter_unpack(">H", character.encode("utf-16-be"))
        return "".join(unseen % unit for unit in units)

    return f'"{"".join(map(escaped, text))}"'


def _joined(items: Iterable[Any], write: Callable[..., str], between: str = ", ") -> str:
    """What a macro writes of each item of a list, or of each key and value of a map."""
    if isinstance(items, Mapping):
        return between.join(starmap(write, items.items()))
    return between.join(map(write, items))


def _no_snippet() -> NoReturn:
    """Called by a template where its language has no code for something."""
    raise _UnsayableError
