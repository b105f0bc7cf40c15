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
from msgspec import Struct, to_builtins

from conform.cases.model import CallStep, Case, ConfigureStep, RunStep, Step
from conform.core.errors import UsageError
from conform.core.manifest import AdapterFolder
from conform.core.protocol import Credentials, Form
from conform.core.values import Absent, Value, parameters, to_json
from conform.engine.spelling import Spelling

FILE: Final = "snippet.j2"

_LONG: Final = 120
"""Characters from which on a text that repeats itself is written as what is repeated."""
_LAST_OF_PLANE: Final = "\uffff"
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_BOTH: Final = Credentials(session_id="session", api_key="key")
_KEPT: Final = CallStep(operation="session.create", keep="it")
_TRIED: Final[tuple[Step, ...]] = (
    ConfigureStep(credentials=_BOTH),
    CallStep(operation="session.create", parameters=parameters(a="a", b=[1, True, None])),
    CallStep(operation="session.create", parameters=parameters(a={"b": 1.5}), options=_BOTH),
    CallStep(operation="user.find", parameters=parameters(id=7), options=_BOTH),
    CallStep(operation="session.new", form="construct", parameters=parameters(id="a")),
    CallStep(operation="session.save", form="instance", on="it"),
    CallStep(operation="session.new", form="read", on="it", read=("site_id",)),
    RunStep(code="sample", bind=parameters(name="a")),
)
"""Every kind of step, to see whether a template is valid."""


class _UnsayableError(Exception):
    """The language, or its template, has no code for it."""


class _Credential(Struct, frozen=True):
    """A global credential is set: ``session_id`` or ``api_key``."""

    do: str
    value: str


class _Call(Struct, frozen=True, kw_only=True):
    """An operation is called; ``variable`` keeps what it gives, where that is used."""

    do: ClassVar = "call"

    documented: str
    resource: str
    operation: str
    form: Form
    on: str | None
    parameters: dict[str, Any]
    options: dict[str, str]
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


_Line = _Credential | _Call | _Read | _Bind | _Sample


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
    return _code(case.steps, adapter.folder, spelling)


def check(adapter: AdapterFolder) -> None:
    """Write every kind of step once, each by itself: a language need not have code for all.

    Raises:
        UsageError: the template is not valid.
    """
    for step in _TRIED:
        _code((_KEPT, step), adapter.folder, Spelling(adapter.manifest.naming))


def _code(steps: Iterable[Step], folder: Path, spelling: Spelling) -> str:
    file = folder / FILE
    if not file.is_file():
        return ""
    try:
        lines = tuple(_lines(steps, spelling))
        template = _environment(folder).get_template(FILE)
        code = template.render(steps=lines, spelled=spelling.attribute)
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


def _lines(steps: Iterable[Step], spelling: Spelling) -> Iterator[_Line]:
    made = Counter[str]()
    kept: dict[str | None, str] = {}
    for step in steps:
        match step:
            case ConfigureStep(credentials=credentials):
                yield from starmap(_Credential, to_builtins(credentials).items())
            case CallStep(form="instance" | "read", on=on) if on not in kept:
                raise _UnsayableError
            case CallStep(form="read", on=on, read=read):
                yield from (_Read(kept[on], spelling.attribute(name)) for name in read)
            case CallStep(keep=None, read=()):
                yield _call(step, spelling, kept)
            case CallStep(operation=operation, keep=keep, read=read):
                name = operation.partition(".")[0]
                made[name] += 1
                variable = f"{name}{made[name]}" if made[name] > 1 else name
                yield _call(step, spelling, kept, variable)
                yield from (_Read(variable, spelling.attribute(each)) for each in read)
                if keep is not None:
                    kept[keep] = variable
            case RunStep(bind=bind, code=code):
                yield from (_Bind(name, _plain(value)) for name, value in bind.items())
                yield _Sample(code.strip("\n"))


def _call(
    call: CallStep, spelling: Spelling, kept: Mapping[str | None, str], variable: str | None = None
) -> _Call:
    resource, operation = spelling.operation(call.operation)
    return _Call(
        documented=call.operation,
        resource=resource,
        operation=operation,
        form=call.form,
        on=kept[call.on] if call.form == "instance" else None,
        parameters={
            name: _plain(value)
            for name, value in call.parameters.items()
            if not isinstance(value, Absent)
        },
        options=to_builtins(call.options),
        variable=variable,
    )


def _plain(value: Value) -> Any:
    try:
        return to_json(value)
    except TypeError:
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
